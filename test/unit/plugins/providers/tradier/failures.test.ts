import { once } from 'node:events'
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'

import { otherProtocol } from '../../../../../plugins/providers/tradier/remedies.ts'
import { callOf, entry, failure, NOW, open, saying, server, TOKEN } from './support.ts'

const market = await server(saying(''))
const provider = open(market.url)
const asked = (body: string | Buffer, status = 200, headers: Record<string, string> = {}) => {
  market.handle = saying(body, status, headers)
  return failure(provider.chain('PLTR', '2026-06-18', callOf()))
}
const fault = (faultstring: string, errorcode = 'x') => JSON.stringify({ fault: { faultstring, detail: { errorcode } } })
const PAGE = '<!DOCTYPE html><html><head><title>\nSite Maintenance </title></head><body><h1>Back soon</h1></body></html>'
const whole = JSON.stringify({ options: { option: [entry()] } })

describe('an answer that is none', () => {
  it.each([
    ['an HTML page', PAGE, 200, 'unavailable', true, /web page.*"Site Maintenance"$/],
    ['an HTML page', PAGE, 503, 'unavailable', true, /status 503: "Site Maintenance"$/],
    ['a page without a title', '<html>', 200, 'unavailable', true, /web page/],
    ['XML', '<?xml version="1.0"?><options/>', 200, 'malformed', false, /XML/],
    ['an empty body', '', 200, 'malformed', true, /empty body/],
    ['blanks', ' \n', 200, 'malformed', true, /empty body/],
    ['half a JSON', whole.slice(0, 200), 200, 'malformed', true, /breaks off/],
    ['null', 'null', 200, 'malformed', true, /holds no options/],
    ['"null"', '"null"', 200, 'malformed', true, /holds no options/],
    ['bare NaN', whole.replace('13.55', 'NaN'), 200, 'malformed', true, /broken/],
    ['other text', 'OK computer', 200, 'malformed', true, /no JSON: "OK computer"$/],
    ['a sentence of the API', 'Invalid parameter, expiration: must be a date.', 400, 'refused', false, /status 400: "Invalid parameter, expiration: must be a date"$/],
    ['such a sentence with status 200', 'Invalid parameter, expiration: must be a date.', 200, 'refused', false, /"Invalid parameter, expiration: must be a date"$/],
    ['a sentence on the symbol', 'Invalid parameter, symbol: cannot be found.', 400, 'unknown_ticker', false, /Invalid parameter, symbol/],
    ['errors, one', JSON.stringify({ errors: { error: 'Backoffice rejected it' } }), 200, 'refused', false, /"Backoffice rejected it"$/],
    ['errors, several', JSON.stringify({ errors: { error: ['First.', 'Second.'] } }), 400, 'refused', false, /"First"$/],
    ['errors, bare', JSON.stringify({ errors: 'Odd' }), 200, 'refused', false, /"Odd"$/],
    ['errors of no text', JSON.stringify({ errors: { error: { a: 1 } } }), 200, 'refused', false, /without a text/],
    ['errors that are null', JSON.stringify({ errors: null }), 200, 'malformed', true, /holds no options/],
    ['errors about the symbol', JSON.stringify({ errors: { error: 'Symbol not found' } }), 200, 'unknown_ticker', false, /Symbol not found/],
    ['a fault', fault('Unexpected EOF at target'), 200, 'unavailable', true, /with a fault: "Unexpected EOF at target"$/],
    ['a fault', fault('Failed'), 502, 'unavailable', true, /status 502/],
    ['a fault of text', JSON.stringify({ fault: 'Broken' }), 500, 'unavailable', true, /"Broken"$/],
    ['a fault that is empty', JSON.stringify({ fault: {} }), 200, 'unavailable', true, /without a text/],
    ['a bad token', fault('Invalid Access Token', 'keymanagement.service.invalid_access_token'), 401, 'unauthorized', false, /Invalid Access Token/],
    ['a bad token', fault('Access Token expired', 'keymanagement.service.access_token_expired'), 500, 'unauthorized', false, /expired/],
    ['no right', 'Forbidden', 403, 'unauthorized', false, /status 403: "Forbidden"$/],
    ['the rate limit', fault('Quota Violation', 'policies.ratelimit.QuotaViolation'), 429, 'rate_limited', true, /rate limit: "Quota Violation"$/],
    ['the rate limit with status 200', fault('Quota Violation', 'policies.ratelimit.QuotaViolation'), 200, 'rate_limited', true, /Quota/],
    ['the rate limit with status 500', fault('Spike arrest violation. Allowed rate : 2ps'), 500, 'rate_limited', true, /Spike/],
    ['the rate limit as text', 'Quota Violation', 429, 'rate_limited', true, /Quota/],
    ['the rate limit without a word', '', 429, 'rate_limited', true, /rate limit$/],
    ['a gateway that waited', '', 504, 'timed_out', true, /504/],
    ['another refusal', '', 404, 'refused', false, /status 404$/],
    ['a teapot\'s', 'short and stout', 418, 'refused', false, /status 418/],
  ] as const)('%s (%#)', async (_, body, status, kind, passing, message) => {
    expect(await asked(body, status)).toMatchObject({ failure: kind, passing, retryAt: null, message: expect.stringMatching(message) })
  })

  it('names what was asked for, and quotes nothing that could be a secret or break a line', async () => {
    const error = await asked(fault(`bad\r\n\u001b[31m token ${TOKEN} ${TOKEN} "x" \u202e ${'long '.repeat(200)}`), 500)
    expect(error.message).toMatch(/^Tradier answered the chain of PLTR for 2026-06-18 with status 500: "bad \[31m token \(token\) \(token\) x long/)
    expect(error.message.length).toBeLessThan(280)
  })

  it.each([301, 302, 307, 308])('a redirect with status %i is neither followed nor tried again', async (status) => {
    const other = await server(saying(whole))
    expect(await asked('', status, { Location: `${other.url}/v1` })).toMatchObject({ failure: 'refused', passing: false, message: expect.stringMatching(/redirect/), remedy: { option: 'baseUrl' } })
    expect(other.requests).toEqual([])
  })
})

describe('what may be mended', () => {
  const json = '{"ok":true}'
  it.each([
    ['a token that is refused', fault('Invalid Access Token', 'keymanagement.service.invalid_access_token'), 401, 'token'],
    ['a token without the right', 'Forbidden', 403, 'token'],
    ['an address of nothing', '', 404, 'baseUrl'],
    ['an address of another server', '<title>Log in</title>', 200, 'baseUrl'],
    ['an address that moved', '', 301, 'baseUrl'],
    ['an address of another API', json, 200, 'baseUrl'],
    ['no answer of the kind', 'null', 200, null],
    ['the vendor\'s own trouble', PAGE, 503, null],
    ['an unknown symbol', JSON.stringify({ errors: { error: 'Symbol not found' } }), 404, null],
  ])('of %s is told', async (_, body, status, option) => {
    const { remedy } = await asked(body, status)
    expect(remedy).toEqual(option === null ? null : { option, mend: expect.stringContaining(market.url) })
  })

  it('of an address without a server is told', async () => {
    const dead = open(await freeAddress())
    for (const call of [dead.expirations('PLTR', callOf()), dead.chain('PLTR', '2026-06-18', callOf()), dead.prices!.ask(['PLTR'], callOf())]) {
      expect(await failure(call)).toMatchObject({ remedy: { option: 'baseUrl' } })
    }
  })
})

it('an https address of a server that speaks plain HTTP, or closes such connections, is told as one', async () => {
  const closing = createServer((connection) => void connection.destroy()).listen(0, '127.0.0.1')
  await once(closing, 'listening')
  const secure = [market.url.replace('http:', 'https:'), `https://127.0.0.1:${(closing.address() as { port: number }).port}`]
  for (const [at, url] of secure.entries()) {
    const { message, remedy } = await failure(open(url).expirations('PLTR', callOf()))
    expect(message).toMatch([/does not speak HTTPS there/, /closed the connection/][at]!)
    expect(remedy).toMatchObject({ option: 'baseUrl', mend: expect.stringContaining('or with http:// in front') })
  }
  closing.close()
})

it('of an https address elsewhere at which plain HTTP is spoken, what may be done is told without giving the token away', () => {
  const { mend } = otherProtocol({ baseUrl: 'https://options.example.com' })
  expect(mend).toMatch(/HTTPS is spoken at https:\/\/options\.example\.com; plain HTTP is for this machine alone.*a tunnel/)
  expect(mend).not.toContain('with http:// in front')
  expect(otherProtocol({ baseUrl: 'https://127.0.0.1:7071' }).mend).toContain('or with http:// in front')
})

/** Where nothing listens. */
async function freeAddress(): Promise<string> {
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as { port: number }
  await new Promise((resolve) => free.close(resolve))
  return `http://127.0.0.1:${port}`
}

describe('the rate limit', () => {
  const window = { 'X-Ratelimit-Allowed': '120', 'X-Ratelimit-Used': '118', 'X-Ratelimit-Available': '2', 'X-Ratelimit-Expiry': String(NOW + 30_000) }
  const ratesOf = async (headers: Record<string, string>, status = 200) => {
    const call = callOf()
    market.handle = saying(whole, status, headers)
    await provider.chain('PLTR', '2026-06-18', call).catch(() => {})
    return call.rates
  }

  it('is told by every answer that states it', async () => {
    const told = [{ allowed: 120, available: 2, resetsAt: NOW + 30_000 }]
    expect(await ratesOf(window)).toEqual(told)
    expect(await ratesOf(window, 500)).toEqual(told)
    expect(await ratesOf({ ...window, 'X-Ratelimit-Available': '' })).toEqual(told)
    expect(await ratesOf({})).toEqual([])
    expect(await ratesOf({ ...window, 'X-Ratelimit-Expiry': 'soon' })).toEqual([])
    expect(await ratesOf({ ...window, 'X-Ratelimit-Allowed': '' })).toEqual([])
    expect(await ratesOf({ ...window, 'X-Ratelimit-Allowed': '-5' })).toEqual([])
  })

  it.each([
    [{ 'X-Ratelimit-Expiry': String(NOW + 30_000) }, NOW + 30_000],
    [{ ...window }, NOW + 30_000],
    [{ 'Retry-After': '7' }, NOW + 7_000],
    [{ 'Retry-After': new Date(NOW + 60_000).toUTCString() }, NOW + 60_000],
    [{ ...window, 'Retry-After': '7' }, NOW + 7_000],
    [{ 'Retry-After': 'later' }, null],
    [{ 'Retry-After': '-1' }, null],
    [{ 'Retry-After': '1e9' }, null],
    [{ 'Retry-After': '86400' }, NOW + 86_400_000],
    [{ 'Retry-After': '100000' }, NOW + 100_000_000],
    [{ 'Retry-After': '100000', 'X-Ratelimit-Expiry': String(NOW + 86_400_000) }, NOW + 100_000_000],
    [{ 'Retry-After': '9'.repeat(300) }, null],
    [{ 'Retry-After': new Date(NOW - 5_000).toUTCString() }, NOW],
    [{ 'Retry-After': new Date(NOW + 2 * 86_400_000).toUTCString() }, null],
    [{ ...window, 'Retry-After': new Date(NOW + 2 * 86_400_000).toUTCString() }, NOW + 30_000],
    [{ 'Retry-After': new Date(NOW + 7_000).toUTCString(), Date: 'yesterday' }, NOW + 7_000],
    [{ 'X-Ratelimit-Expiry': '9'.repeat(30) }, null],
    [{}, null],
  ])('says with %j when to come back', async (headers, retryAt) => {
    expect(await asked('', 429, headers as Record<string, string>)).toMatchObject({ failure: 'rate_limited', retryAt })
  })

  const DAYS = 3 * 86_400_000
  it.each([
    ['days back, by the vendor\'s clock', NOW + DAYS + 20_000, NOW + DAYS, NOW + 20_000],
    ['days ahead, by the vendor\'s clock', NOW - DAYS + 20_000, NOW - DAYS, NOW + 20_000],
    ['minutes back, by the vendor\'s clock', NOW + 240_000, NOW + 200_000, NOW + 40_000],
    ['days back, as a whole window where the vendor tells no time', NOW + DAYS, null, NOW + 60_000],
    ['days ahead, as a whole window where the vendor tells no time', NOW - DAYS, null, NOW + 60_000],
    ['right, and days away where the vendor\'s own time bears that out', NOW + DAYS, NOW, NOW + DAYS],
    ['right, whatever the vendor\'s time is', NOW + 30_000, NOW - DAYS, NOW + 30_000],
    ['a second late', NOW - 1_000, NOW, NOW - 1_000],
  ])('is told by a machine whose clock is %s', async (_, expiry, date, resetsAt) => {
    const headers = { ...window, 'X-Ratelimit-Expiry': String(expiry), ...(date !== null && { Date: new Date(date).toUTCString() }) }
    expect(await ratesOf(headers)).toEqual([{ allowed: 120, available: 2, resetsAt }])
    expect(await asked('', 429, headers)).toMatchObject({ failure: 'rate_limited', retryAt: resetsAt })
  })

  const HOUR = 3_600_000
  it.each([['right', 0], ['five hours ahead', -5 * HOUR], ['five hours back', 5 * HOUR], ['three days ahead', -3 * 24 * HOUR], ['a year back', 365 * 24 * HOUR]])('is waited for to a date by the vendor\'s clock, where this machine\'s is %s', async (_, off) => {
    const date = (after: number): string => new Date(NOW + off + after).toUTCString()
    expect(await asked('', 429, { 'Retry-After': date(45_000), Date: date(0) })).toMatchObject({ retryAt: NOW + 45_000 })
    expect(await asked('', 429, { 'Retry-After': date(-2_000), Date: date(0) })).toMatchObject({ retryAt: NOW })
    expect(await asked('', 429, { 'Retry-After': date(25 * HOUR), Date: date(0) })).toMatchObject({ retryAt: NOW + 25 * HOUR })
    expect(await asked('', 503, { 'Retry-After': date(45_000), Date: date(0) })).toMatchObject({ retryAt: NOW + 45_000 })
  })

  it('says so for a service that is down as well', async () => {
    expect(await asked('', 503, { 'Retry-After': '7' })).toMatchObject({ failure: 'unavailable', retryAt: NOW + 7_000 })
  })
})

describe('a connection', () => {
  it('that is refused', async () => {
    expect(await failure(open(await freeAddress()).chain('PLTR', '2026-06-18', callOf()))).toMatchObject({ failure: 'unavailable', passing: true, message: expect.stringMatching(/refused the connection \(ECONNREFUSED\)/) })
  })

  it('that is reset', async () => {
    market.handle = (_, response) => response.socket!.resetAndDestroy()
    expect(await failure(provider.chain('PLTR', '2026-06-18', callOf()))).toMatchObject({ failure: 'unavailable', passing: true, message: expect.stringMatching(/closed the connection/) })
  })

  it('that ends in the middle of a body', async () => {
    market.handle = (_, response) => {
      response.writeHead(200, { 'Content-Length': whole.length })
      response.write(whole.slice(0, 100), () => response.socket!.resetAndDestroy())
    }
    expect(await failure(provider.chain('PLTR', '2026-06-18', callOf()))).toMatchObject({ failure: 'unavailable', passing: true })
  })

  it('that speaks no HTTP', async () => {
    const noise = createServer((socket) => void socket.on('error', () => {}).end('SSH-2.0-OpenSSH\r\n')).listen(0, '127.0.0.1')
    await once(noise, 'listening')
    expect(await failure(open(`http://127.0.0.1:${(noise.address() as { port: number }).port}`).chain('PLTR', '2026-06-18', callOf()))).toMatchObject({ failure: 'malformed', passing: true, message: expect.stringMatching(/broken HTTP/) })
    noise.close()
  })

  it('of which nothing comes ends with the signal\'s reason', async () => {
    market.handle = () => {}
    const reason = new Error('nobody waits')
    const controller = new AbortController()
    setTimeout(() => controller.abort(reason), 30)
    await expect(provider.chain('PLTR', '2026-06-18', callOf(controller.signal))).rejects.toBe(reason)
    await expect(provider.chain('PLTR', '2026-06-18', callOf(controller.signal))).rejects.toBe(reason)
  })

  it('is given up in the middle of a body that drips', async () => {
    let isLeft = false
    market.handle = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      const drip = setInterval(() => response.write('{'), 5)
      response.on('close', () => {
        isLeft = true
        clearInterval(drip)
      })
    }
    const signal = AbortSignal.timeout(60)
    const error: unknown = await provider.chain('PLTR', '2026-06-18', callOf(signal)).catch((reason: unknown) => reason)
    expect(error).toBe(signal.reason)
    await expect.poll(() => isLeft).toBe(true)
  })

  it.each([['plain', {}, false], ['with its length told', { 'Content-Length': String(100 * 2 ** 20) }, false], ['compressed', { 'Content-Encoding': 'gzip' }, true]])('of 100 MB, %s, is cut off', async (_, headers, compressed) => {
    const piece = Buffer.alloc(2 ** 20, ' ')
    const bomb = compressed ? gzipSync(Buffer.alloc(100 * 2 ** 20, ' '), { level: 1 }) : null
    let sent = 0
    market.handle = (_, response) => {
      response.writeHead(200, headers)
      if (bomb !== null) return void response.end(bomb)
      const more = (): void => {
        while (sent < 100 && response.writable) {
          sent++
          if (!response.write(piece)) return void response.once('drain', more)
        }
        if (sent === 100) response.end()
      }
      more()
    }
    expect(await failure(provider.chain('PLTR', '2026-06-18', callOf()))).toMatchObject({ failure: 'malformed', passing: false, message: expect.stringMatching(/more than 16 MB/) })
    expect(sent).toBeLessThan(60)
  })

  it('may compress', async () => {
    market.handle = saying(gzipSync(whole), 200, { 'Content-Encoding': 'gzip' })
    expect((await provider.chain('PLTR', '2026-06-18', callOf())).contracts).toHaveLength(1)
    expect(await asked(whole, 200, { 'Content-Encoding': 'gzip' })).toMatchObject({ failure: 'malformed', passing: true, message: expect.stringMatching(/decompressed/) })
    expect((await asked(gzipSync(whole).subarray(0, 80), 200, { 'Content-Encoding': 'gzip' })).passing).toBe(true)
  })

  it.each([['deflate', deflateSync], ['deflate', deflateRawSync], ['X-GZIP', gzipSync], ['identity', Buffer.from], ['deflate, gzip', (body: string) => gzipSync(deflateSync(body))]])('may be of the coding %s', async (coding, encode) => {
    market.handle = saying(encode(whole), 200, { 'Content-Encoding': coding })
    expect((await provider.chain('PLTR', '2026-06-18', callOf())).contracts).toHaveLength(1)
  })

  it('may carry a byte order mark and letters cut in two', async () => {
    market.handle = (_, response) => {
      const body = Buffer.from(`\ufeff${JSON.stringify({ options: { option: [entry({ description: 'é€😀' })] } })}`)
      response.writeHead(200)
      let at = 0
      const next = (): void => void (at < body.length ? response.write(body.subarray(at, (at += 7)), () => setImmediate(next)) : response.end())
      next()
    }
    expect((await provider.chain('PLTR', '2026-06-18', callOf())).contracts).toHaveLength(1)
  })
})
