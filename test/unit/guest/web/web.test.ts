import vm from 'node:vm'
import ivm from 'isolated-vm'
import { describe, expect, test } from 'vitest'
import { atob as guestAtob, btoa as guestBtoa } from '../../../../runtime/guest/web/base64.ts'
import { TextDecoder as GuestDecoder, TextEncoder as GuestEncoder } from '../../../../runtime/guest/web/encoding.ts'
import { Headers as GuestHeaders } from '../../../../runtime/guest/web/headers.ts'
import { Request as GuestRequest, Response as GuestResponse } from '../../../../runtime/guest/web/messages.ts'
import { createStructuredClone } from '../../../../runtime/guest/web/structured-clone.ts'
import { bundle, REALMS, runGuest, type Realm } from '../harness.ts'

const URLS = [
  'https://api.polygon.io/v2/aggs/ticker/AAPL/range/1/day/2024-01-01/2024-02-01?adjusted=true&sort=asc#x', 'http://user:pa%20ss@Example.COM:8080/a/../b/./c?x=1&x=2',
  'https://münchen.de/ä?ö=ü', 'http://[::1]:3000/', 'http://192.168.0.1.:80/', 'https://a.b/%7Efoo/../%41', 'file:///C:/x', 'mailto:a@b.c', 'data:text/plain,hi',
  'https://x.y?q=a b&c=%zz', 'HTTPS://X.Y:443', 'not a url', 'http://', 'https://exa mple.org', '//x', 'javascript:alert(1)', 'http://1.2.3', 'https://x.y/😀?😀',
]
const RELATIVE = [['?page=2', 'https://a.b/c/d?x'], ['../e', 'https://a.b/c/d/'], ['/root', 'https://a.b/c'], ['//other/x', 'https://a.b'], ['#h', 'https://a.b/c?d']]
const QUERIES = ['a=1&b=2&a=3', '?x=%20+y', 'a', '=', '&&', 'q=a%26b&r=ü', 'a=b=c']

const DESCRIBE = `
globalThis.describeUrls = (urls, relative, queries) => {
  const parts = (u) => [u.href, u.origin, u.protocol, u.username, u.password, u.host, u.hostname, u.port, u.pathname, u.search, u.hash, String(u.searchParams), JSON.stringify(u)]
  const attempt = (f) => { try { return parts(f()) } catch (error) { return error.name } }
  const changed = new URL('https://a.b/c?x=1'); changed.searchParams.append('y z', 'ü&'); changed.pathname = '/d e'; changed.port = '99'; changed.hash = 'q'
  return JSON.stringify([urls.map((u) => attempt(() => new URL(u))), relative.map(([u, b]) => attempt(() => new URL(u, b))), urls.map((u) => URL.canParse(u)),
    queries.map((q) => { const p = new URLSearchParams(q); p.sort(); return [String(p), [...p], p.getAll('a'), p.has('x'), p.size] }), changed.href,
    String(new URLSearchParams({ a: 1, b: 'ü' })), String(new URLSearchParams([['a', 'b']]))])
}`

async function describeUrlsIn(realm: Realm): Promise<string> {
  const code = await bundle(`import { installUrl } from './runtime/guest/web/url.ts'; installUrl(globalThis);${DESCRIBE}`)
  const call = `describeUrls(${JSON.stringify(URLS)}, ${JSON.stringify(RELATIVE)}, ${JSON.stringify(QUERIES)}) + Object.keys(globalThis) + typeof globalThis['__core-js_shared__']`
  if (realm === 'vm context') {
    const context = vm.createContext()
    vm.runInContext(code, context)
    return vm.runInContext(call, context) as string
  }
  const isolate = new ivm.Isolate()
  try {
    const context = isolate.createContextSync()
    context.evalSync(`${code};undefined`)
    return context.evalSync(call) as string
  } finally {
    isolate.dispose()
  }
}

describe('URL', () => {
  test.each(REALMS)('equals Node in a %s and leaves no other global', async (realm) => {
    new Function(DESCRIBE)()
    const { describeUrls } = globalThis as unknown as { describeUrls: (...args: unknown[]) => string }
    expect(await describeUrlsIn(realm)).toBe(`${describeUrls(URLS, RELATIVE, QUERIES)}describeUrlsundefined`)
  })

  test('its bundle stays small', async () => {
    const code = await bundle(`import { installUrl } from './runtime/guest/web/url.ts'; installUrl(globalThis);`)
    expect(code.length).toBeLessThan(80_000)
  })
})

