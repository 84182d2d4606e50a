// RSI oversold with the yahoo-finance2 client and technicalindicators.
import { RSI } from 'technicalindicators'
import YahooFinance from 'yahoo-finance2'

const yahooFinance = new YahooFinance({ suppressNotices: ['ripHistorical'] })
const watchlist = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'GOOG', 'META', 'AMD', 'NFLX', 'INTC', 'CSCO', 'ORCL']
const until = '2026-11-21' // the day after the last session wanted

const results = await Promise.all(
  watchlist.map(async (symbol) => {
    const { quotes } = await yahooFinance.chart(symbol, { period1: '2026-06-01', period2: until })
    const values = quotes.map((quote) => quote.close)
    const rsi = RSI.calculate({ period: 14, values }).at(-1)
    return { symbol, rsi, close: values.at(-1) }
  }),
)

const oversold = results.filter((row) => row.rsi < 45)
console.table(oversold, ['symbol', 'rsi', 'close'])
export default oversold
