import { describe, expect, test } from 'vitest'
import { REALMS, runGuest } from './harness.ts'

/** Each poison reports what reaches it through `seen`; what the guest does must not change and must not reach it. */
const POISONS: Record<string, string> = {
  none: '',
  'Array.prototype methods': `for (const name of ['push','map','slice','join','indexOf','concat','splice','pop','sort','forEach','includes','shift','filter'])
    Array.prototype[name] = function () { note('Array.' + name); throw new Error('poison') }`,
  'index setters': `for (const proto of [Array.prototype, Object.prototype]) for (const key of ['0', '1', '2'])
    Object.defineProperty(proto, key, { set(v) { note('index') }, get() { note('index read'); return 7 }, configurable: true })`,
  'descriptor fields': `for (const key of ['get', 'set', 'value', 'writable', 'configurable', 'enumerable'])
    define(Object.prototype, key, { __proto__: null, get() { note(key); return function () {} }, set() { note(key) }, configurable: true })`,
  'option fields': `for (const key of ['status', 'method', 'headers', 'body', 'signal', 'depth', 'limit', 'length', 'isSession', 'once', 'stream', 'fatal', 'aborted', 'toJSON'])
    if (key !== 'length') Object.defineProperty(Object.prototype, key, { get() { note(key); return 'POST' }, set() { note(key) }, configurable: true })`,
  'Promise.prototype.then and constructor': `Promise.prototype.then = function () { note('then'); throw new Error('poison') };
    Object.defineProperty(Promise.prototype, 'constructor', { get() { note('constructor'); throw new Error('poison') }, configurable: true });
    Object.defineProperty(Promise, Symbol.species, { get() { note('species'); throw new Error('poison') }, configurable: true });
    Promise.resolve = Promise.reject = () => { note('resolve') }`,
  'Symbol.iterator': `for (const C of [Array, Map, Set, String]) C.prototype[Symbol.iterator] = function () { note('iterator'); throw new Error('poison') };
    const p = Object.getPrototypeOf([][Symbol.iterator] ? Object.getPrototypeOf(new Map().keys()) : {}); p.next = () => { note('next') }`,
  'Map, Set and WeakMap': `for (const C of [Map, Set, WeakMap, WeakSet]) for (const name of Object.getOwnPropertyNames(C.prototype))
    if (name !== 'constructor') Object.defineProperty(C.prototype, name, { get() { note('Map.' + name); return () => { throw new Error('poison') } }, configurable: true })`,
  'String.prototype': `for (const name of Object.getOwnPropertyNames(String.prototype)) if (!['constructor', 'length'].includes(name))
    String.prototype[name] = function () { note('String.' + name); throw new Error('poison') };
    for (const s of [Symbol.split, Symbol.replace, Symbol.match, Symbol.search]) Object.defineProperty(String.prototype, s, { get() { note('split'); throw new Error('poison') }, configurable: true })`,
  'RegExp, Number, Date': `for (const C of [RegExp, Number, Date]) for (const name of Object.getOwnPropertyNames(C.prototype)) if (name !== 'constructor')
    Object.defineProperty(C.prototype, name, { get() { note(C.name + name); return () => { throw new Error('poison') } }, configurable: true })`,
  globals: `for (const name of ['Map','Set','WeakMap','Promise','Array','String','Number','Error','TypeError','RangeError','Float64Array','Uint8Array','Reflect','Math','decodeURIComponent','Date','Symbol','JSON'])
    Object.defineProperty(globalThis, name, { get() { note('global ' + name); throw new Error('poison') }, configurable: true })`,
  statics: `Object.keys = Object.defineProperty = Object.getOwnPropertyDescriptor = Object.getPrototypeOf = Object.assign = Reflect.apply = Reflect.ownKeys = Array.from = Array.isArray = JSON.stringify = JSON.parse = Math.floor = Number.isNaN = String.fromCharCode = () => { note('static'); throw new Error('poison') };
    Function.prototype.call = Function.prototype.apply = Function.prototype.bind = function () { note('call'); throw new Error('poison') }`,
  'guest classes': `for (const C of [Headers, Response, Request, AbortSignal, EventTarget]) for (const name of Object.getOwnPropertyNames(C.prototype)) if (!['constructor', 'json', 'get', 'text', 'status', 'headers'].includes(name))
    Object.defineProperty(C.prototype, name, { get() { note(C.name + '.' + name); throw new Error('poison') }, configurable: true })`,
}

