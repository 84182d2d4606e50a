import realAxios from 'axios'
import { describe, expect, it } from 'vitest'

import { createAxios } from '../../../../runtime/guest/stand-ins/axios.ts'
import { createPolygonClient } from '../../../../runtime/guest/stand-ins/polygon-client.ts'
import { createYahooFinance } from '../../../../runtime/guest/stand-ins/yahoo-finance2.ts'
import { standInWorld } from './support.ts'

type Any = any // eslint-disable-line -- stand-ins are as untyped as what they stand for
const AGGREGATES = 'https://api.polygon.io/v2/aggs/ticker/AAPL/range/1/day/2026-03-12/2026-03-13'

/** The calls of @polygon.io/client-js 7.4.0, by client, and those of 8.2.0, as their declarations list them. */
const OLDER_CALLS = {
  stocks: 'aggregates aggregatesGroupedDaily summaries dailyOpenClose lastQuote lastTrade previousClose quotes snapshotAllTickers snapshotGainersLosers snapshotTicker sma ema macd rsi trades universalSnapshot',
  options: 'aggregates summaries dailyOpenClose previousClose trades lastTrade quotes snapshotOptionContract snapshotOptionChain sma ema macd rsi universalSnapshot',
  indices: 'aggregates dailyOpenClose previousClose snapshotTicker sma ema macd rsi',
  forex: 'aggregates aggregatesGroupedDaily summaries conversion quotes lastQuote previousClose snapshotAllTickers snapshotGainersLosers snapshotTicker sma ema macd rsi universalSnapshot',
  crypto: 'aggregates aggregatesGroupedDaily summaries dailyOpenClose trades lastTrade previousClose snapshotAllTickers snapshotGainersLosers snapshotTicker snapshotTickerFullBookL2 sma ema macd rsi universalSnapshot',
  reference: 'conditions exchanges marketHolidays marketStatus optionsContract optionsContracts dividends stockSplits stockFinancials tickerDetails tickerNews tickers tickerTypes',
}
const NEWER_CALLS =
  'deprecatedGetCryptoSnapshotTickerBook deprecatedGetHistoricCryptoTrades deprecatedGetHistoricForexQuotes deprecatedGetHistoricStocksQuotes deprecatedGetHistoricStocksTrades getBenzingaV1AnalystInsights getBenzingaV1Analysts getBenzingaV1ConsensusRatings getBenzingaV1Earnings getBenzingaV1Firms getBenzingaV1Guidance getBenzingaV1News getBenzingaV1Ratings getCryptoAggregates getCryptoEMA getCryptoMACD getCryptoOpenClose getCryptoRSI getCryptoSMA getCryptoSnapshotDirection getCryptoSnapshotTicker getCryptoSnapshotTickers getCryptoTrades getCurrencyConversion getEvents getFedV1Inflation getFedV1InflationExpectations getFedV1TreasuryYields getForexAggregates getForexEMA getForexMACD getForexQuotes getForexRSI getForexSMA getForexSnapshotDirection getForexSnapshotTicker getForexSnapshotTickers getFuturesAggregates getFuturesContractDetails getFuturesContracts getFuturesDailySchedules getFuturesMarketStatuses getFuturesProductDetails getFuturesProductSchedules getFuturesProducts getFuturesQuotes getFuturesTrades getGroupedCryptoAggregates getGroupedForexAggregates getGroupedStocksAggregates getIndicesAggregates getIndicesEMA getIndicesMACD getIndicesOpenClose getIndicesRSI getIndicesSMA getIndicesSnapshot getLastCryptoTrade getLastCurrencyQuote getLastOptionsTrade getLastStocksQuote getLastStocksTrade getMarketHolidays getMarketStatus getOptionContract getOptionsAggregates getOptionsChain getOptionsContract getOptionsEMA getOptionsMACD getOptionsOpenClose getOptionsQuotes getOptionsRSI getOptionsSMA getOptionsTrades getPreviousCryptoAggregates getPreviousForexAggregates getPreviousIndicesAggregates getPreviousOptionsAggregates getPreviousStocksAggregates getRelatedCompanies getSnapshotSummary getSnapshots getStocksAggregates getStocksEMA getStocksMACD getStocksOpenClose getStocksQuotes getStocksRSI getStocksSMA getStocksSnapshotDirection getStocksSnapshotTicker getStocksSnapshotTickers getStocksTrades getStocksV1ShortInterest getStocksV1ShortVolume getTicker getTmxV1CorporateEvents listConditions listDividends listExchanges listFinancials listIPOs listNews listOptionsContracts listStockSplits listTickerTypes listTickers'

