import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'

import { testServer } from './support.ts'

interface Operation {
  operationId?: string
  responses: Record<string, unknown>
  requestBody?: { content: Record<string, unknown> }
}

describe('/openapi.json', () => {
  it('is valid OpenAPI 3.1 and names every route of the contract', async () => {
    const { get } = await testServer()
    const document = (await get('/openapi.json')).json<{ openapi: string; paths: Record<string, Record<string, Operation>> }>()
    expect(document.openapi).toBe('3.1.0')
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true })
    const routes = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
    expect(routes).toEqual(expect.arrayContaining([
      'post /api/scanners', 'get /api/scanners', 'get /api/scanners/{id}', 'get /api/scanners/{id}/source', 'delete /api/scanners/{id}',
      'post /api/runs', 'get /api/runs', 'get /api/runs/{id}', 'post /api/runs/{id}/cancel', 'post /api/runs/{id}/pause', 'post /api/runs/{id}/resume',
      'get /api/runs/{id}/rows', 'get /api/runs/{id}/rows.csv', 'get /api/runs/{id}/rows.parquet', 'get /api/runs/{id}/rows.ndjson',
      'get /api/runs/{id}/exploration', 'get /api/runs/{id}/exploration.csv', 'get /api/runs/{id}/events', 'get /api/runs/{id}/live',
      'post /api/explore', 'post /api/prefilter/preview',
      'get /api/market', 'get /api/market/symbols', 'get /api/market/bars/{symbol}', 'get /api/market/chains/{symbol}', 'get /healthz', 'get /readyz', 'get /metrics',
    ]))
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
    const ids = operations.map(({ operationId }) => operationId)
    expect(ids).not.toContain(undefined)
    expect(new Set(ids).size).toBe(ids.length)
    expect(Object.keys(document.paths['/api/scanners']!['post']!.requestBody!.content)).toEqual(['application/json', 'multipart/form-data'])
  })
})

describe('/docs', () => {
  it('reads without a network, with everything from this server', async () => {
    const { get } = await testServer({ token: 'a-token-of-some-length' })
    const page = await get('/docs/')
    expect(page.statusCode).toBe(200)
    const parts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!)
    expect(parts.length).toBeGreaterThan(3)
    expect(parts.filter((url) => /^(https?:)?\/\//.test(url))).toEqual([])
    for (const url of parts) expect([url, (await get(new URL(url, 'http://127.0.0.1/docs/').pathname)).statusCode]).toEqual([url, 200])
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page.headers['content-security-policy']).not.toMatch(/https?:\/\/|unsafe-eval|script-src [^;]*unsafe-inline/)
  })
})
