/** Path with `{name}` for its own parameters, and the names of the parameters by position. */
export interface Route {
  path: string
  names: readonly string[]
}

/** The calls of version 8, with their parameters in its order. */
export const ROUTES: Record<string, Route> = {
  getStocksAggregates: { path: '/v2/aggs/ticker/{stocksTicker}/range/{multiplier}/{timespan}/{from}/{to}', names: ['stocksTicker', 'multiplier', 'timespan', 'from', 'to', 'adjusted', 'sort', 'limit'] },
  getGroupedStocksAggregates: { path: '/v2/aggs/grouped/locale/us/market/stocks/{date}', names: ['date', 'adjusted', 'includeOtc'] },
  getPreviousStocksAggregates: { path: '/v2/aggs/ticker/{stocksTicker}/prev', names: ['stocksTicker', 'adjusted'] },
  getStocksOpenClose: { path: '/v1/open-close/{stocksTicker}/{date}', names: ['stocksTicker', 'date', 'adjusted'] },
  getStocksSnapshotTicker: { path: '/v2/snapshot/locale/us/markets/stocks/tickers/{stocksTicker}', names: ['stocksTicker'] },
  getStocksSnapshotTickers: { path: '/v2/snapshot/locale/us/markets/stocks/tickers', names: ['tickers', 'includeOtc'] },
  getStocksSnapshotDirection: { path: '/v2/snapshot/locale/us/markets/stocks/{direction}', names: ['direction'] },
  getSnapshots: { path: '/v3/snapshot', names: ['ticker', 'type', 'ticker.gte', 'ticker.gt', 'ticker.lte', 'ticker.lt', 'ticker.any_of', 'order', 'limit', 'sort'] },
  listTickers: { path: '/v3/reference/tickers', names: ['ticker', 'type', 'market', 'exchange', 'cusip', 'cik', 'date', 'search', 'active', 'ticker.gte', 'ticker.gt', 'ticker.lte', 'ticker.lt', 'order', 'limit', 'sort'] },
  getTicker: { path: '/v3/reference/tickers/{ticker}', names: ['ticker', 'date'] },
  getMarketStatus: { path: '/v1/marketstatus/now', names: [] },
  getOptionsChain: { path: '/v3/snapshot/options/{underlyingAsset}', names: ['underlyingAsset', 'strike_price', 'expiration_date', 'contract_type', 'strike_price.gte', 'strike_price.gt', 'strike_price.lte', 'strike_price.lt', 'expiration_date.gte', 'expiration_date.gt', 'expiration_date.lte', 'expiration_date.lt', 'order', 'limit', 'sort'] },
  getOptionContract: { path: '/v3/snapshot/options/{underlyingAsset}/{optionContract}', names: ['underlyingAsset', 'optionContract'] },
  listOptionsContracts: { path: '/v3/reference/options/contracts', names: ['underlying_ticker', 'ticker', 'contract_type', 'expiration_date', 'as_of', 'strike_price', 'expired', 'underlying_ticker.gte', 'underlying_ticker.gt', 'underlying_ticker.lte', 'underlying_ticker.lt', 'expiration_date.gte', 'expiration_date.gt', 'expiration_date.lte', 'expiration_date.lt', 'strike_price.gte', 'strike_price.gt', 'strike_price.lte', 'strike_price.lt', 'order', 'limit', 'sort'] },
  getOptionsContract: { path: '/v3/reference/options/contracts/{options_ticker}', names: ['options_ticker', 'as_of'] },
  listNews: { path: '/v2/reference/news', names: ['ticker', 'published_utc', 'ticker.gte', 'ticker.gt', 'ticker.lte', 'ticker.lt', 'published_utc.gte', 'published_utc.gt', 'published_utc.lte', 'published_utc.lt', 'order', 'limit', 'sort', 'ticker.any_of'] },
}

/** The calls of versions 1 to 7, by client: the path's parameters in order, then one object of query parameters. */
export const CLIENTS: Record<string, Record<string, keyof typeof ROUTES>> = {
  stocks: {
    aggregates: 'getStocksAggregates', aggregatesGroupedDaily: 'getGroupedStocksAggregates', previousClose: 'getPreviousStocksAggregates', dailyOpenClose: 'getStocksOpenClose',
    snapshotTicker: 'getStocksSnapshotTicker', snapshotAllTickers: 'getStocksSnapshotTickers', snapshotGainersLosers: 'getStocksSnapshotDirection',
    universalSnapshot: 'getSnapshots',
  },
  options: { snapshotOptionChain: 'getOptionsChain', snapshotOptionContract: 'getOptionContract' },
  reference: { optionsContracts: 'listOptionsContracts', optionsContract: 'getOptionsContract', tickers: 'listTickers', tickerDetails: 'getTicker', tickerNews: 'listNews', marketStatus: 'getMarketStatus' },
}