const SCRIPT = (poison: string) => `
(() => {
  const seen = []; let count = 0
  const define = Object.defineProperty, stringify = JSON.stringify, create = Object.create
  const then = Promise.prototype.then, apply = Reflect.apply
  const on = (promise, ok, bad) => { define(promise, 'constructor', { __proto__: null, value: undefined }); apply(then, promise, [ok, bad]) }
  const getHeader = Headers.prototype.get
  let lines = ''
  let seenText = ''
  let armed = false
  const note = (what) => { if (armed) { count++; seenText += what + ';' } }
  let finished = ''
  const finish = () => { finished = lines + '|' + seenText }
  // Not assigned later: a vm context's own global writes through descriptors that the poisons reach.
  define(globalThis, 'out', { get: () => finished })
  ${poison}
  armed = true
  console.log('%s is %d', 'AAPL', 42, create(null))
  console.log({ a: 1, list: [1, 2, 3], deep: { x: { y: { z: 1 } } } }, [1, 'two'], 'text', 1.5, -0)
  console.error('bad %o', [1])
  console.table([{ a: 1, b: 2 }, { a: 3, b: 4 }])
  console.group('g'); console.count(); console.groupEnd()
  let order = ''
  setTimeout(() => { order += 'b' }, 20)
  const cancelled = setTimeout(() => { order += 'x' }, 15)
  clearTimeout(cancelled)
  setTimeout(() => { order += 'a' }, 10)
  let ticks = 0
  const interval = setInterval(() => { if (++ticks === 3) clearInterval(interval) }, 5)
  queueMicrotask(() => { order += 'm' })
  let n = 0
  const done = () => { if (++n === 4) setTimeout(() => { lines += order + ticks; finish() }, 100) }
  on(fetch('https://api.polygon.io/v2/aggs/ticker/AAPL/range/1/day/2026-03-10/2026-03-13?adjusted=true&apiKey=K'), (response) => {
    lines += response.status + ':' + apply(getHeader, response.headers, ['content-type']) + ':'
    on(response.json(), (body) => {
      lines += body.ticker + body.resultsCount + ':' + body.results.length + ':' + body.results[3].c + ':' + body.results[0].t + '\\n'
      done()
    })
  })
  on(fetch('https://api.tradier.com/v1/markets/history?symbol=MSFT&start=2026-03-12', { __proto__: null, headers: { __proto__: null, Accept: 'application/json' } }), (response) => {
    on(response.text(), (text) => { lines += text + '\\n'; done() })
  })
  on(fetch('https://query1.finance.yahoo.com/v8/finance/chart/AAPL?range=5d'), (response) => {
    on(response.json(), (body) => { lines += body.chart.result[0].timestamp.length + ' ' + body.chart.result[0].indicators.quote[0].close[4] + '\\n'; done() })
  })
  on(fetch('https://example.com/x'), () => {}, (error) => { lines += error.message.length + '\\n'; done() })
})()`

describe.each(REALMS)('in a %s', (realm) => {
  test.each(Object.keys(POISONS).filter((name) => name !== 'none'))('poisoned %s changes nothing and sees nothing', async (name) => {
    const clean = await runGuest(realm, SCRIPT(''))
    const poisoned = await runGuest(realm, SCRIPT(POISONS[name]!))
    expect(clean.out).toContain('AAPL4:4:')
    expect(clean.out).toContain('mab3|')
    expect(poisoned.out).toBe(clean.out)
    expect(poisoned.records).toEqual(clean.records)
  })
})
