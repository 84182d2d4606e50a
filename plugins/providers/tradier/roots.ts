import { styleOfRoot, type ParsedOccSymbol } from '../../../sdk/options/occ-symbol.ts'

/** Indexes whose contracts are small by their own terms, with no adjustment. */
const SMALL_BY_TERMS = new Set(['NANOS'])
const PLAIN_MULTIPLIER = 100

/** A ticker as the vendor spells it: `BRK.B` and `BRK-B` are `BRK/B`, `^VIX` and `$VIX` are `VIX`. Null where no listed symbol looks like it. */
export function vendorTicker(ticker: string): string | null {
  const trimmed = ticker.trim().toUpperCase().replace(/^[$^]/, '')
  return /^[A-Z][A-Z0-9]{0,9}(?:[./-][A-Z]{1,3})?$/.test(trimmed) ? trimmed.replace(/[.-]/, '/') : null
}

/** Letters and digits of a ticker, as roots of OCC symbols are written: `BRK/B` is `BRKB`. */
export function compact(ticker: string): string {
  return ticker.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
}

/** True where a contract can only be of the ticker of these letters: under its own root, an adjusted one such as `AAPL1`, or a weekly one such as `SPXW`. */
export function rootBelongsTo({ root, underlying }: ParsedOccSymbol, letters: string): boolean {
  return root === letters || underlying === letters
}

export interface ContractTerms {
  readonly style: 'american' | 'european'
  readonly settlement: 'am' | 'pm'
  readonly adjusted: boolean
}

/**
 * Style, settlement and adjustment of a contract of the ticker of these letters. Settlement goes by root, not by date: on a third Friday SPX (opening) and
 * SPXW (close) both expire, and the vendor's `expiration_type` calls a monthly expiration that a holiday moved to Thursday
 * `weeklys`. A contract is adjusted where its root is not the ticker's own, or its size is not 100.
 */
export function termsOf(symbol: ParsedOccSymbol, letters: string, multiplier: number): ContractTerms {
  const { root, underlying, settlement } = symbol
  const isListed = root === letters || (underlying === letters && !symbol.adjusted)
  const isPlain = multiplier === PLAIN_MULTIPLIER || SMALL_BY_TERMS.has(root)
  return {
    style: isListed ? styleOfRoot(root) : 'american',
    settlement: isListed ? settlement : 'pm',
    adjusted: !isListed || !isPlain,
  }
}