const INDICATORS = ['sma', 'ema', 'macd', 'rsi']
const TICKS = ['trades', 'lastTrade', 'quotes', 'lastQuote']
const CURRENCIES = [
  ...['aggregates', 'aggregatesGroupedDaily', 'previousClose', 'snapshotAllTickers', 'snapshotGainersLosers', 'snapshotTicker', 'universalSnapshot', 'summaries'],
  ...INDICATORS,
]

/** What versions 1 to 7 have beside these. */
export const REFUSED: Record<string, readonly string[]> = {
  stocks: [...TICKS, ...INDICATORS, 'summaries'],
  options: [...['aggregates', 'summaries', 'dailyOpenClose', 'previousClose', 'trades', 'lastTrade', 'quotes', 'universalSnapshot'], ...INDICATORS],
  indices: [...['aggregates', 'dailyOpenClose', 'previousClose', 'snapshotTicker', 'universalSnapshot'], ...INDICATORS],
  forex: [...CURRENCIES, 'conversion', 'quotes', 'lastQuote'],
  crypto: [...CURRENCIES, 'dailyOpenClose', 'trades', 'lastTrade', 'snapshotTickerFullBookL2'],
  reference: ['conditions', 'exchanges', 'marketHolidays', 'dividends', 'stockSplits', 'stockFinancials', 'tickerTypes'],
}

const MARKETS = ['Stocks', 'Options', 'Indices', 'Forex', 'Crypto']

/** What version 8 has beside the routes. */
export const REFUSED_ROUTES: readonly string[] = [
  ...MARKETS.flatMap((market) => ['SMA', 'EMA', 'MACD', 'RSI'].map((indicator) => `get${market}${indicator}`)),
  ...MARKETS.slice(1).flatMap((market) => [`get${market}Aggregates`, `getPrevious${market}Aggregates`]),
  ...['getStocksTrades', 'getStocksQuotes', 'getLastStocksTrade', 'getLastStocksQuote', 'getOptionsTrades', 'getOptionsQuotes', 'getLastOptionsTrade'],
  ...['getOptionsOpenClose', 'getIndicesOpenClose', 'getIndicesSnapshot', 'getSnapshotSummary'],
  ...['getForexQuotes', 'getLastCurrencyQuote', 'getCurrencyConversion', 'getGroupedForexAggregates', 'getForexSnapshotDirection', 'getForexSnapshotTicker', 'getForexSnapshotTickers'],
  ...['getCryptoTrades', 'getLastCryptoTrade', 'getCryptoOpenClose', 'getGroupedCryptoAggregates', 'getCryptoSnapshotDirection', 'getCryptoSnapshotTicker', 'getCryptoSnapshotTickers'],
  ...['deprecatedGetCryptoSnapshotTickerBook', 'deprecatedGetHistoricCryptoTrades', 'deprecatedGetHistoricForexQuotes', 'deprecatedGetHistoricStocksQuotes', 'deprecatedGetHistoricStocksTrades'],
  ...['Aggregates', 'ContractDetails', 'Contracts', 'DailySchedules', 'MarketStatuses', 'ProductDetails', 'ProductSchedules', 'Products', 'Quotes', 'Trades'].map((name) => `getFutures${name}`),
  ...['getBenzingaV1AnalystInsights', 'getBenzingaV1Analysts', 'getBenzingaV1ConsensusRatings', 'getBenzingaV1Earnings', 'getBenzingaV1Firms', 'getBenzingaV1Guidance', 'getBenzingaV1News', 'getBenzingaV1Ratings', 'getFedV1Inflation', 'getFedV1InflationExpectations', 'getFedV1TreasuryYields', 'getStocksV1ShortInterest', 'getStocksV1ShortVolume', 'getTmxV1CorporateEvents'],
  ...['getEvents', 'getMarketHolidays', 'getRelatedCompanies', 'listConditions', 'listDividends', 'listExchanges', 'listFinancials', 'listIPOs', 'listStockSplits', 'listTickerTypes'],
]

/** Whether a call, of either way of naming, is for an indicator: those come from bars. */
export const isIndicator = (name: string): boolean => /(^|\.)(sma|ema|macd|rsi)$|(SMA|EMA|MACD|RSI)$/.test(name)
