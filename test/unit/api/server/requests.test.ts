import { request } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'

import { StrikescanError } from '../../../../runtime/errors/strikescan-error.ts'
import { testServer, TOKEN } from './support.ts'

const run = (fields: object): object => ({ scannerId: 'scanner-1', ...fields })

describe('a request that is wrong', () => {
  it.each<[string, object, { code: string; message: string; hint?: string }]>([
    ['an unknown field', run({ symbol: ['A'] }), { code: 'field_unknown', message: 'The body has no field "symbol".', hint: 'Did you mean symbols?' }],
    ['several', run({ a1: 1, b2: 2 }), { code: 'field_unknown', message: 'The body has no field "a1", "b2".' }],
    ['one within another', run({ limits: { memoryMB: 512 } }), { code: 'field_unknown', message: 'limits has no field "memoryMB".', hint: 'Did you mean memoryMb?' }],
    ['one of the prefilter', run({ prefilter: { minVol: 1 } }), { code: 'field_unknown', message: 'prefilter has no field "minVol".' }],
    ['one that is missing', {}, { code: 'field_missing', message: 'scannerId is missing.' }],
    ['a text for a list', run({ symbols: 'AAPL' }), { code: 'field_bad_value', message: 'symbols: "AAPL" must be a list of symbols.' }],
    ['no symbol', run({ symbols: ['A', ''] }), { code: 'field_bad_value', message: 'symbols[1]: "" must be a symbol such as AAPL.' }],
    ['no date', run({ dates: ['2026-02-30'] }), { code: 'field_bad_value', message: 'dates[0]: "2026-02-30" must be a date such as 2026-11-20.' }],
    ['a number out of range', run({ prefilter: { limit: 0 } }), { code: 'config_bad_value', message: 'prefilter.limit: 0 is no value for prefilter.limit, which must be a whole number from 1 to 1000000.' }],
    ['a limit of another name', run({ limits: { workers: 1.5 } }), { code: 'config_bad_value', message: 'limits.workers: 1.5 is no value for workers.count, which must be "auto" or a whole number from 1 to 1024.' }],
    ['two ways at once', run({ dates: ['2026-11-20'], from: '2026-11-20' }), { code: 'fields_exclude', message: 'dates and from exclude each other.' }],
    ['another word', run({ split: 'sometimes' }), { code: 'field_bad_value', message: 'split: "sometimes" must be one of auto, always, never.' }],
    ['prefilter true', run({ prefilter: true }), { code: 'field_bad_value', message: 'prefilter: true must be false or an object of settings.' }],
    ['an option of exploring', run({ explore: { force: true } }), { code: 'field_unknown', message: 'explore has no field "force".' }],
    ['a list as body', [1], { code: 'field_bad_value', message: 'The body: a list of 1 must be an object with scannerId.' }],
  ])('is told of %s', async (_, body, error) => {
    const { post, host } = await testServer()
    const answer = await post('/api/runs', body)
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: expect.objectContaining(error) as unknown }])
    expect(host.submitted).toEqual([])
  })

  it('is told of every field that is wrong', async () => {
    const { post } = await testServer()
    const { error } = (await post('/api/runs', { split: 'x', symbols: 1 })).json<{ error: { details: { field: string }[] } }>()
    expect(error.details.map(({ field }) => field).toSorted()).toEqual(['scannerId', 'split', 'symbols'])
  })

  it.each([
    ['GET', '/api/runs?limit=0', 400, 'limit: "0" must be a whole number from 1 to 1000.'],
    ['GET', '/api/runs?limit=2&limit=3', 400, 'limit: a list of 2 must be a whole number from 1 to 1000.'],
    ['GET', '/api/runs?page=2', 400, 'The query has no field "page".'],
    ['GET', '/api/runs?cursor=forged', 400, 'The cursor forged is none that a page of this list gave.'],
    ['GET', '/api/runs/run-1/rows?status=hit,hot', 400, 'status: "hit,hot" must be one or more of hit, miss, rejected, failed, timed_out, out_of_memory, no_data, cancelled, separated by commas.'],
    ['GET', '/api/runs/run%2F..%2Fx', 400, 'id: "run/../x" must be an id as the server gave it.'],
    ['GET', '/api/runs/%zz', 400, 'The request cannot be taken as it is: a % in its address begins no encoded character.'],
    ['GET', `/api/runs/${'x'.repeat(300)}`, 400, 'The request cannot be taken as it is: a part of its address has more than 256 characters.'],
    ['GET', '/api/runs/none', 404, 'There is no run none in this state folder.'],
    ['GET', '/api/nothing', 404, 'There is nothing at /api/nothing.'],
    ['PUT', '/api/runs/run-1', 405, 'PUT is not understood at /api/runs/run-1.'],
    ['DELETE', '/api/runs', 405, 'DELETE is not understood at /api/runs.'],
  ])('%s %s is %i', async (method, url, status, message) => {
    const { inject } = await testServer()
    const answer = await inject({ method: method as 'GET', url })
    const { error } = answer.json<{ error: { code: string; message: string; hint: string } }>()
    expect([answer.statusCode, error]).toEqual([status, { code: expect.any(String) as unknown, message, hint: expect.any(String) as unknown }])
    if (status === 405) expect(answer.headers['allow']).toMatch(/GET/)
  })

  it.each<[string, string, Record<string, string>, number, string]>([
    ['not JSON', '{"a":', { 'content-type': 'application/json' }, 400, 'body_malformed'],
    ['empty', '', { 'content-type': 'application/json' }, 400, 'body_malformed'],
    ['a trap for prototypes', '{"__proto__": {"a": 1}}', { 'content-type': 'application/json' }, 400, 'body_malformed'],
    ['another type', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'body_type_unknown'],
    ['no type', 'a', { 'content-type': 'nonsense' }, 415, 'body_type_unknown'],
    ['a form where JSON is wanted', '--x--', { 'content-type': 'multipart/form-data; boundary=x' }, 415, 'body_type_unknown'],
    ['too large', JSON.stringify({ scannerId: 'x'.repeat(5_000) }), { 'content-type': 'application/json' }, 413, 'body_too_large'],
    ['too deep', `{"params":{"a":${'['.repeat(900)}${']'.repeat(900)}}}`, { 'content-type': 'application/json' }, 400, 'field_bad_value'],
    ['null', 'null', { 'content-type': 'application/json' }, 400, 'field_bad_value'],
  ])('a body that is %s', async (_, payload, headers, status, code) => {
    const { inject } = await testServer({ maxBodyBytes: 4_000 })
    const answer = await inject({ method: 'POST', url: '/api/runs', headers, payload })
    const { error } = answer.json<{ error: { code: string; message: string } }>()
    expect([answer.statusCode, error.code]).toEqual([status, code])
    if (status === 415) expect(error.message).toBe(`A body of type ${headers['content-type']!.split(';')[0]!} is not understood here.`)
  })

  it('is answered without stack, path or secret where the fault is ours', async () => {
    const { get, host, lines } = await testServer({ token: TOKEN })
    const auth = { authorization: `Bearer ${TOKEN}` }
    host.failure = new Error('SQLITE_BUSY in /var/lib/strikescan/journal.db')
    const answer = await get('/api/market?', auth)
    expect([answer.statusCode, answer.json<{ error: { code: string } }>().error.code]).toEqual([500, 'server_failed'])
    expect(answer.body).not.toMatch(/SQLITE|journal|\.ts|at /)
    // The log says it, under the same number.
    const logged = lines.find(({ msg }) => msg === 'could not answer')!
    expect([answer.body, JSON.stringify(logged)]).toEqual([expect.stringContaining(logged['requestId'] as string), expect.stringContaining('SQLITE_BUSY')])
    host.failure = new StrikescanError('journal_unusable', { file: '/var/lib/strikescan/journal.db', problem: 'unable to open /var/lib/strikescan/journal.db' })
    const unusable = await get('/api/runs/run-1', auth)
    expect([unusable.statusCode, unusable.headers['retry-after']]).toEqual([503, '5'])
    expect(unusable.body).not.toContain('/var')
    host.failure = new StrikescanError('symbols_none')
    expect((await get('/api/runs/run-1', auth)).json()).toMatchObject({ error: { hint: 'Give symbols or "universe": "all".' } })
    expect(JSON.stringify(lines)).not.toContain(TOKEN)
  })
})

