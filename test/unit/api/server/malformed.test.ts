import { describe, expect, it } from 'vitest'

import { sendRaw } from '../../../integration/support/server.ts'
import { malformed, type Description } from './malformed.ts'
import { testServer } from './support.ts'

const COUNT = process.env['TEST_LONG'] === '1' ? 10_000 : 600

describe('malformed requests', () => {
  it(`${COUNT} of every kind: not one fault of the server`, async () => {
    const { get, inject, lines } = await testServer({ maxBodyBytes: 200_000 })
    const description = (await get('/openapi.json')).json<Description>()
    const statuses = new Map<number, number>()
    for (const { method, url, headers, body } of malformed(description, 20261122, COUNT)) {
      const answer = await inject({ method: method as 'GET', url: url, headers, ...(body !== undefined && { payload: body }) })
      const shown = `${method} ${url} ${JSON.stringify(headers)} ${String(body).slice(0, 300)}`
      statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1)
      expect(answer.statusCode, `${shown}\n${answer.body.slice(0, 300)}`).toBeLessThan(500)
      if (answer.statusCode < 400 || method === 'HEAD') continue
      expect(answer.json(), shown).toMatchObject({ error: { code: expect.stringMatching(/^[a-z]+(_[a-z]+)+$/) as unknown, message: expect.stringMatching(/\S/) as unknown, hint: expect.stringMatching(/\S/) as unknown } })
      expect(answer.body, shown).not.toMatch(/\.ts:\d|node_modules|\{\w+\} /)
    }
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 403, 404, 405, 415]))
    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('are answered over the network too, where addresses may be broken', async () => {
    const { app, get, lines } = await testServer({ maxBodyBytes: 200_000 })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const description = (await get('/openapi.json')).json<Description>()
    const statuses: number[] = []
    for (const one of malformed(description, 7, COUNT / 2)) {
      const { status, text } = await sendRaw(url, one)
      statuses.push(status)
      expect(status, `${one.method} ${one.url} ${text.slice(0, 300)}`).toBeLessThan(500)
    }
    expect(statuses.filter((status) => status >= 400).length).toBeGreaterThan(COUNT / 8)
    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('would show a fault of the server', async () => {
    const { get, inject, host } = await testServer()
    const description = (await get('/openapi.json')).json<Description>()
    host.failure = new RangeError('Invalid array length')
    const statuses: number[] = []
    for (const { method, url, headers, body } of malformed(description, 1, 100)) statuses.push((await inject({ method: method as 'GET', url, headers, ...(body !== undefined && { payload: body }) })).statusCode)
    expect(statuses).toContain(500)
  })
})