describe('encoding', () => {
  const TEXTS = ['', 'plain', 'Grüße', '漢字', '😀 smile', '\ud800 lone', 'tail \udc00', 'x'.repeat(10_000), '\u0000\u007f\u0080\u07ff\u0800\uffff']
  test.each(TEXTS)('utf-8 of %j equals Node', (text) => {
    const bytes = new GuestEncoder().encode(text)
    expect(bytes).toEqual(new TextEncoder().encode(text))
    expect(new GuestDecoder().decode(bytes)).toBe(new TextDecoder().decode(bytes))
    for (const size of [0, 1, 2, 3, 5, 8]) {
      const mine = new Uint8Array(size)
      const theirs = new Uint8Array(size)
      expect(new GuestEncoder().encodeInto(text, mine)).toEqual(new TextEncoder().encodeInto(text, theirs))
      expect(mine).toEqual(theirs)
    }
  })

  test('random bytes decode as in Node, whole and in pieces, in each encoding', () => {
    let state = 12_345
    const next = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) >> 8
    const lead = [0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0x80, 0xbf, 0x41, 0xef, 0xbb, 0xd8, 0xdc, 0xff, 0xfe]
    for (let round = 0; round < 2_000; round++) {
      const bytes = Uint8Array.from({ length: next() % 12 }, () => (next() % 2 ? lead[next() % lead.length]! : next() % 256))
      for (const label of ['utf-8', 'utf-16le', 'latin1']) {
        expect(new GuestDecoder(label).decode(bytes), `${label} ${bytes}`).toBe(new TextDecoder(label).decode(bytes))
        const mine = new GuestDecoder(label)
        const theirs = new TextDecoder(label)
        const cut = bytes.length === 0 ? 0 : next() % bytes.length
        const pieces = (decoder: { decode(bytes?: Uint8Array, options?: { stream?: boolean }): string }) =>
          decoder.decode(bytes.subarray(0, cut), { stream: true }) + decoder.decode(bytes.subarray(cut), { stream: true }) + decoder.decode()
        expect(pieces(mine), `${label} ${bytes} cut at ${cut}`).toBe(pieces(theirs))
      }
    }
  })

  test('refuses what Node refuses', () => {
    expect(() => new GuestDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff]))).toThrow(TypeError)
    expect(() => new GuestDecoder('nope')).toThrow(RangeError)
    expect(() => new GuestDecoder().decode('text')).toThrow(TypeError)
  })

  test('base64 equals Node', () => {
    for (const text of ['', 'a', 'ab', 'abc', '\u00ff\u0000', 'limit=2&sort=asc']) expect(guestBtoa(text)).toBe(btoa(text))
    for (const text of ['', 'YQ==', 'YQ', ' Y Q = = ', 'YWJj\n', 'Y', 'YQ=', '=', 'Y-Q_', 'YR==', 'YQ===']) {
      const attempt = (decode: (text: string) => string) => {
        try {
          return decode(text)
        } catch (error) {
          return (error as Error).name
        }
      }
      expect(attempt(guestAtob), text).toBe(attempt(atob))
    }
    expect(() => guestBtoa('ü漢')).toThrow(expect.objectContaining({ name: 'InvalidCharacterError', code: 5 }))
  })
})

describe('structuredClone', () => {
  const clone = createStructuredClone()
  const cycle: Record<string, unknown> = { a: [1] }
  cycle['self'] = cycle
  const shared = new Uint8Array([1, 2, 3, 4])
  test.each<[string, unknown]>([
    ['plain', { a: 1, b: [1, , 3], c: { d: undefined, e: null }, f: 'x', g: 1n, h: -0 }], ['cycle', cycle], ['map', new Map<unknown, unknown>([[{ k: 1 }, new Set([1])]])],
    ['dates', [new Date(5), new Date(NaN)]], ['regexp', /a(b)/giu], ['boxed', [Object(1), Object('s'), Object(true), Object(1n)]],
    ['bytes', { a: shared, b: shared.subarray(1, 3), c: new DataView(shared.buffer, 1, 2), d: shared.buffer, f: new Float64Array([1.5]) }],
    ['errors', [new TypeError('t', { cause: 1 }), new RangeError(), Object.assign(new (class My extends Error {})('m'), { code: 1 })]],
    ['class instance', new (class Point { x = 1 })()], ['getter', { get a() { return 5 } }], ['proto key', JSON.parse('{"__proto__": 1}')],
  ])('%s equals Node', (_, value) => {
    expect(clone(value)).toEqual(structuredClone(value))
    expect(clone(value)).toStrictEqual(structuredClone(value))
  })

  test('keeps identity within and refuses what cannot be copied', () => {
    const copy = clone({ a: shared, b: shared }) as { a: Uint8Array; b: Uint8Array }
    expect(copy.a).toBe(copy.b)
    expect(copy.a).not.toBe(shared)
    for (const bad of [() => 1, Symbol('s'), { f() {} }, new WeakMap(), Promise.resolve()]) {
      expect(() => clone(bad)).toThrow(expect.objectContaining({ name: 'DataCloneError', code: 25 }))
    }
  })
})

