import fastify from 'fastify'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

import { registerWeb } from '../../../../api/web/web-routes.ts'

const app = fastify()
registerWeb(app)
const get = (url: string, encoding?: string) => app.inject({ url, headers: encoding === undefined ? {} : { 'accept-encoding': encoding } })

describe('the routes of the page', () => {
  it('serve a document that holds no script or style of its own, under a policy that allows none', async () => {
    const answer = await get('/')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.headers['cache-control']).toBe('no-cache')
    const policy = String(answer.headers['content-security-policy'])
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/)
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(answer.body).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/)
  })

  it('serve what the document names for ever, compressed as the client takes it, the same in each way', async () => {
    const names = [...(await get('/')).body.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, name]) => name!)
    expect(names.length).toBe(4)
    for (const name of names) {
      const [plain, gz, br] = await Promise.all([get(name), get(name, 'gzip'), get(name, 'gzip, deflate, br')])
      expect(plain.headers['cache-control']).toMatch(/immutable/)
      expect([plain.headers['content-encoding'], gz.headers['content-encoding'], br.headers['content-encoding']]).toEqual([undefined, 'gzip', 'br'])
      expect(gunzipSync(gz.rawPayload)).toEqual(plain.rawPayload)
      expect(brotliDecompressSync(br.rawPayload)).toEqual(plain.rawPayload)
    }
  })

  it.each(['/assets/', '/assets/nothing.js', '/assets/..%2findex.html', '/assets/%2e%2e%2f%2e%2e%2fpackage.json', '/assets/app.js.br', '/assets/__proto__'])('have nothing at %s', async (url) => {
    expect((await get(url)).statusCode).toBe(404)
  })
})
