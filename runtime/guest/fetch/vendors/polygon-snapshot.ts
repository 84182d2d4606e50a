import { arraySort, listPush, makeArray, newList, stringStartsWith } from '../../language/intrinsics.ts'
import { MARKET_CLOSE, newYorkTime } from '../days.ts'
import { requestId } from '../identifiers.ts'
import { pathIs } from '../request.ts'
import { findBars, symbolList } from '../symbols.ts'
import { jsonAnswer, type ApiAnswer, type ApiMarket, type ApiRequest, type GuestBars } from '../types.ts'
import { polygonError } from './polygon-error.ts'

/** Snapshots of one ticker, several, or all, and of the day's 20 largest moves up or down. No quotes and no minute bars. */
export function polygonSnapshot(request: ApiRequest, market: ApiMarket): ApiAnswer {
  if (pathIs(request, ['v2', 'snapshot', 'locale', 'us', 'markets', 'stocks', 'tickers', '*'])) {
    const ticker = request.segments[7] as string
    const bars = findBars(market, ticker)
    if (bars === null) return polygonError(request, 404, 'Ticker not found.')
    return jsonAnswer(200, () => ({ request_id: requestId(request.url), status: 'OK', ticker: snapshotOf(ticker, bars) }))
  }
  const last = request.segments[6]
  if (request.segments.length === 7 && last === 'tickers') {
    return jsonAnswer(200, () => {
      const wanted = symbolList(request.query('tickers'))
      const names = wanted.length > 0 ? wanted : market.symbols()
      const rows = newList<{ name: string; bars: GuestBars }>()
      for (let i = 0; i < names.length; i++) {
        const name = names[i] as string
        const bars = findBars(market, name)
        // In a snapshot of the whole market, a symbol that did not trade on the day has nothing to show.
        if (bars !== null && (wanted.length > 0 || bars.day[bars.length - 1] === market.asOfDay)) listPush(rows, { name, bars })
      }
      return listBody(request, rows)
    })
  }
  if (request.segments.length === 7 && (last === 'gainers' || last === 'losers')) {
    return jsonAnswer(200, () => listBody(request, movers(market, last === 'gainers' ? 1 : -1)))
  }
  return polygonError(request, 404, `Strikescan does not answer ${request.path}`)
}

const MOST_TICKERS = 250

/** `/v3/snapshot` for named stocks: those that there are not stand in the list with an error of their own, as Polygon lists them. */
export function polygonUniversalSnapshot(request: ApiRequest, market: ApiMarket): ApiAnswer {
  const type = request.query('type') ?? ''
  if (type !== '' && type !== 'stocks') return polygonError(request, 400, `The parameter 'type' must be stocks: of '${type}' there are no snapshots here`)
  const only = request.query('ticker') ?? ''
  const wanted = symbolList(only === '' ? request.query('ticker.any_of') : only)
  if (wanted.length < 1 || wanted.length > MOST_TICKERS) return polygonError(request, 400, `The parameter 'ticker.any_of' must name from 1 to ${MOST_TICKERS} tickers`)
  for (let i = 0; i < wanted.length; i++) {
    if (stringStartsWith(wanted[i] as string, 'O:')) return polygonError(request, 400, `${wanted[i]} is an option: its snapshot is at /v3/snapshot/options/{underlying}/${wanted[i]}`)
  }
  return jsonAnswer(200, () => ({ results: makeArray(wanted.length, (i) => universalOf(wanted[i] as string, findBars(market, wanted[i] as string))), status: 'OK', request_id: requestId(request.url) }))
}

function universalOf(ticker: string, bars: GuestBars | null): unknown {
  if (bars === null) return { ticker, error: 'NOT_FOUND', message: 'Ticker not found.' }
  const end = bars.length - 1
  const close = bars.close[end] as number
  const before = end > 0 ? (bars.close[end - 1] as number) : close
  const change = close - before
  const change_percent = before === 0 ? 0 : (close / before - 1) * 100
  const last_updated = newYorkTime(bars.day[end] as number, MARKET_CLOSE) * 1_000_000
  return {
    market_status: 'closed',
    ticker,
    type: 'stocks',
    session: {
      change, change_percent, regular_trading_change: change, regular_trading_change_percent: change_percent,
      close, high: bars.high[end], low: bars.low[end], open: bars.open[end], volume: bars.volume[end], previous_close: before, price: close,
    },
    last_trade: { price: close, last_updated, timeframe: 'DELAYED' },
  }
}

const MOVERS = 20
const LEAST_MOVER_VOLUME = 10_000

function movers(market: ApiMarket, sign: 1 | -1): { name: string; bars: GuestBars }[] {
  const rows = newList<{ name: string; bars: GuestBars; change: number }>()
  const names = market.symbols()
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string
    const bars = market.bars(name)
    if (bars === null || bars.length < 2) continue
    const end = bars.length - 1
    if (bars.day[end] !== market.asOfDay || (bars.volume[end] as number) < LEAST_MOVER_VOLUME) continue
    const change = sign * ((bars.close[end] as number) / (bars.close[end - 1] as number) - 1)
    if (change > 0) listPush(rows, { name, bars, change })
  }
  arraySort(rows, (a, b) => b.change - a.change)
  if (rows.length > MOVERS) rows.length = MOVERS
  return rows
}

function listBody(request: ApiRequest, rows: { name: string; bars: GuestBars }[]): unknown {
  const tickers = makeArray(rows.length, (i) => {
    const row = rows[i] as { name: string; bars: GuestBars }
    return snapshotOf(row.name, row.bars)
  })
  return { request_id: requestId(request.url), status: 'OK', count: tickers.length, tickers }
}

function snapshotOf(ticker: string, bars: GuestBars): unknown {
  const end = bars.length - 1
  const close = bars.close[end] as number
  const before = end > 0 ? (bars.close[end - 1] as number) : close
  const time = newYorkTime(bars.day[end] as number, MARKET_CLOSE) * 1_000_000
  return {
    day: dayOf(bars, end),
    lastTrade: { p: close, t: time },
    prevDay: dayOf(bars, end - 1),
    ticker,
    todaysChange: close - before,
    todaysChangePerc: before === 0 ? 0 : (close / before - 1) * 100,
    updated: time,
  }
}

/** Zeros before the first bar, as Polygon gives for a first day. */
function dayOf(bars: GuestBars, i: number): unknown {
  if (i < 0) return { c: 0, h: 0, l: 0, o: 0, v: 0 }
  return { c: bars.close[i], h: bars.high[i], l: bars.low[i], o: bars.open[i], v: bars.volume[i] }
}
