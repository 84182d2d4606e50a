import { arraySort, listPush, makeArray, newList, NumberIsNaN, stringSlice, stringStartsWith } from '../../language/intrinsics.ts'
import { wholeNumber } from '../../language/text.ts'
import { btoa } from '../../web/base64.ts'
import { chainOf, contractsOf, expirationsOf, middleOf, type Contract } from '../chains.ts'
import { dayFromIso } from '../days.ts'
import { requestId } from '../identifiers.ts'
import { pathIs } from '../request.ts'
import { jsonAnswer, type ApiAnswer, type ApiMarket, type ApiRequest } from '../types.ts'
import { readCursor } from './polygon-cursor.ts'
import { polygonError } from './polygon-error.ts'

const API = 'Polygon'
const NS_PER_MS = 1_000_000
const OCC_TAIL = 15

/** A contract among those of a ticker, and what its chain says of all of them. */
interface Listed {
  readonly contract: Contract
  readonly expiration: string
  /** Price of the underlying, null where the source does not state it. */
  readonly price: number | null
  readonly asOf: number
  readonly delayMinutes: number
}

/** Contracts of a ticker; with a problem, some are missing. */
interface AllListed {
  readonly value: Listed[]
  readonly problem: string | null
}

interface Kind {
  readonly defaultLimit: number
  readonly highestLimit: number
  readonly body: (listed: Listed, ticker: string) => unknown
}

const SNAPSHOT: Kind = { defaultLimit: 10, highestLimit: 250, body: snapshotBody }
const REFERENCE: Kind = { defaultLimit: 10, highestLimit: 1_000, body: referenceBody }

/** Polygon's snapshots of options and its list of contracts, as of the scan's date; null for another path. */
export function polygonOptions(request: ApiRequest, market: ApiMarket): ApiAnswer | null {
  if (pathIs(request, ['v3', 'snapshot', 'options', '*'])) return page(request, market, SNAPSHOT, request.segments[3] as string)
  if (pathIs(request, ['v3', 'snapshot', 'options', '*', '*'])) return single(request, market, SNAPSHOT, request.segments[4] as string)
  if (pathIs(request, ['v3', 'reference', 'options', 'contracts', '*'])) return single(request, market, REFERENCE, request.segments[4] as string)
  if (!pathIs(request, ['v3', 'reference', 'options', 'contracts'])) return null
  const ticker = parametersOf(request)('underlying_ticker')
  if (ticker !== null && ticker !== '') return page(request, market, REFERENCE, ticker)
  return polygonError(request, 400, `The parameter 'underlying_ticker' is missing: contracts are listed ticker by ticker`)
}

/** Query parameters; those of a page that was given out are in its cursor. */
function parametersOf(request: ApiRequest): (name: string) => string | null {
  const cursor = request.query('cursor')
  return cursor === null ? (name) => request.query(name) : readCursor(cursor)
}

/** The edges of a range that `name`, `name.gte`, `.gt`, `.lte` and `.lt` ask for, as texts. */
interface Edges {
  readonly exact: string | null
  readonly atLeast: string | null
  readonly above: string | null
  readonly atMost: string | null
  readonly below: string | null
}

function edgesOf(parameter: (name: string) => string | null, name: string): Edges {
  const given = (key: string): string | null => (parameter(key) === '' ? null : parameter(key))
  return { exact: given(name), atLeast: given(`${name}.gte`), above: given(`${name}.gt`), atMost: given(`${name}.lte`), below: given(`${name}.lt`) }
}

function isWithin<T extends string | number>(value: T, edges: Edges, read: (text: string) => T): boolean {
  const { exact, atLeast, above, atMost, below } = edges
  return (
    (exact === null || value === read(exact)) && (atLeast === null || value >= read(atLeast)) && (above === null || value > read(above)) &&
    (atMost === null || value <= read(atMost)) && (below === null || value < read(below))
  )
}

const toNumber = (text: string): number => +text
const asText = (text: string): string => text

/** The first edge that `isBad` refuses, null without one. */
function badEdge(edges: Edges, isBad: (text: string) => boolean): string | null {
  const { exact, atLeast, above, atMost, below } = edges
  const all = [exact, atLeast, above, atMost, below]
  for (let i = 0; i < all.length; i++) {
    const text = all[i] as string | null
    if (text !== null && isBad(text)) return text
  }
  return null
}

const FILTERS = ['contract_type', 'order', 'sort', 'underlying_ticker', 'expired']
const RANGES = ['strike_price', 'expiration_date']
const SUFFIXES = ['', '.gte', '.gt', '.lte', '.lt']