describe('axios', () => {
  const make = (): Any => createAxios(standInWorld().deps)

  it('answers from the market in its own shape', async () => {
    const axios = make()
    const { data, status, statusText, headers, config } = await axios.get(AGGREGATES)
    expect([status, statusText, headers['content-type'], config.method]).toEqual([200, 'OK', 'application/json', 'get'])
    expect(data.results.map((bar: Any) => bar.c)).toEqual([128, 129])
    expect((await axios(AGGREGATES)).data).toEqual(data)
    expect((await axios.create({ baseURL: 'https://api.polygon.io/v2/' }).request({ url: '/aggs/ticker/AAPL/prev' })).data.results[0].c).toBe(128)
    expect(JSON.parse((await axios.get(AGGREGATES, { responseType: 'text' })).data)).toEqual(data)
  })

  it('writes addresses as the real one does', () => {
    const axios = make()
    const configs = [
      { url: '/a', baseURL: 'https://x.test/', params: { list: ['1', 'b c'], day: new Date(0), none: null, gone: undefined, text: 'a:b$c,d&e' } },
      { url: 'https://y.test/q?z=1#part', baseURL: 'https://x.test', params: { a: 1 } },
      { url: 'a', baseURL: 'https://x.test/v1', params: new URLSearchParams({ b: '2' }) },
      { url: 'https://x.test/a', params: { deep: { one: 1, two: [2] } } },
    ]
    for (const config of configs) expect(axios.getUri(config)).toBe(realAxios.getUri(config))
  })

  it('fails as the real one does: with a response for a status, without one where nobody answers', async () => {
    const axios = make()
    const refused = await axios.get('https://api.polygon.io/v2/aggs/ticker/AAPL/range/1/minute/2026-03-12/2026-03-13').catch((error: Any) => error)
    expect([axios.isAxiosError(refused), refused.code, refused.response.status]).toEqual([true, 'ERR_BAD_REQUEST', 400])
    expect((await axios.get(AGGREGATES.replace('day', 'minute'), { validateStatus: null })).status).toBe(400)
    const unreachable = await axios.get('https://example.com/').catch((error: Any) => error)
    expect([unreachable.code, unreachable.response]).toEqual(['ERR_NETWORK', undefined])
    expect(unreachable.message).toContain('example.com')
  })

  it('runs interceptors in the order of the real one', async () => {
    const order = async (axios: Any): Promise<string[]> => {
      const seen: string[] = []
      for (const name of ['one', 'two']) axios.interceptors.request.use((config: Any) => (seen.push(`ask ${name}`), config))
      for (const name of ['one', 'two']) axios.interceptors.response.use((reply: Any) => (seen.push(`got ${name}`), reply))
      await axios.get(AGGREGATES)
      return seen
    }
    const real = realAxios.create({ adapter: async (config) => ({ data: {}, status: 200, statusText: 'OK', headers: {}, config }) })
    expect(await order(make())).toEqual(await order(real))
  })
})