describe('who is let in', () => {
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

  it('with a token set, nobody without it', async () => {
    const { get, inject } = await testServer({ token: TOKEN })
    for (const headers of [{}, bearer('wrong'), bearer(`${TOKEN}x`), { authorization: `Basic ${TOKEN}` }, { authorization: TOKEN }, { cookie: `strikescan_session=${TOKEN}` }, { cookie: 'strikescan_session=99999999999999.forged' }]) {
      const answer = await get('/api/runs', headers as Record<string, string>)
      expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer realm="strikescan"'])
    }
    expect((await get('/api/runs', bearer(TOKEN))).statusCode).toBe(200)
    expect((await get(`/api/runs?token=${TOKEN}`)).statusCode).toBe(401)
    expect((await get('/metrics')).statusCode).toBe(401)
    expect((await get('/api/runs/run-1/events')).statusCode).toBe(401)
    // What is behind is not told to strangers either.
    expect((await get('/api/nothing')).statusCode).toBe(401)
    for (const url of ['/healthz', '/readyz', '/openapi.json', '/docs/']) expect((await get(url)).statusCode).toBe(200)
    expect((await inject({ method: 'POST', url: '/api/runs', payload: {} })).statusCode).toBe(401)
  })

  it('a page by the cookie of a session, which ends with the token or its time', async () => {
    const { get, post, inject } = await testServer({ token: TOKEN })
    expect((await post('/api/session')).statusCode).toBe(401)
    const begun = await post('/api/session', undefined, bearer(TOKEN))
    const cookie = begun.headers['set-cookie'] as string
    expect([begun.statusCode, cookie]).toEqual([204, expect.stringMatching(/^strikescan_session=\d+\.[\w-]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)])
    expect(cookie).not.toContain(TOKEN)
    const session = cookie.split(';')[0]!
    expect((await get('/api/runs', { cookie: `other=1; ${session}` })).statusCode).toBe(200)
    expect((await get('/api/runs', { cookie: session.replace(/=\d/, '=9') })).statusCode).toBe(401)
    expect((await post('/api/session', undefined, { ...bearer(TOKEN), origin: 'https://127.0.0.1:7070' })).headers['set-cookie']).toMatch(/; Secure$/)
    expect((await inject({ method: 'DELETE', url: '/api/session', headers: { cookie: session } })).headers['set-cookie']).toMatch(/Max-Age=0/)
    const other = await testServer({ token: `${TOKEN}2` })
    expect((await other.get('/api/runs', { cookie: session })).statusCode).toBe(401)
  })

  it.each(['evil.example', 'evil.example:7070', '127.0.0.1.evil.example', 'localhost.evil.example:7070', '10.0.0.1', '[::2]:7070'])('on this machine, no other host name: %s', async (host) => {
    const { inject } = await testServer()
    const answer = await inject({ method: 'GET', url: '/api/runs', headers: { host } })
    expect([answer.statusCode, answer.json<{ error: { code: string } }>().error.code]).toEqual([403, 'host_forbidden'])
  })

  it.each(['127.0.0.1:7070', 'localhost', 'LOCALHOST:1', '[::1]:7070', '127.1.2.3', 'scans.example.com'])('on this machine, its own names and those that are set: %s', async (host) => {
    const { inject } = await testServer({ publicUrls: ['https://scans.example.com'] })
    expect((await inject({ method: 'GET', url: '/api/runs', headers: { host } })).statusCode).toBe(200)
  })

  it('pages of other sites change nothing', async () => {
    const { post, get } = await testServer({ publicUrls: ['https://scans.example.com'] })
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { origin: 'http://127.0.0.1:9999' }, { origin: 'http://localhost:7070' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
      expect((await post('/api/runs/run-1/cancel', undefined, headers as Record<string, string>)).statusCode).toBe(403)
    }
    for (const headers of [{ origin: 'http://127.0.0.1:7070' }, { origin: 'https://scans.example.com' }, { 'sec-fetch-site': 'same-origin' }, {}]) {
      expect((await post('/api/runs/run-1/cancel', undefined, headers as Record<string, string>)).statusCode).toBe(200)
    }
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' }
    expect((await get('/api/runs/run-1/live', { ...upgrade, origin: 'https://evil.example' })).statusCode).toBe(403)
  })

  it('no more often than the rate, tokens that are tried included', async () => {
    const { get } = await testServer({ requestsPerMinute: 3, token: TOKEN })
    const statuses = []
    for (let n = 0; n < 5; n++) statuses.push((await get('/api/runs', { authorization: 'Bearer wrong' })).statusCode)
    expect(statuses).toEqual([401, 401, 401, 429, 429])
    const late = await get('/api/runs', { authorization: `Bearer ${TOKEN}` })
    expect([late.statusCode, Number(late.headers['retry-after'])]).toEqual([429, expect.toSatisfy((seconds: number) => seconds > 0 && seconds <= 60)])
  })
})

