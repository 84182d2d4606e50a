import { ask, type Query } from './ask.ts'
import { CLIENTS, isIndicator, REFUSED, REFUSED_ROUTES, ROUTES, type Route } from './polygon-calls.ts'
import type { ModuleObject, StandInDeps } from './types.ts'

const SOCKETS = ['Crypto', 'Forex', 'Futures', 'Indices', 'Options', 'Stocks'].map((market) => `get${market}Websocket`)

/** `@polygon.io/client-js` over the host's market data: `restClient` with the calls of versions 1 to 7 and of version 8, for stocks and their options. What needs data that the store does not hold says so. */
export function createPolygonClient(deps: StandInDeps): ModuleObject {
  const restClient = (_key?: unknown, base: unknown = 'https://api.polygon.io'): ModuleObject => clientOver(deps, typeof base === 'string' ? base : 'https://api.polygon.io')
  const refuseSocket = (): never => {
    throw new Error('@polygon.io/client-js: websockets are not available, since scanners run over stored daily bars: use restClient')
  }
  const exports: ModuleObject = {
    restClient,
    stocksClient: (_key?: unknown, base?: unknown) => restClient(_key, base).stocks,
    optionsClient: (_key?: unknown, base?: unknown) => restClient(_key, base).options,
    indicesClient: (_key?: unknown, base?: unknown) => restClient(_key, base).indices,
    forexClient: (_key?: unknown, base?: unknown) => restClient(_key, base).forex,
    cryptoClient: (_key?: unknown, base?: unknown) => restClient(_key, base).crypto,
    referenceClient: (_key?: unknown, base?: unknown) => restClient(_key, base).reference,
    websocketClient: refuseSocket,
    ...Object.fromEntries(SOCKETS.map((name) => [name, refuseSocket])),
    polygonClient: (_key?: unknown, base?: unknown) => ({ rest: restClient(_key, base), get websockets() { return refuseSocket() } }),
    GetStocksAggregatesTimespanEnum: { Minute: 'minute', Hour: 'hour', Day: 'day', Week: 'week', Month: 'month', Quarter: 'quarter', Year: 'year' },
    GetStocksAggregatesSortEnum: { Asc: 'asc', Desc: 'desc' },
    GetOptionsChainContractTypeEnum: { Call: 'call', Put: 'put' },
    GetOptionsChainOrderEnum: { Asc: 'asc', Desc: 'desc' },
    ListNewsOrderEnum: { Asc: 'asc', Desc: 'desc' },
    ListTickersOrderEnum: { Asc: 'asc', Desc: 'desc' },
    ListTickersMarketEnum: { Stocks: 'stocks' },
    GetStocksSnapshotDirectionDirectionEnum: { Gainers: 'gainers', Losers: 'losers' },
  }
  return { ...exports, default: exports.polygonClient }
}

function clientOver(deps: StandInDeps, base: string): ModuleObject {
  const send = async ({ path }: Route, values: Query): Promise<unknown> => {
    const query = { ...values }
    const address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = query[name]
      if (value === undefined || value === null) throw new TypeError(`@polygon.io/client-js: the parameter ${name} is missing`)
      delete query[name]
      return encodeURIComponent(String(value))
    })
    const { status, data } = ask(deps, `${base.replace(/\/+$/, '')}${address}`, query)
    if (status >= 200 && status < 300) return data
    const { error, message } = data as { error?: string; message?: string }
    throw Object.assign(new Error(error ?? message ?? `Request failed with status code ${status}`), { response: { status, data } })
  }
  const client: ModuleObject = Object.fromEntries(REFUSED_ROUTES.map((name) => [name, refusal(deps, name, Object.keys(ROUTES))]))
  for (const [name, route] of Object.entries(ROUTES)) {
    client[name] = (...args: unknown[]) => {
      const [first] = args
      const isNamed = args.length === 1 && typeof first === 'object' && first !== null && !Array.isArray(first)
      return send(route, isNamed ? { ...first } : Object.fromEntries(route.names.map((parameter, i) => [parameter, args[i]])))
    }
  }
  for (const [group, names] of Object.entries(REFUSED)) {
    const calls = CLIENTS[group] ?? {}
    const offered = Object.entries(CLIENTS).flatMap(([market, found]) => Object.keys(found).map((name) => `${market}.${name}`))
    client[group] = {
      ...Object.fromEntries(names.map((name) => [name, refusal(deps, `${group}.${name}`, offered)])),
      ...Object.fromEntries(Object.entries(calls).map(([name, target]) => [name, (...args: unknown[]) => send(ROUTES[target]!, byPath(ROUTES[target]!, args))])),
    }
  }
  return client
}

function refusal(deps: StandInDeps, name: string, offered: readonly string[]): () => Promise<never> {
  return async () => {
    deps.note('api_path_refused', `@polygon.io/client-js: ${name}`)
    const why = isIndicator(name) ? "is not there: work it out from the bars, as with `ta` of 'strikescan'" : 'needs data that is not in the store'
    throw new Error(`@polygon.io/client-js: ${name} ${why}; there are ${offered.join(', ')}`)
  }
}

function byPath({ path }: Route, args: unknown[]): Query {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  const query = args[names.length]
  return { ...(typeof query === 'object' ? query : {}), ...Object.fromEntries(names.map((name, i) => [name, args[i]])) }
}
