import { dateToISOString, DateConstructor, listPush, NumberIsNaN, newList, numberToFixed, stringSlice } from '../../language/intrinsics.ts'
import { chainOf, contractsOf, expirationsOf, type Chain, type Contract } from '../chains.ts'
import { dateOf, dayFromIso, weekday } from '../days.ts'
import { pathIs } from '../request.ts'
import { textAnswer, type ApiAnswer, type ApiMarket, type ApiRequest } from '../types.ts'
import { oneOrMany, tradierAnswer, tradierErrors } from './tradier-answer.ts'

const API = 'Tradier'
const HOUR_MS = 3_600_000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** Characters of an OCC symbol behind its root. */
const OCC_TAIL = 15

/** Tradier's expirations, strikes and chains, as of the scan's date; null for another path. */
export function tradierOptions(request: ApiRequest, market: ApiMarket): ApiAnswer | null {
  if (pathIs(request, ['v1', 'markets', 'options', 'expirations'])) return expirations(request, market)
  if (pathIs(request, ['v1', 'markets', 'options', 'chains'])) return chain(request, market)
  if (pathIs(request, ['v1', 'markets', 'options', 'strikes'])) return strikes(request, market)
  return null
}

const isTrue = (text: string | null) => text === 'true' || text === '1'

function expirations(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const symbol = request.query('symbol')
  if (symbol === null || symbol === '') return textAnswer(400, 'Invalid parameter, symbol: cannot be null or empty.')
  const { value, problem } = expirationsOf(market, API, symbol)
  if (problem !== null) return tradierErrors(request, 400, problem)
  if (value === null) return tradierAnswer(request, 200, () => ({ expirations: null }))
  const { dates } = value
  const withStrikes = isTrue(request.query('strikes'))
  const withSize = isTrue(request.query('contractSize'))
  const withType = isTrue(request.query('expirationType'))
  if (!withStrikes && !withSize && !withType) return tradierAnswer(request, 200, () => ({ expirations: { date: oneOrMany(dates.length, (i) => dates[i]) } }))
  const strikesOf = newList<number[]>()
  for (let i = 0; withStrikes && i < dates.length; i++) {
    const found = chainOf(market, API, symbol, dates[i] as string)
    if (found.problem !== null) return tradierErrors(request, 400, found.problem)
    listPush(strikesOf, strikesOfChain(found.value))
  }
  return tradierAnswer(request, 200, () => ({
    expirations: {
      expiration: oneOrMany(dates.length, (i) => {
        const date = dates[i] as string
        // Spread, not assigned: a setter that a script has put on Object.prototype is not asked.
        return {
          date,
          ...(withSize ? { contract_size: 100 } : null),
          ...(withType ? { expiration_type: expirationType(date) } : null),
          ...(withStrikes ? { strikes: strikeList(strikesOf[i] as number[]) } : null),
        }
      }),
    },
  }))
}

function strikeList(list: number[]): unknown {
  return list.length === 0 ? null : { strike: oneOrMany(list.length, (i) => list[i]) }
}

/** Strikes of an expiration, ascending, each once. */
function strikesOfChain(chain: Chain | null): number[] {
  const list = newList<number>()
  if (chain === null) return list
  const { strike } = chain.contracts
  for (let i = 0; i < strike.length; i++) if (list.length === 0 || list[list.length - 1] !== strike[i]) listPush(list, strike[i] as number)
  return list
}

function strikes(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const asked = symbolAndExpiration(request)
  if (asked.refusal !== null) return asked.refusal
  const { value, problem } = chainOf(market, API, asked.symbol, asked.expiration)
  if (problem !== null) return tradierErrors(request, 400, problem)
  const list = strikesOfChain(value)
  return tradierAnswer(request, 200, () => ({ strikes: strikeList(list) }))
}

function chain(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const asked = symbolAndExpiration(request)
  if (asked.refusal !== null) return asked.refusal
  const { value, problem } = chainOf(market, API, asked.symbol, asked.expiration)
  if (problem !== null) return tradierErrors(request, 400, problem)
  const withGreeks = isTrue(request.query('greeks'))
  return tradierAnswer(request, 200, () => {
    if (value === null) return { options: null }
    const contracts = contractsOf(value)
    return {
      options: {
        option: oneOrMany(contracts.length, (i) => {
          const contract = contracts[i] as Contract
          const entry = entryOf(contract, asked.symbol, asked.expiration)
          return withGreeks ? { ...entry, greeks: greeksOf(contract, value.asOf) } : entry
        }),
      },
    }
  })
}