describe('a WebSocket', () => {
  it('is opened by the token, by a session, and for pages of this server alone', async () => {
    const { app, post } = await testServer({ token: TOKEN })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as { port: number }
    const own = `http://127.0.0.1:${port}`
    const session = ((await post('/api/session', undefined, { authorization: `Bearer ${TOKEN}` })).headers['set-cookie'] as string).split(';')[0]!
    const open = (headers: Record<string, string>, path = '/api/runs/run-1/live'): Promise<number> =>
      new Promise((resolve, reject) => {
        const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==' }
        const sent = request({ host: '127.0.0.1', port, path, headers: { ...upgrade, ...headers } })
        sent.on('response', (answer) => resolve(answer.statusCode!))
        sent.on('upgrade', (answer, socket) => {
          socket.destroy()
          resolve(answer.statusCode!)
        })
        sent.on('error', reject)
        sent.end()
      })
    expect(await open({})).toBe(401)
    expect(await open({}, `/api/runs/run-1/live?token=${TOKEN}`)).toBe(401)
    expect(await open({ authorization: `Bearer ${TOKEN}` })).toBe(101)
    expect(await open({ cookie: session, origin: own })).toBe(101)
    expect(await open({ cookie: session, origin: 'https://evil.example' })).toBe(403)
    expect(await open({ cookie: session, origin: own, host: 'evil.example' })).toBe(403)
    for (const [path, status] of [['/api/runs/none/live', 404], ['/api/runs', 400], ['/nothing', 404]] as const) expect([path, await open({ authorization: `Bearer ${TOKEN}`, 'content-length': '5' }, path)]).toEqual([path, status])
    // What was refused holds no connection.
    await expect.poll(() => new Promise((resolve) => app.server.getConnections((_, count) => resolve(count)))).toBe(0)
  })
})

