import type { ApiHandler } from './types.ts'
import { alpaca } from './vendors/alpaca.ts'
import { alphaVantage } from './vendors/alpha-vantage.ts'
import { finnhub } from './vendors/finnhub.ts'
import { polygon } from './vendors/polygon.ts'
import { stooq } from './vendors/stooq.ts'
import { tradier } from './vendors/tradier.ts'
import { twelveData } from './vendors/twelve-data.ts'
import { yahoo } from './vendors/yahoo.ts'

/** The API that lives at a host name, null where none does. */
export function handlerOf(host: string): ApiHandler | null {
  switch (host) {
    case 'api.polygon.io':
    case 'api.massive.com':
      return polygon
    case 'api.tradier.com':
    case 'sandbox.tradier.com':
      return tradier
    case 'query1.finance.yahoo.com':
    case 'query2.finance.yahoo.com':
      return yahoo
    case 'data.alpaca.markets':
    case 'data.sandbox.alpaca.markets':
      return alpaca
    case 'www.alphavantage.co':
    case 'alphavantage.co':
      return alphaVantage
    case 'stooq.com':
    case 'www.stooq.com':
    case 'stooq.pl':
      return stooq
    case 'finnhub.io':
    case 'api.finnhub.io':
      return finnhub
    case 'api.twelvedata.com':
      return twelveData
    default:
      return null
  }
}

/** What a refused request is told. */
export const AVAILABLE =
  'Polygon (api.polygon.io, api.massive.com), Tradier (api.tradier.com, sandbox.tradier.com), Yahoo (query1.finance.yahoo.com), ' +
  'Alpaca (data.alpaca.markets), Alpha Vantage (www.alphavantage.co), Stooq (stooq.com), Finnhub (finnhub.io), Twelve Data (api.twelvedata.com)'

/** Reason phrases of the statuses that the handlers use. */
export function statusText(status: number): string {
  switch (status) {
    case 200:
      return 'OK'
    case 400:
      return 'Bad Request'
    case 404:
      return 'Not Found'
    case 405:
      return 'Method Not Allowed'
    case 422:
      return 'Unprocessable Entity'
    default:
      return ''
  }
}