function symbolAndExpiration(request: ApiRequest): { symbol: string; expiration: string; refusal: ApiAnswer | null } {
  const symbol = request.query('symbol') ?? ''
  const expiration = request.query('expiration') ?? ''
  const refused = (text: string) => ({ symbol, expiration, refusal: textAnswer(400, `Invalid parameter, ${text}`) })
  if (symbol === '') return refused('symbol: cannot be null or empty.')
  if (expiration === '') return refused('expiration: cannot be null or empty.')
  if (expiration.length !== 10 || NumberIsNaN(dayFromIso(expiration))) return refused('expiration: must be a date in the format YYYY-MM-DD.')
  return { symbol, expiration, refusal: null }
}

/** The quote of an option by its OCC symbol, null where the text is none or there is no such contract. */
export function optionQuote(market: ApiMarket, symbol: string): Record<string, unknown> | null {
  const root = stringSlice(symbol, 0, -OCC_TAIL)
  if (symbol.length <= OCC_TAIL || root === '') return null
  const tail = stringSlice(symbol, -OCC_TAIL)
  const expiration = `20${stringSlice(tail, 0, 2)}-${stringSlice(tail, 2, 4)}-${stringSlice(tail, 4, 6)}`
  if ((tail[6] !== 'C' && tail[6] !== 'P') || NumberIsNaN(dayFromIso(expiration))) return null
  const { value } = chainOf(market, API, root, expiration)
  const contracts = value === null ? newList<Contract>() : contractsOf(value)
  for (let i = 0; i < contracts.length; i++) {
    const contract = contracts[i] as Contract
    if (contract.occ === symbol) return entryOf(contract, root, expiration)
  }
  return null
}

function entryOf(contract: Contract, underlying: string, expiration: string): Record<string, unknown> {
  const { strike, last, volume, bid, ask, quotedAt } = contract
  const wasTraded = last !== null && (volume ?? 0) > 0
  const traded = wasTraded ? last : null
  const { year, month, dayOfMonth } = dateOf(dayFromIso(expiration))
  return {
    symbol: contract.occ, description: `${contract.root} ${MONTHS[month - 1]} ${dayOfMonth} ${year} $${numberToFixed(strike, 2)} ${contract.isCall ? 'Call' : 'Put'}`,
    exch: 'Z', type: 'option', last, change: wasTraded ? 0 : null, volume: volume ?? 0, open: traded, high: traded, low: traded, close: null,
    bid, ask, underlying, strike, change_percentage: wasTraded ? 0 : null, average_volume: 0, last_volume: wasTraded ? 1 : 0,
    trade_date: wasTraded ? (quotedAt ?? 0) : 0, prevclose: last, week_52_high: 0, week_52_low: 0, bidsize: contract.bidSize ?? 0, bidexch: 'Z',
    bid_date: quotedAt ?? 0, asksize: contract.askSize ?? 0, askexch: 'Z', ask_date: quotedAt ?? 0, open_interest: contract.openInterest ?? 0,
    contract_size: contract.multiplier, expiration_date: expiration, expiration_type: expirationType(expiration),
    option_type: contract.isCall ? 'call' : 'put', root_symbol: contract.root,
  }
}

/** As Tradier's: per calendar day and per percentage point, null where nobody states any. */
function greeksOf(contract: Contract, asOf: number): unknown {
  const { delta, gamma, theta, vega, rho, impliedVol } = contract
  if (delta === null && impliedVol === null) return null
  const hour = new DateConstructor(asOf - (asOf % HOUR_MS))
  const vol = impliedVol ?? 0
  return {
    delta, gamma, theta, vega, rho, phi: 0, bid_iv: vol, mid_iv: vol, ask_iv: vol, smv_vol: vol,
    updated_at: `${stringSlice(dateToISOString(hour), 0, 10)} ${stringSlice(dateToISOString(hour), 11, 19)}`,
  }
}

/** `standard` on third Fridays; a monthly expiration that a holiday moves to Thursday is `weeklys`, as at Tradier. */
function expirationType(date: string): string {
  const day = dayFromIso(date)
  const { dayOfMonth } = dateOf(day)
  return weekday(day) === 5 && dayOfMonth > 14 && dayOfMonth <= 21 ? 'standard' : 'weeklys'
}