describe("the vendors' clients", () => {
  it('@polygon.io/client-js gives what its addresses give, by both ways of calling', async () => {
    const { deps } = standInWorld()
    const rest = (createPolygonClient(deps) as Any).restClient('key')
    const { data } = await (createAxios(deps) as Any).get(AGGREGATES)
    const older = await rest.stocks.aggregates('AAPL', 1, 'day', '2026-03-12', '2026-03-13')
    const newer = await rest.getStocksAggregates({ stocksTicker: 'AAPL', multiplier: 1, timespan: 'day', from: '2026-03-12', to: '2026-03-13' })
    expect([older.results, newer.results]).toEqual([data.results, data.results])
    expect((await rest.stocks.aggregatesGroupedDaily('2026-03-13', { adjusted: 'false' })).results.map((bar: Any) => [bar.T, bar.c])).toEqual([['AAPL', 129], ['MSFT', 229]])
    await expect(rest.getStocksAggregates({ stocksTicker: 'AAPL' })).rejects.toThrow('multiplier is missing')
    await expect(rest.stocks.aggregates('AAPL', 1, 'minute', '2026-03-12', '2026-03-13')).rejects.toMatchObject({ response: { status: 400 } })
    expect(() => (createPolygonClient(deps) as Any).websocketClient('key')).toThrow('restClient')
  })

  it('@polygon.io/client-js refuses by name what it has not, and serves every other call', async () => {
    const { deps, notes } = standInWorld()
    const client = createPolygonClient(deps) as Any
    const rest = client.restClient('key')
    const unanswered: string[] = []
    for (const [group, calls] of Object.entries(OLDER_CALLS)) {
      for (const call of calls.split(' ')) {
        const problem = await rest[group][call](call === 'snapshotGainersLosers' ? 'gainers' : 'AAPL').then(() => null, (error: Error) => error.message)
        if (problem?.startsWith(`@polygon.io/client-js: ${group}.${call} `)) unanswered.push(`${group}.${call}`)
        else expect(problem ?? '', `${group}.${call}`).not.toMatch(/ is not a function|^Strikescan does not answer/)
      }
    }
    expect(unanswered.filter((name) => /^(stocks|reference)/.test(name))).toEqual([
      ...['summaries', 'lastQuote', 'lastTrade', 'quotes', 'sma', 'ema', 'macd', 'rsi', 'trades'].map((name) => `stocks.${name}`),
      ...['conditions', 'exchanges', 'marketHolidays', 'dividends', 'stockSplits', 'stockFinancials', 'tickerTypes'].map((name) => `reference.${name}`),
    ])
    expect(NEWER_CALLS.split(' ').filter((name) => typeof rest[name] !== 'function')).toEqual([])
    await expect(rest.getLastStocksTrade({ stocksTicker: 'AAPL' })).rejects.toThrow('getLastStocksTrade needs data that is not in the store; there are getStocksAggregates, ')
    await expect(client.stocksClient('key').rsi('AAPL')).rejects.toThrow('stocks.rsi is not there: work it out from the bars')
    expect(() => client.getStocksWebsocket('key')).toThrow('restClient')
    expect((await rest.stocks.universalSnapshot({ 'ticker.any_of': 'AAPL' })).results[0].session.close).toBe(129)
    expect((await rest.getSnapshots({ ticker: 'MSFT' })).results[0].session.close).toBe(229)
    expect(notes).toContain('api_path_refused: @polygon.io/client-js: stocks.trades')
  })

  it('yahoo-finance2 works as a class and as an object, and says what it has not', async () => {
    const { deps, notes } = standInWorld()
    const Client = (createYahooFinance(deps) as Any).default
    for (const yahoo of [Client, new Client()]) {
      const { quotes } = await yahoo.chart('AAPL', { period1: '2026-03-12', period2: '2026-03-14' })
      expect(quotes.map(({ date, close }: Any) => [date instanceof Date, close])).toEqual([[true, 128], [true, 129]])
      expect((await yahoo.historical('MSFT', { period1: '2026-03-13' })).map(({ close }: Any) => close)).toEqual([229])
      expect((await yahoo.quote(['AAPL', 'MSFT'])).map(({ symbol, regularMarketPrice }: Any) => [symbol, regularMarketPrice])).toEqual([['AAPL', 129], ['MSFT', 229]])
      await expect(yahoo.options('AAPL')).rejects.toThrow('This market has no options')
      await expect(yahoo.insights('AAPL')).rejects.toThrow('insights needs data that is not in the store')
    }
    expect(notes).toContain('api_path_refused: yahoo-finance2: insights')
  })
})
