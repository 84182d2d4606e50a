import { listPush, makeArray, newList, NumberIsNaN } from '../../language/intrinsics.ts'
import { chainOf, contractsOf, expirationsOf, type Contract } from '../chains.ts'
import { DAY_MS, dayFromIso, isoOf } from '../days.ts'
import { jsonAnswer, type ApiAnswer, type ApiMarket, type ApiRequest } from '../types.ts'

const API = 'Yahoo'

/**
 * Yahoo's options v7: the expirations of a symbol and the chain of one, the nearest where `date` (seconds of midnight
 * UTC) names none. `quoteOf` gives the quote of the underlying, null without bars.
 */
export function yahooOptions(request: ApiRequest, market: ApiMarket, symbol: string, quoteOf: () => unknown): ApiAnswer {
  const { value: listed, problem } = expirationsOf(market, API, symbol)
  if (problem !== null) return refuse(400, 'Bad Request', problem)
  if (listed === null) return jsonAnswer(200, () => ({ optionChain: { result: makeArray(0, () => null), error: null } }))
  const { dates } = listed
  const asked = request.query('date')
  const expiration = asked === null || asked === '' ? (dates[0] as string) : dateOfSeconds(asked)
  if (expiration === null) return refuse(400, 'Bad Request', `Invalid input - date=${asked} is no time in seconds`)
  const { value, problem: missing } = chainOf(market, API, symbol, expiration)
  if (missing !== null) return refuse(400, 'Bad Request', missing)
  return jsonAnswer(200, () => {
    const contracts = value === null ? newList<Contract>() : contractsOf(value)
    const price = value?.price ?? null
    const side = (isCall: boolean): unknown[] => {
      const some = newList<Contract>()
      for (let i = 0; i < contracts.length; i++) if ((contracts[i] as Contract).isCall === isCall) listPush(some, contracts[i] as Contract)
      return makeArray(some.length, (i) => contractBody(some[i] as Contract, expiration, price))
    }
    const strikes = strikesOf(contracts)
    return {
      optionChain: {
        result: [{
          underlyingSymbol: symbol, expirationDates: makeArray(dates.length, (i) => secondsOf(dates[i] as string)), strikes: makeArray(strikes.length, (i) => strikes[i]),
          hasMiniOptions: false, quote: quoteOf(),
          options: value === null ? makeArray(0, () => null) : [{ expirationDate: secondsOf(expiration), hasMiniOptions: false, calls: side(true), puts: side(false) }],
        }],
        error: null,
      },
    }
  })
}

function refuse(status: number, code: string, description: string): ApiAnswer {
  return jsonAnswer(status, () => ({ optionChain: { result: null, error: { code, description } } }))
}

const secondsOf = (date: string): number => (dayFromIso(date) * DAY_MS) / 1_000

/** The date of a time in seconds, null where the text is none. */
function dateOfSeconds(text: string): string | null {
  const day = (+text * 1_000) / DAY_MS
  return NumberIsNaN(day) || day < 0 || day > 100_000 ? null : isoOf(day - (day % 1))
}

function strikesOf(contracts: Contract[]): number[] {
  const list = newList<number>()
  for (let i = 0; i < contracts.length; i++) {
    const { strike } = contracts[i] as Contract
    if (list.length === 0 || list[list.length - 1] !== strike) listPush(list, strike)
  }
  return list
}

function contractBody(contract: Contract, expiration: string, price: number | null): unknown {
  const { strike, last, bid, ask, quotedAt, impliedVol } = contract
  return {
    contractSymbol: contract.occ, strike, currency: 'USD', lastPrice: last ?? 0, change: 0, percentChange: 0, volume: contract.volume ?? 0,
    openInterest: contract.openInterest ?? 0, bid: bid ?? 0, ask: ask ?? 0, contractSize: contract.multiplier === 100 ? 'REGULAR' : 'MINI',
    expiration: secondsOf(expiration), lastTradeDate: quotedAt === null ? 0 : (quotedAt - (quotedAt % 1_000)) / 1_000, impliedVolatility: impliedVol ?? 0,
    inTheMoney: price !== null && (contract.isCall ? strike < price : strike > price),
  }
}
