import type { OptionContract, VendorGreeks } from '../../../sdk/options/chain.ts'
import type { ChainAnswer, ContractColumns } from '../../worker/chain-answer.ts'
import { listPush, newList, stringIndexOf, stringSlice, stringStartsWith, stringToUpperCase, stringTrim } from '../language/intrinsics.ts'
import { replaceText } from '../language/text.ts'
import { isoOf, newYorkDay } from './days.ts'
import type { ApiMarket } from './types.ts'

type Expirations = Extract<ChainAnswer, { kind: 'expirations' }>
export type Chain = Extract<ChainAnswer, { kind: 'chain' }>

/** What was found: null without a problem where there is no such thing, null with one where nobody can say. */
export interface Found<T> {
  readonly value: T | null
  readonly problem: string | null
}

/** One contract of a chain, in the units of the SDK's; null for what the source does not state. */
export interface Contract extends Pick<OptionContract, 'root' | 'strike' | 'multiplier' | 'bid' | 'ask' | 'bidSize' | 'askSize' | 'last' | 'volume' | 'openInterest' | 'impliedVol' | 'quotedAt'>, Omit<VendorGreeks, 'updatedAt'> {
  /** Without spaces, such as `AAPL261218C00150000`. */
  readonly occ: string
  readonly isCall: boolean
  readonly isEuropean: boolean
}

/** ISO dates of a ticker's expirations from the as-of day on, ascending. `api` is named in what the user is told. */
export function expirationsOf(market: ApiMarket, api: string, name: string): Found<Expirations> {
  return ask(market, api, name, '') as Found<Expirations>
}

/** The chain of an expiration (ISO date). */
export function chainOf(market: ApiMarket, api: string, name: string, expiration: string): Found<Chain> {
  return ask(market, api, name, expiration) as Found<Chain>
}

function ask(market: ApiMarket, api: string, name: string, expiration: string): Found<ChainAnswer> {
  const names = spellings(name)
  for (let i = 0; i < names.length; i++) {
    const answer = market.askChain(names[i] as string, expiration)
    if (answer.kind === 'none' && answer.reason === 'unknown_ticker') continue
    if (answer.kind === 'none') {
      market.note('options_refused', `${api}: ${answer.message}`)
      return { value: null, problem: answer.message }
    }
    const day = newYorkDay(answer.asOf)
    if (day < market.asOfDay) market.note('chains_older', `${api}: the chains of ${names[i]} stand for ${isoOf(day)}, and are the last known on ${isoOf(market.asOfDay)}`)
    return { value: isEmpty(answer) ? null : answer, problem: null }
  }
  return { value: null, problem: null }
}

function isEmpty(answer: ChainAnswer): boolean {
  if (answer.kind === 'expirations') return answer.dates.length === 0
  return answer.kind !== 'chain' || answer.contracts.occ.length === 0
}

/** How sources may write a ticker: upper case, without an index's mark, classes of shares by `.`, `-` or `/`. */
function spellings(name: string): string[] {
  const upper = stringToUpperCase(stringTrim(name))
  const symbol = stringStartsWith(upper, '^') ? stringSlice(upper, 1) : stringStartsWith(upper, 'I:') ? stringSlice(upper, 2) : upper
  const names = newList<string>()
  if (symbol === '') return names
  listPush(names, symbol)
  const mark = stringIndexOf(symbol, '-') !== -1 ? '-' : stringIndexOf(symbol, '/') !== -1 ? '/' : stringIndexOf(symbol, '.') !== -1 ? '.' : ''
  if (mark === '') return names
  if (mark !== '.') listPush(names, replaceText(symbol, mark, '.'))
  if (mark !== '-') listPush(names, replaceText(symbol, mark, '-'))
  if (mark !== '/') listPush(names, replaceText(symbol, mark, '/'))
  return names
}

/** The contracts, in the order of the chain. */
export function contractsOf({ contracts }: Chain): Contract[] {
  const list = newList<Contract>()
  for (let i = 0; i < contracts.occ.length; i++) listPush(list, contractAt(contracts, i))
  return list
}

function contractAt(from: ContractColumns, i: number): Contract {
  return {
    occ: from.occ[i] as string,
    root: from.root[i] as string,
    isCall: from.isCall[i] as boolean,
    isEuropean: from.isEuropean[i] as boolean,
    strike: from.strike[i] as number,
    multiplier: from.multiplier[i] as number,
    bid: from.bid[i] as number | null,
    ask: from.ask[i] as number | null,
    bidSize: from.bidSize[i] as number | null,
    askSize: from.askSize[i] as number | null,
    last: from.last[i] as number | null,
    volume: from.volume[i] as number | null,
    openInterest: from.openInterest[i] as number | null,
    impliedVol: from.impliedVol[i] as number | null,
    delta: from.delta[i] as number | null,
    gamma: from.gamma[i] as number | null,
    theta: from.theta[i] as number | null,
    vega: from.vega[i] as number | null,
    rho: from.rho[i] as number | null,
    quotedAt: from.quotedAt[i] as number | null,
  }
}

/** The middle of a quote with both sides, null without one. */
export function middleOf({ bid, ask: offer }: Contract): number | null {
  return bid === null || offer === null ? null : (bid + offer) / 2
}