function page(request: ApiRequest, market: ApiMarket, kind: Kind, ticker: string): ApiAnswer {
  const parameter = parametersOf(request)
  const asked = parameter('limit')
  const limit = asked === null || asked === '' ? kind.defaultLimit : wholeNumber(asked)
  if (limit < 1 || limit > kind.highestLimit) return polygonError(request, 400, `The parameter 'limit' must be from 1 to ${kind.highestLimit}`)
  const strikes = edgesOf(parameter, 'strike_price')
  const dates = edgesOf(parameter, 'expiration_date')
  const badStrike = badEdge(strikes, (text) => NumberIsNaN(+text))
  if (badStrike !== null) return polygonError(request, 400, `The parameter 'strike_price' must be a number, not '${stringSlice(badStrike, 0, 40)}'`)
  const badDate = badEdge(dates, (text) => text.length !== 10 || NumberIsNaN(dayFromIso(text)))
  if (badDate !== null) return polygonError(request, 400, `The parameter 'expiration_date' must be a date as YYYY-MM-DD, not '${stringSlice(badDate, 0, 40)}'`)
  const type = parameter('contract_type')
  if (type !== null && type !== '' && type !== 'call' && type !== 'put') return polygonError(request, 400, `The parameter 'contract_type' must be call or put`)
  if (parameter('expired') === 'true') return polygonError(request, 400, 'Expired contracts are not in the store')

  const { value, problem } = expirationsOf(market, API, ticker)
  if (problem !== null) return polygonError(request, 400, problem)
  const from = wholeNumber(parameter('from') ?? '0')
  const skip = from < 0 ? 0 : from
  const sort = parameter('sort')
  const isDescending = parameter('order') === 'desc'
  const wants = (listed: Listed): boolean => (type === null || type === '' || listed.contract.isCall === (type === 'call')) && isWithin(listed.contract.strike, strikes, toNumber)
  const since = sort === 'strike_price' ? null : parameter('since')
  const wanted = newList<string>()
  for (let i = 0; value !== null && i < value.dates.length; i++) {
    const date = value.dates[isDescending && sort !== 'strike_price' ? value.dates.length - 1 - i : i] as string
    const isShown = since !== null && (isDescending ? date > since : date < since)
    if (!isShown && isWithin(date, dates, asText)) listPush(wanted, date)
  }
  // By strike all chains are needed at once; else the first that fill the page.
  const gathered = gather(market, ticker, wanted, wants, isDescending, sort === 'strike_price' ? Infinity : skip + limit)
  if (gathered.problem !== null) return polygonError(request, 400, gathered.problem)
  const found = gathered.value
  if (sort === 'strike_price') arraySort(found, (a, b) => (isDescending ? b.contract.strike - a.contract.strike : a.contract.strike - b.contract.strike))
  const end = found.length < skip + limit ? found.length : skip + limit
  const count = end > skip ? end - skip : 0
  return jsonAnswer(200, () => {
    const request_id = requestId(request.url)
    const results = makeArray(count, (i) => kind.body(found[skip + i] as Listed, ticker))
    if (found.length <= end) return { results, status: 'OK', request_id }
    return { results, status: 'OK', request_id, next_url: `https://${request.host}${request.path}?cursor=${btoa(cursorText(parameter, limit, placeOf(found, end, sort === 'strike_price')))}` }
  })
}

/** Where a page begins with contract `at`: so far behind the first of its expiration, or of all where they are not in the order of these. */
function placeOf(found: Listed[], at: number, isMixed: boolean): string {
  if (isMixed) return `from=${at}`
  const { expiration } = found[at] as Listed
  let first = at
  while (first > 0 && (found[first - 1] as Listed).expiration === expiration) first--
  return `from=${at - first}&since=${expiration}`
}

function cursorText(parameter: (name: string) => string | null, limit: number, place: string): string {
  let text = `limit=${limit}&${place}`
  for (let i = 0; i < FILTERS.length; i++) text += parameterText(parameter, FILTERS[i] as string)
  for (let r = 0; r < RANGES.length; r++) {
    for (let i = 0; i < SUFFIXES.length; i++) text += parameterText(parameter, `${RANGES[r]}${SUFFIXES[i]}`)
  }
  return text
}

function parameterText(parameter: (name: string) => string | null, name: string): string {
  const value = parameter(name)
  return value === null ? '' : `&${name}=${value}`
}

