import { dateToISOString, DateConstructor, listPush, newList, NumberIsNaN, stringSlice } from '../../language/intrinsics.ts'
import { defineVisible } from '../../language/properties.ts'
import { wholeNumber } from '../../language/text.ts'
import { atob, btoa } from '../../web/base64.ts'
import { chainOf, contractsOf, expirationsOf, type Contract } from '../chains.ts'
import { dayFromIso } from '../days.ts'
import { pathIs } from '../request.ts'
import { symbolList } from '../symbols.ts'
import { jsonAnswer, type ApiAnswer, type ApiMarket, type ApiRequest } from '../types.ts'

const API = 'Alpaca'
const DEFAULT_LIMIT = 100
const HIGHEST_LIMIT = 1_000
const MOST_SYMBOLS = 100
const OCC_TAIL = 15

interface Listed {
  readonly contract: Contract
  readonly asOf: number
}

/** Contracts found; with a problem, some are missing. */
interface Found {
  readonly value: Listed[]
  readonly problem: string | null
}

const refuse = (message: string) => jsonAnswer(400, () => ({ message }))

/** Alpaca's snapshots of option chains and contracts (https://docs.alpaca.markets/reference/optionchain), as of the scan's date; null for another path. */
export function alpacaOptions(request: ApiRequest, market: ApiMarket): ApiAnswer | null {
  if (pathIs(request, ['v1beta1', 'options', 'snapshots', '*'])) return chain(request, market, request.segments[3] as string)
  if (pathIs(request, ['v1beta1', 'options', 'snapshots'])) return contracts(request, market)
  return null
}

interface Filter {
  readonly type: string
  readonly strikeFrom: number
  readonly strikeTo: number
  readonly dateFrom: string
  readonly dateTo: string
  readonly root: string
  readonly limit: number
  /** Only contracts behind this one are shown. */
  readonly after: string
}

function chain(request: ApiRequest, market: ApiMarket, ticker: string): ApiAnswer {
  const filter = readFilter(request)
  if ('status' in filter) return filter
  const { value, problem } = expirationsOf(market, API, ticker)
  if (problem !== null) return refuse(problem)
  const found = newList<Listed>()
  for (let i = 0; value !== null && i < value.dates.length && found.length <= filter.limit; i++) {
    const date = value.dates[i] as string
    if (date < filter.dateFrom || date > filter.dateTo) continue
    const listed = listedOf(market, ticker, date)
    if (listed.problem !== null) return refuse(listed.problem)
    addWanted(found, listed.value, filter, expirationOf(filter.after) === date ? filter.after : '')
  }
  const count = found.length > filter.limit ? filter.limit : found.length
  return jsonAnswer(200, () => ({
    snapshots: bodyOf(found, count),
    next_page_token: found.length > count ? btoa((found[count - 1] as Listed).contract.occ) : null,
  }))
}

/** In the order of their symbols: calls before puts, then by strike. Of the first chain of a page, only what stands behind the page before. */
function addWanted(found: Listed[], chain: Listed[], { type, strikeFrom, strikeTo, root }: Filter, after: string): void {
  let isBehind = after === ''
  for (let side = 0; side < 2; side++) {
    for (let i = 0; i < chain.length; i++) {
      const { contract } = chain[i] as Listed
      if (contract.isCall !== (side === 0)) continue
      const isWanted = isBehind && (type === '' || contract.isCall === (type === 'call')) && contract.strike >= strikeFrom && contract.strike <= strikeTo && (root === '' || contract.root === root)
      if (isWanted) listPush(found, chain[i] as Listed)
      isBehind ||= contract.occ === after
    }
  }
}