describe('headers and log', () => {
  it('say what a browser may do: nothing', async () => {
    const { get } = await testServer()
    for (const url of ['/api/runs', '/api/nothing', '/api/runs/run-1/rows.csv']) {
      expect((await get(url)).headers).toMatchObject({
        'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'", 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer', 'cross-origin-resource-policy': 'same-origin', 'cache-control': 'no-store',
      })
    }
    expect((await get('/api/runs')).headers).not.toHaveProperty('x-powered-by')
    expect((await get('/api/runs')).headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('names runs and scanners, and neither queries nor secrets', async () => {
    const { get, lines } = await testServer({ token: TOKEN })
    await get('/api/runs/run-1?secret=1', { authorization: `Bearer ${TOKEN}` })
    await get('/api/scanners/scanner-1', { authorization: `Bearer ${TOKEN}`, cookie: 'a=private' })
    expect(lines.filter(({ msg }) => msg === 'answered')).toMatchObject([{ runId: 'run-1', path: '/api/runs/run-1', status: 400 }, { scannerId: 'scanner-1', status: 200 }])
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`secret|private|${TOKEN}`))
  })
})

describe('what is hardly HTTP', () => {
  const talk = (port: number, ...texts: string[]): Promise<string> =>
    new Promise((resolve) => {
      let heard = ''
      const socket = connect(port, '127.0.0.1')
      socket.on('data', (piece) => (heard += String(piece)))
      socket.on('close', () => resolve(heard))
      socket.on('error', () => {})
      for (const text of texts) socket.write(text)
    })

  it('is answered with a 4xx and cut off', async () => {
    const { app } = await testServer({ requestTimeoutMs: 400 })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as { port: number }
    expect(await talk(port, 'NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*request_malformed/s)
    expect(await talk(port, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /)
    // Slow headers, and a slow body.
    expect(await talk(port, 'GET / HTTP/1.1\r\nHost: loc')).toMatch(/^HTTP\/1\.1 408 /)
    expect(await talk(port, 'POST /api/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{')).toMatch(/^HTTP\/1\.1 408 /)
    expect(await talk(port, 'POST /api/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  })
})
