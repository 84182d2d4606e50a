import { americanImpliedVol } from '../../sdk/options/american/implied-vol.ts'
import { americanPriceAndGreeks, americanThetaAndRho } from '../../sdk/options/american/price.ts'
import type { OptionContract } from '../../sdk/options/chain.ts'
import { europeanPriceAndGreeks } from '../../sdk/options/european.ts'
import { europeanImpliedVol } from '../../sdk/options/implied-vol.ts'
import { tradingBefore } from '../../sdk/options/trading-time.ts'
import type { PreparedChain } from './prepared-chain.ts'
import type { QualityFlag } from './quality.ts'

/** Greeks of one contract per share: theta per calendar day, vega and rho per one percentage point. */
export interface LegGreeks {
  readonly delta: number
  readonly gamma: number
  /** Null where a vendor leaves it out and the quote does not tell it. */
  readonly theta: number | null
  readonly vega: number
  /** As `theta`. */
  readonly rho: number | null
  /** Decimals per year, null where nobody tells it. */
  readonly impliedVol: number | null
  /** `mixed`: delta, gamma and vega as the vendor states them, beside a theta or rho of ours. */
  readonly source: 'vendor' | 'computed' | 'mixed'
}

/** How far a vendor's delta may be from ours before it is taken for odd: volatilities and models differ, signs do not. */
const DELTA_TOLERANCE = 0.2
/** Greeks older than a session and two hours of trading belong to another market. Nights, weekends and holidays do not age them: nothing moves. */
const VENDOR_MAX_AGE_MS = 8.5 * 3_600_000

/**
 * Greeks of a contract: the vendor's where they are there and sane, else computed from the middle of its quote by the contract's own
 * style. A vendor that leaves out theta or rho has those computed at its own volatility, and keeps the others: it knows of dividends.
 */
export function contractGreeks(contract: OptionContract, prepared: PreparedChain): { greeks: LegGreeks | null; flags: QualityFlag[] } {
  const european = compute(contract, prepared, 'european')
  const verdict = judgeVendorGreeks(contract, prepared.chain.asOf, european?.delta ?? null)
  const { style } = contract
  if (verdict === null) return { greeks: vendorGreeks(contract, prepared, style, european), flags: [] }
  return { greeks: style === 'american' ? compute(contract, prepared, style) : european, flags: verdict === 'vendor_greeks_odd' ? [verdict] : [] }
}

/** Delta alone, computed as of a European option where the vendor's does not serve: good enough to choose strikes by. Null where there is none. */
export function quickDelta(contract: OptionContract, prepared: PreparedChain): number | null {
  const computed = compute(contract, prepared, 'european')?.delta ?? null
  return judgeVendorGreeks(contract, prepared.chain.asOf, computed) === null ? contract.greeks!.delta : computed
}

function vendorGreeks(contract: OptionContract, prepared: PreparedChain, style: 'american' | 'european', european: LegGreeks | null): LegGreeks {
  const { delta, gamma, theta, vega, rho } = contract.greeks!
  // A volatility of zero is a vendor's way to say that it has none.
  const vol = contract.impliedVol !== null && contract.impliedVol > 0 ? contract.impliedVol : (european?.impliedVol ?? null)
  const stated = { delta: delta!, gamma: gamma!, vega: vega!, impliedVol: vol }
  if ((theta !== null && rho !== null) || vol === null) return { ...stated, theta, rho, source: 'vendor' }
  const inputs = { ...inputsOf(contract, prepared), vol }
  const ours = style === 'american' ? americanThetaAndRho(contract.right, inputs) : europeanPriceAndGreeks(contract.right, inputs)
  return { ...stated, theta: theta ?? ours.theta, rho: rho ?? ours.rho, source: 'mixed' }
}

function compute(contract: OptionContract, prepared: PreparedChain, style: 'american' | 'european'): LegGreeks | null {
  const { bid, ask, right } = contract
  if (bid === null || ask === null || bid <= 0 || ask < bid) return null
  const quoted = { ...inputsOf(contract, prepared), price: (bid + ask) / 2 }
  const { vol } = style === 'american' ? americanImpliedVol(right, quoted) : europeanImpliedVol(right, quoted)
  if (vol === null) return null
  const { delta, gamma, theta, vega, rho } = greeksAt(contract, prepared, style, vol)
  return { delta, gamma, theta, vega, rho, impliedVol: vol, source: 'computed' }
}

function greeksAt(contract: OptionContract, prepared: PreparedChain, style: 'american' | 'european', vol: number) {
  const inputs = { ...inputsOf(contract, prepared), vol }
  return style === 'american' ? americanPriceAndGreeks(contract.right, inputs) : europeanPriceAndGreeks(contract.right, inputs)
}

const inputsOf = ({ strike }: OptionContract, { slice, spot, carry }: PreparedChain) => ({ spot, strike, years: slice.years, rate: carry.rate, dividendYield: carry.dividendYield })

let known = { asOf: Number.NaN, oldest: Number.NaN }

function oldestVendorGreeks(asOf: number): number {
  // All contracts of a chain have the same.
  if (known.asOf !== asOf) known = { asOf, oldest: tradingBefore(asOf, VENDOR_MAX_AGE_MS) }
  return known.oldest
}

/**
 * What a vendor's Greeks are worth: null where delta, gamma and vega are stated and nothing is odd, else the flag, or
 * `missing`. `ours` is the delta computed from the quote, null where there is none to compare with.
 */
function judgeVendorGreeks(contract: OptionContract, asOf: number, ours: number | null): QualityFlag | 'missing' | null {
  const greeks = contract.greeks
  if (greeks === null || greeks.delta === null || greeks.gamma === null || greeks.vega === null) return 'missing'
  const { delta, gamma, theta, vega, rho, updatedAt } = greeks
  if (updatedAt !== null && updatedAt < oldestVendorGreeks(asOf)) return 'missing'
  // Zeros throughout are a vendor's way to say that it has none.
  if (delta === 0 && gamma === 0 && vega === 0) return 'missing'
  const signed = contract.right === 'call' ? delta : -delta
  const numbers = [delta, gamma, theta ?? 0, vega, rho ?? 0]
  if (!numbers.every(Number.isFinite) || signed < -1e-6 || signed > 1 + 1e-6 || gamma < -1e-9 || vega < -1e-9) return 'vendor_greeks_odd'
  if (ours !== null && Math.abs(delta - ours) > DELTA_TOLERANCE) return 'vendor_greeks_odd'
  return null
}