function readFilter(request: ApiRequest): Filter | ApiAnswer {
  const text = (name: string): string => request.query(name) ?? ''
  const type = text('type')
  if (type !== '' && type !== 'call' && type !== 'put') return refuse('invalid type: must be call or put')
  const strikeFrom = text('strike_price_gte') === '' ? 0 : +text('strike_price_gte')
  const strikeTo = text('strike_price_lte') === '' ? Infinity : +text('strike_price_lte')
  if (NumberIsNaN(strikeFrom) || NumberIsNaN(strikeTo)) return refuse('invalid strike_price: must be a number')
  const exact = text('expiration_date')
  const dateFrom = exact === '' ? text('expiration_date_gte') : exact
  const dateTo = exact === '' ? text('expiration_date_lte') : exact
  if (!isDateOrEmpty(dateFrom) || !isDateOrEmpty(dateTo)) return refuse('invalid expiration_date: must be a date as 2006-01-02')
  const limit = text('limit') === '' ? DEFAULT_LIMIT : wholeNumber(text('limit'))
  if (limit < 1 || limit > HIGHEST_LIMIT) return refuse(`invalid limit: must be from 1 to ${HIGHEST_LIMIT}`)
  const after = symbolOfToken(text('page_token'))
  if (after === null) return refuse('invalid page_token')
  // Contracts stand by expiration: a page begins with that of the last one shown.
  const begun = after === '' ? '' : expirationOf(after)
  return { type, strikeFrom, strikeTo, dateFrom: begun > dateFrom ? begun : dateFrom, dateTo: dateTo === '' ? '9999-12-31' : dateTo, root: text('root_symbol'), limit, after }
}

const isDateOrEmpty = (text: string): boolean => text === '' || (text.length === 10 && !NumberIsNaN(dayFromIso(text)))

/** ISO date of an OCC symbol's expiration, empty where there is none. */
function expirationOf(occ: string): string {
  const tail = stringSlice(occ, -OCC_TAIL)
  const date = `20${stringSlice(tail, 0, 2)}-${stringSlice(tail, 2, 4)}-${stringSlice(tail, 4, 6)}`
  return occ.length <= OCC_TAIL || NumberIsNaN(dayFromIso(date)) ? '' : date
}

/** The symbol that a page's token holds; null for a token that was not given out. */
function symbolOfToken(token: string): string | null {
  if (token === '') return ''
  try {
    const symbol = atob(token)
    return expirationOf(symbol) === '' ? null : symbol
  } catch {
    return null
  }
}

/** Contracts by their symbols; those that there are not are left out, as Alpaca leaves them out. */
function contracts(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const symbols = symbolList(request.query('symbols'))
  if (symbols.length === 0) return refuse('symbols is required')
  if (symbols.length > MOST_SYMBOLS) return refuse(`too many symbols: at most ${MOST_SYMBOLS}`)
  const found = newList<Listed>()
  for (let s = 0; s < symbols.length; s++) {
    const occ = symbols[s] as string
    const expiration = expirationOf(occ)
    if (expiration === '') return refuse(`invalid symbol: ${stringSlice(occ, 0, 40)}`)
    const { value, problem } = listedOf(market, stringSlice(occ, 0, -OCC_TAIL), expiration)
    if (problem !== null) return refuse(problem)
    for (let i = 0; i < value.length; i++) if ((value[i] as Listed).contract.occ === occ) listPush(found, value[i] as Listed)
  }
  return jsonAnswer(200, () => ({ snapshots: bodyOf(found, found.length), next_page_token: null }))
}

function listedOf(market: ApiMarket, ticker: string, expiration: string): Found {
  const list = newList<Listed>()
  const { value, problem } = chainOf(market, API, ticker, expiration)
  const all = value === null ? newList<Contract>() : contractsOf(value)
  for (let i = 0; i < all.length; i++) listPush(list, { contract: all[i] as Contract, asOf: value!.asOf })
  return { value: list, problem }
}

function bodyOf(found: Listed[], count: number): object {
  const body = {}
  for (let i = 0; i < count; i++) defineVisible(body, (found[i] as Listed).contract.occ, snapshotOf(found[i] as Listed))
  return body
}

/** What nobody states is left out, as Alpaca leaves it out. */
function snapshotOf({ contract, asOf }: Listed): object {
  const { bid, ask, bidSize, askSize, last, delta, gamma, theta, vega, rho, impliedVol } = contract
  const t = dateToISOString(new DateConstructor(contract.quotedAt ?? asOf))
  return {
    ...(delta === null ? null : { greeks: { delta, gamma, rho, theta, vega } }),
    ...(impliedVol === null ? null : { impliedVolatility: impliedVol }),
    ...(bid === null && ask === null ? null : { latestQuote: { ap: ask ?? 0, as: askSize ?? 0, ax: 'N', bp: bid ?? 0, bs: bidSize ?? 0, bx: 'N', c: ' ', t } }),
    ...(last === null ? null : { latestTrade: { c: ' ', p: last, s: 1, t, x: 'N' } }),
  }
}
