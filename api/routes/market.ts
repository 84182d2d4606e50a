import { basename } from 'node:path'

import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import { refusals } from '../schemas/errors.ts'
import { barQuery, bars, chain, chainQuery, market, symbolPage, symbolParams, symbolQuery } from '../schemas/market.ts'
import { noQuery } from '../schemas/operations.ts'
import { preview, previewBody } from '../schemas/run.ts'
import type { PreviewRequest } from '../server/server-host.ts'
import { turnstile } from '../server/turnstile.ts'
import { given, type App, type RouteContext } from './context.ts'

const TAGS = ['market']

/** Each looks at the whole market. */
const PREVIEWS_AT_ONCE = 1
const WAITING = 16

export function marketRoutes(app: App, { host }: RouteContext): void {
  const inTurn = turnstile(PREVIEWS_AT_ONCE, WAITING)

  app.get('/api/market', {
    schema: { tags: TAGS, operationId: 'getMarket', summary: 'The market that a run would see', querystring: noQuery, response: { 200: market, ...refusals(422) } },
  }, async () => {
    const report = await host.market()
    // Where files lay on this machine is nobody's business.
    return { ...report, imports: report.imports.map((one) => ({ ...one, name: basename(one.name) })) }
  })

  app.get('/api/market/symbols', {
    schema: { tags: TAGS, operationId: 'listSymbols', summary: 'Symbols of the market, in order', querystring: symbolQuery, response: { 200: symbolPage, ...refusals(422) } },
  }, async (request) => {
    const { items, next } = await host.symbols(request.query)
    return { symbols: items, nextCursor: next }
  })

  app.get('/api/market/bars/:symbol', {
    schema: { tags: TAGS, operationId: 'getBars', summary: 'Daily bars of a symbol', params: symbolParams, querystring: barQuery, response: { 200: bars, ...refusals(404, 422) } },
  }, async (request) => {
    const { from, to } = request.query
    if (from !== undefined && to !== undefined && from > to) throw new StrikescanError('dates_inverted', { from, to })
    const symbol = plainSymbol(request.params.symbol)
    return { symbol, bars: await host.bars(symbol, request.query) }
  })

  app.get('/api/market/chains/:symbol', {
    schema: {
      tags: TAGS, operationId: 'getChain', summary: 'Expirations of a symbol, and the chain of one of them', description: 'Of the nearest expiration where none is named.',
      params: symbolParams, querystring: chainQuery, response: { 200: chain, ...refusals(404, 422, 503) },
    },
  }, async (request) => host.chain(plainSymbol(request.params.symbol), request.query.expiration))

  app.post('/api/prefilter/preview', {
    schema: {
      tags: TAGS, operationId: 'previewPrefilter', summary: 'What the prefilter would keep, without a run',
      querystring: noQuery, body: previewBody, response: { 200: preview, ...refusals(404, 413, 415, 422) },
    },
  }, async (request) => inTurn(() => host.previewPrefilter(given(request.body) as PreviewRequest)))
}

const plainSymbol = (text: string): string => text.trim().toUpperCase()