/** Contracts of some expirations in the order of their tickers: calls before puts, then by strike. Ends with the chain that passes `most`. A part of them is never given for all. */
function gather(market: ApiMarket, ticker: string, dates: string[], wants: (listed: Listed) => boolean, isDescending: boolean, most: number): AllListed {
  const found = newList<Listed>()
  for (let d = 0; d < dates.length && found.length <= most; d++) {
    const { value: chain, problem } = listedOf(market, ticker, dates[d] as string)
    if (problem !== null) return { value: found, problem }
    for (let side = 0; side < 2; side++) {
      const isCall = (side === 0) !== isDescending
      for (let i = 0; i < chain.length; i++) {
        const listed = chain[isDescending ? chain.length - 1 - i : i] as Listed
        if (listed.contract.isCall === isCall && wants(listed)) listPush(found, listed)
      }
    }
  }
  return { value: found, problem: null }
}

function listedOf(market: ApiMarket, ticker: string, expiration: string): AllListed {
  const list = newList<Listed>()
  const { value, problem } = chainOf(market, API, ticker, expiration)
  if (value === null) return { value: list, problem }
  const contracts = contractsOf(value)
  const { price, asOf, delayMinutes } = value
  for (let i = 0; i < contracts.length; i++) listPush(list, { contract: contracts[i] as Contract, expiration, price, asOf, delayMinutes })
  return { value: list, problem: null }
}

/** One contract by its ticker, `O:` before it or not. */
function single(request: ApiRequest, market: ApiMarket, kind: Kind, name: string): ApiAnswer {
  const occ = stringStartsWith(name, 'O:') ? stringSlice(name, 2) : name
  const tail = stringSlice(occ, -OCC_TAIL)
  const expiration = `20${stringSlice(tail, 0, 2)}-${stringSlice(tail, 2, 4)}-${stringSlice(tail, 4, 6)}`
  if (occ.length <= OCC_TAIL || NumberIsNaN(dayFromIso(expiration))) return polygonError(request, 404, 'Options contract not found.')
  const ticker = kind === SNAPSHOT ? (request.segments[3] as string) : stringSlice(occ, 0, -OCC_TAIL)
  const { value: list, problem } = listedOf(market, ticker, expiration)
  if (problem !== null) return polygonError(request, 400, problem)
  for (let i = 0; i < list.length; i++) {
    const listed = list[i] as Listed
    if (listed.contract.occ === occ) return jsonAnswer(200, () => ({ results: kind.body(listed, ticker), status: 'OK', request_id: requestId(request.url) }))
  }
  return polygonError(request, 404, 'Options contract not found.')
}

/** What the vendor knows nothing of is left out, as it leaves it out. */
function snapshotBody({ contract, expiration, price, asOf, delayMinutes }: Listed, ticker: string): unknown {
  const { strike, bid, ask, delta, gamma, theta, vega, impliedVol, last } = contract
  const middle = middleOf(contract)
  const timeframe = delayMinutes > 0 ? 'DELAYED' : 'REAL-TIME'
  const quotedAt = (contract.quotedAt ?? asOf) * NS_PER_MS
  const paid = middle ?? last ?? 0
  return {
    break_even_price: contract.isCall ? strike + paid : strike - paid,
    day: last === null ? {} : { close: last, volume: contract.volume ?? 0, last_updated: quotedAt },
    details: { ...detailsOf(contract, expiration) },
    ...(delta === null ? null : { greeks: { delta, gamma, theta, vega } }),
    ...(impliedVol === null ? null : { implied_volatility: impliedVol }),
    ...(bid === null && ask === null ? null : { last_quote: { ask: ask ?? 0, ask_size: contract.askSize ?? 0, bid: bid ?? 0, bid_size: contract.bidSize ?? 0, last_updated: quotedAt, midpoint: middle ?? 0, timeframe } }),
    ...(last === null ? null : { last_trade: { price: last, sip_timestamp: quotedAt, size: 1, timeframe } }),
    open_interest: contract.openInterest ?? 0,
    underlying_asset: { ...(price === null ? null : { change_to_break_even: (contract.isCall ? strike + paid : strike - paid) - price, price }), last_updated: asOf * NS_PER_MS, ticker, timeframe },
  }
}

function detailsOf(contract: Contract, expiration: string) {
  return {
    contract_type: contract.isCall ? 'call' : 'put', exercise_style: contract.isEuropean ? 'european' : 'american', expiration_date: expiration,
    shares_per_contract: contract.multiplier, strike_price: contract.strike, ticker: `O:${contract.occ}`,
  }
}

function referenceBody({ contract, expiration }: Listed, ticker: string): unknown {
  return {
    cfi: contract.isCall ? 'OCASPS' : 'OPASPS', ...detailsOf(contract, expiration), primary_exchange: 'BATO', underlying_ticker: ticker,
  }
}
