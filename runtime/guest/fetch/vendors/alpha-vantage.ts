import { numberToFixed, stringToUpperCase } from '../../language/intrinsics.ts'
import { defineVisible } from '../../language/properties.ts'
import { isoOf } from '../days.ts'
import { pathIs } from '../request.ts'
import { findBars } from '../symbols.ts'
import { jsonAnswer, textAnswer, type ApiAnswer, type ApiHandler, type GuestBars } from '../types.ts'

const COMPACT = 100

/**
 * Alpha Vantage's daily series and global quote (https://www.alphavantage.co/documentation/): newest first, numbers as
 * text. Its errors come with status 200. The adjusted close equals the close.
 */
export const alphaVantage: ApiHandler = (request, market) => {
  const name = stringToUpperCase(request.query('function') ?? '')
  const symbol = request.query('symbol') ?? ''
  const isAdjusted = name === 'TIME_SERIES_DAILY_ADJUSTED'
  const isQuote = name === 'GLOBAL_QUOTE'
  if (!pathIs(request, ['query']) || !(isAdjusted || isQuote || name === 'TIME_SERIES_DAILY')) {
    market.note('api_path_refused', `Alpha Vantage: ${name === '' ? request.path : name}`)
    return error(`Strikescan does not answer the function ${name === '' ? '(missing)' : name}: it has TIME_SERIES_DAILY, TIME_SERIES_DAILY_ADJUSTED and GLOBAL_QUOTE`)
  }
  const bars = findBars(market, symbol)
  if (isQuote) return jsonAnswer(200, () => ({ 'Global Quote': bars === null ? {} : quoteOf(symbol, bars) }))
  if (bars === null) {
    return error(`Invalid API call. Please retry or visit the documentation (https://www.alphavantage.co/documentation/) for ${name}.`)
  }
  if (isAdjusted) market.note('adjusted_ignored', 'Alpha Vantage: TIME_SERIES_DAILY_ADJUSTED was asked for; prices are as traded')
  const isFull = request.query('outputsize') === 'full'
  const start = isFull || bars.length <= COMPACT ? 0 : bars.length - COMPACT
  if (request.query('datatype') === 'csv') return textAnswer(200, csvOf(bars, start, isAdjusted), 'application/x-download')
  return jsonAnswer(200, () => ({
    'Meta Data': {
      '1. Information': isAdjusted ? 'Daily Time Series with Splits and Dividend Events' : 'Daily Prices (open, high, low, close) and Volumes',
      '2. Symbol': symbol,
      '3. Last Refreshed': isoOf(bars.day[bars.length - 1] as number),
      '4. Output Size': isFull ? 'Full size' : 'Compact',
      '5. Time Zone': 'US/Eastern',
    },
    'Time Series (Daily)': seriesOf(bars, start, isAdjusted),
  }))
}

const error = (text: string): ApiAnswer => jsonAnswer(200, () => ({ 'Error Message': text }))
const price = (value: unknown) => numberToFixed(value as number, 4)

function seriesOf(bars: GuestBars, start: number, isAdjusted: boolean): object {
  const series = {}
  for (let i = bars.length - 1; i >= start; i--) {
    const open = price(bars.open[i])
    const high = price(bars.high[i])
    const low = price(bars.low[i])
    const close = price(bars.close[i])
    const volume = `${bars.volume[i]}`
    defineVisible(
      series,
      isoOf(bars.day[i] as number),
      isAdjusted
        ? {
            '1. open': open, '2. high': high, '3. low': low, '4. close': close, '5. adjusted close': close, '6. volume': volume,
            '7. dividend amount': '0.0000', '8. split coefficient': '1.0',
          }
        : { '1. open': open, '2. high': high, '3. low': low, '4. close': close, '5. volume': volume },
    )
  }
  return series
}

function csvOf(bars: GuestBars, start: number, isAdjusted: boolean): string {
  let text = isAdjusted ? 'timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\r\n' : 'timestamp,open,high,low,close,volume\r\n'
  for (let i = bars.length - 1; i >= start; i--) {
    const close = price(bars.close[i])
    text += `${isoOf(bars.day[i] as number)},${price(bars.open[i])},${price(bars.high[i])},${price(bars.low[i])},${close},`
    text += isAdjusted ? `${close},${bars.volume[i]},0.0000,1.0\r\n` : `${bars.volume[i]}\r\n`
  }
  return text
}

function quoteOf(symbol: string, bars: GuestBars): object {
  const i = bars.length - 1
  const close = bars.close[i] as number
  const before = i > 0 ? (bars.close[i - 1] as number) : close
  return {
    '01. symbol': symbol, '02. open': price(bars.open[i]), '03. high': price(bars.high[i]), '04. low': price(bars.low[i]),
    '05. price': price(close), '06. volume': `${bars.volume[i]}`, '07. latest trading day': isoOf(bars.day[i] as number),
    '08. previous close': price(before), '09. change': price(close - before),
    '10. change percent': `${price(before === 0 ? 0 : (close / before - 1) * 100)}%`,
  }
}