describe('messages', () => {
  test('Headers act as in Node', () => {
    const build = (H: typeof Headers) => {
      const headers = new H({ B: '2', a: ' 1 ' })
      headers.append('A', 'x')
      headers.set('c-d', '3')
      headers.delete('b')
      const copy = new H(headers)
      const visited: string[] = []
      copy.forEach((value, name) => visited.push(`${name}=${value}`))
      return [[...headers], [...headers.keys()], [...headers.values()], headers.get('A'), headers.get('no'), headers.has('C-D'), visited, [...new H([['x', 'y']])]]
    }
    expect(build(GuestHeaders as unknown as typeof Headers)).toEqual(build(Headers))
    for (const bad of [{ 'a b': '1' }, { '': '1' }, { a: 'x\ny' }, [['a']], 5]) expect(() => new GuestHeaders(bad)).toThrow(TypeError)
  })

  test('Response and Request carry a body that is read once', async () => {
    const response = new GuestResponse('{"a":1}', { status: 201, statusText: 'Made', headers: { X: 'y' } })
    const copy = response.clone()
    expect([response.status, response.ok, response.statusText, response.headers.get('x'), response.headers.get('content-type'), response.bodyUsed]).toEqual([
      201, true, 'Made', 'y', 'text/plain;charset=UTF-8', false,
    ])
    expect(await response.json()).toEqual({ a: 1 })
    expect(response.bodyUsed).toBe(true)
    await expect(response.text()).rejects.toThrow('already been read')
    expect(() => response.clone()).toThrow(TypeError)
    expect(await copy.text()).toBe('{"a":1}')
    expect(new Uint8Array(await new GuestResponse('é').arrayBuffer())).toEqual(new Uint8Array([0xc3, 0xa9]))
    expect(await GuestResponse.json({ b: [1] }).json()).toEqual({ b: [1] })
    await expect(new GuestResponse('{').json()).rejects.toThrow(SyntaxError)
    expect(() => new GuestResponse('', { status: 99 })).toThrow(RangeError)
    const request = new GuestRequest('https://a.b/c', { method: 'post', headers: { A: '1' }, body: new URLSearchParams('x=1') })
    expect([request.method, request.url, request.headers.get('a'), request.headers.get('content-type'), await request.text()]).toEqual([
      'POST', 'https://a.b/c', '1', 'application/x-www-form-urlencoded;charset=UTF-8', 'x=1',
    ])
    expect(() => new GuestRequest('https://a.b', { body: 'x' })).toThrow(TypeError)
  })
})

describe.each(REALMS)('in a %s', (realm) => {
  test('signals abort by hand, by virtual time and by each other', async () => {
    const { out, records } = await runGuest(realm, `
      const log = []
      const controller = new AbortController()
      controller.signal.addEventListener('abort', (event) => log.push(event.type + (event.target === controller.signal)), { once: true })
      controller.signal.onabort = () => log.push('on')
      controller.signal.addEventListener('abort', () => { throw new Error('listener') })
      const any = AbortSignal.any([controller.signal, AbortSignal.timeout(60_000)])
      controller.abort(); controller.abort('again')
      log.push(controller.signal.reason.name, controller.signal.reason.code, any.aborted, any.reason === controller.signal.reason)
      const late = AbortSignal.timeout(50); setTimeout(() => { log.push(late.aborted) }, 40)
      setTimeout(() => { log.push(late.aborted, late.reason.name); try { late.throwIfAborted() } catch (e) { log.push(e instanceof DOMException && e instanceof Error) } ; out = log.join(' ') }, 60)
      try { new AbortSignal() } catch (e) { log.push(e.message) }
      fetch('https://stooq.com/q/d/l/?s=aapl.us&i=d', { signal: controller.signal }).catch((e) => log.push('fetch ' + e.name))`)
    expect(out).toBe('aborttrue on AbortError 20 true true Illegal constructor fetch AbortError false true TimeoutError true')
    expect(records).toEqual(['error listener'])
  })

  test('every host name is configurable, writable and hidden, so that scripts may declare it', async () => {
    const { out } = await runGuest(realm, `
      const fetch = 1, console = 2, Response = 3, setTimeout = 4, crypto = 5, performance = 6, AbortController = 7, structuredClone = 8, Headers = 9
      let Date = 10, atob = 11; class TextEncoder {}
      out = Object.keys(globalThis).filter((name) => name !== 'out').join() + fetch + Date`)
    expect(out).toBe('110')
  })
})
