import type { OptionRight } from '../../../sdk/options/chain.ts'

/** What a contract states in numbers beside its identity, in the order in which records hold them. */
export const QUOTE_FIELDS = ['bid', 'ask', 'bidSize', 'askSize', 'last', 'volume', 'openInterest', 'impliedVol', 'delta', 'gamma', 'theta', 'vega', 'rho', 'greeksAt', 'quotedAt'] as const

/**
 * A contract as a row of doubles, NaN for null: what imports collect, sort and merge without an object per contract.
 * `ROOT` is a number in a table of roots; `LISTED` the day of the OCC symbol; `FILE` and `LINE` say where it was read.
 */
export const ROOT = 0
export const LISTED = 1
export const STRIKE = 2
export const TERMS = 3
export const MULTIPLIER = 4
export const QUOTE = 5
export const FILE = QUOTE + QUOTE_FIELDS.length
export const LINE = FILE + 1
export const RECORD_WIDTH = LINE + 1
/** What is stored of a record, from its first column on. */
export const STORED_WIDTH = FILE

export const BID = QUOTE
export const ASK = QUOTE + 1
export const LAST = QUOTE + 4
export const VOLUME = QUOTE + 5
export const IMPLIED_VOL = QUOTE + 7

const PUT = 1
const EUROPEAN = 2
const AM = 4
const ADJUSTED = 8

/** The terms of a contract that are no numbers. */
export interface ContractTerms {
  readonly right: OptionRight
  readonly style: 'american' | 'european'
  readonly settlement: 'am' | 'pm'
  readonly adjusted: boolean
}

export function packTerms({ right, style, settlement, adjusted }: ContractTerms): number {
  return (right === 'put' ? PUT : 0) | (style === 'european' ? EUROPEAN : 0) | (settlement === 'am' ? AM : 0) | (adjusted ? ADJUSTED : 0)
}

export function unpackTerms(terms: number): ContractTerms {
  return {
    right: (terms & PUT) !== 0 ? 'put' : 'call',
    style: (terms & EUROPEAN) !== 0 ? 'european' : 'american',
    settlement: (terms & AM) !== 0 ? 'am' : 'pm',
    adjusted: (terms & ADJUSTED) !== 0,
  }
}

/** True for puts. */
export function isPut(terms: number): boolean {
  return (terms & PUT) !== 0
}
