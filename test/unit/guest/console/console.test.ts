import { format, inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createClock } from '../../../../runtime/guest/environment/clock.ts'
import { createConsole, type LogLevel } from '../../../../runtime/guest/console/console.ts'
import type { ProxyTracker } from '../../../../runtime/guest/environment/proxies.ts'
import { REALMS, runGuest } from '../harness.ts'

const targets = new WeakMap<object, object>()
const proxies: ProxyTracker = {
  isProxy: (value) => targets.has(value as object),
  target: (proxy) => targets.get(proxy) ?? null,
}
function proxy<T extends object>(target: T, handler: ProxyHandler<T>): T {
  const made = new Proxy(target, handler)
  targets.set(made, target)
  return made
}

function capture(maxLineLength = 100_000) {
  const records: { level: LogLevel; text: string; cut: boolean }[] = []
  const tables: unknown[] = []
  const clock = createClock(0)
  const console = createConsole({
    clock, proxies, maxLineLength, sink: (level, text, cut) => records.push({ level, text, cut }), onTable: (rows) => tables.push(rows),
  }) as Record<string, (...args: unknown[]) => void>
  return { console, records, tables, clock }
}

function logged(...args: unknown[]): string {
  const { console, records } = capture()
  console['log']!(...args)
  return records[0]!.text
}

class Foo {
  a = 1
  #hidden = 2
  get x(): number {
    throw new Error(`getter ran ${this.#hidden}`)
  }
}
class Bar extends Foo {
  static s = 1
}
class MyError extends Error {
  code = 5
}
const circular: Record<string, unknown> = { a: { b: {} } }
circular['self'] = circular
;(circular['a'] as Record<string, Record<string, unknown>>)['b']!['c'] = circular
const trap = () => {
  throw new Error('trap ran')
}
const withProperties = Object.assign(new Error('props'), { code: 'E', data: { a: 1 } })
const withoutStack = new Error('no stack')
delete withoutStack.stack

const VALUES: readonly unknown[] = [
  1, -0, 'x', "it's", 'a"b\'c', 'tab\t\u0001\ud800', null, undefined, true, 10n, Symbol('q'), NaN, {}, [],
  { a: 1, b: 'two', 'c-d': [1, 2, 3], [Symbol('s')]: 1 }, { a: { b: { c: { d: 1 } } } }, [[[[1]]]], [1, , 3, , , 6], new Array(5),
  [undefined, null], Array.from({ length: 150 }, (_, i) => i), Array.from({ length: 20 }, (_, i) => `item${i}`),
  Array.from({ length: 30 }, (_, i) => i * 1.37), new Map<unknown, unknown>([['a', 1], [{ k: 1 }, [1, 2]]]), new Set([1, 'b', { c: 1 }]),
  new Map(), new Set(), new Float64Array([1, 2, -0, NaN]), new Uint8Array(200), new BigInt64Array([1n]), new ArrayBuffer(8),
  new DataView(new ArrayBuffer(4)), new Date(0), new Date(NaN), /a\/b/gi, () => 1, function named() {}, class A {}, class extends Foo {},
  Bar, Foo, async () => {}, function* g() {}, async function* ag() {}, new Foo(), new Bar(), Object.create(null),
  Object.assign(Object.create(null), { x: 1 }), circular, [circular],
  { get a() { return trap() }, set a(_) {}, get b() { return trap() }, set c(_: unknown) {} },
  proxy({ a: 1 }, { get: trap, ownKeys: trap, getPrototypeOf: trap }), proxy([1, 2], { get: trap }), new Number(3), new String('abc'),
  new Boolean(false), Object(1n), Object(Symbol('z')), new WeakMap(), (function () { return arguments })(), Object.assign(() => {}, { p: 1 }),
  Object.assign([1, 2], { extra: 'x', 7: 1 }), { long: 'x'.repeat(100), other: 'y'.repeat(40) }, ['x'.repeat(100)], 'z'.repeat(200),
  { s: 'line1\nline2 that is a very long line so that it goes over the breaking length of eighty characters\nline3' },
  { symbol: 'AAPL', date: '2026-01-02', open: 1.5, high: 2.25, low: 1, close: 2, volume: 1_234_567 },
  Array.from({ length: 8 }, (_, i) => ({ symbol: `S${i}`, score: i / 3, tags: ['a', 'b'] })), { f() {}, g: class Q {}, h: Symbol.iterator },
  Math, JSON, (function* () {})(), new Map([[1, new Map([[2, new Map([[3, new Map()]])]])]]), { ['__proto__']: 1 },
  new (class extends Map<number, number> {})([[1, 2]]), new (class X extends Array {})(3), Object.create(Foo.prototype), Object.create({}),
  { a: { b: { c: new Map([[1, 1]]), d: new Set([1]), e: new Date(0), f: /x/, g: () => 1, h: new Foo() } } }, 'multi\nline', ['multi\nline'],
  { 'a b': 1, '1a': 2, a1: 3, $x: 4, ü: 5 }, Object.freeze({ a: 1 }), [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n], 1e21, 1e-7, 0.1 + 0.2,
  new Error('plain'), new MyError('mine'), { e: new Error('in object') }, [new MyError('in list')], withProperties,
  new AggregateError([new Error('x')], 'many'), new Error(''), withoutStack, new TypeError('t', { cause: { code: 1 } }),
]

describe('formatting equals Node', () => {
  test.each(VALUES.map((value) => [inspect(value).slice(0, 40), value]))('%s', (_, value) => {
    expect(logged(value)).toBe(format(value))
    expect(logged('label', value, 5)).toBe(format('label', value, 5))
    for (const template of ['%s', '%d', '%i', '%f', '%O', '%j', '%c!', '100%% %s', '%x %s', '%s %s']) {
      let wanted: string
      try {
        wanted = format(template, value, 'more')
      } catch {
        continue
      }
      expect(logged(template, value, 'more')).toBe(wanted)
    }
  })

  test.each([[['%s']], [['%%', 1]], [['a %% b']], [['%', 1]], [['%s', { toString: () => 'own' }]], [['%d', '42']], [['%i', 42.9]], [['%f', 'x1.5']], [['x', 'y', 1]], [[]], [['%o', [1, { a: 2 }]]]])(
    'template %j', (args) => {
      expect(logged(...args)).toBe(format(...(args as [unknown])))
    },
  )
})

describe('console', () => {
  test('draws tables as Node does and hands over the rows', async () => {
    const { Console } = await import('node:console')
    const { Writable } = await import('node:stream')
    const { console: guest, records, tables } = capture()
    const cases: unknown[][] = [
      [[{ a: 1, b: 'two' }, { a: 3, c: { x: 1, y: 2, z: 3 } }]], [[1, 'x', null]], [{ k: { v: 1 }, j: 5 }], [new Map([['k', 1]])], [new Set([1, 'é漢'])],
      [[{ a: 1, b: 2 }], ['b']], [[[1, 2], [3, 4]]], [5], ['text'],
    ]
    for (const args of cases) {
      let wanted = ''
      const stream = new Writable({ write: (chunk, _, done) => ((wanted += String(chunk)), done()) })
      new Console({ stdout: stream, stderr: stream }).table(...(args as [unknown, string[]?]))
      guest['table']!(...args)
      expect(`${records.at(-1)!.text}\n`).toBe(wanted)
    }
    expect(tables).toEqual(cases.map(([rows]) => rows))
  })

  test('groups, counts, times on the virtual clock and asserts', () => {
    const { console, records, clock } = capture()
    console['group']!('outer')
    console['warn']!('two\nlines')
    console['groupEnd']!()
    console['count']!()
    console['count']!()
    console['time']!('t')
    clock.advanceTo(1_500)
    console['timeEnd']!('t')
    console['timeEnd']!('t')
    console['assert']!(true, 'not shown')
    console['assert']!(false, 'because %s', 'x')
    expect(records.map(({ level, text }) => `${level} ${text}`)).toEqual([
      'info outer', 'warn   two\n  lines', 'info default: 1', 'info default: 2', 'info t: 1.500s',
      "warn Warning: No such label 't' for console.timeEnd()", 'warn Assertion failed: because x',
    ])
  })

  const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`key${i}`, { value: 'x'.repeat(100) }]))
  const deep: unknown[] = []
  for (let i = 0, at = deep; i < 5_000; i++) at.push((at = []))
  test.each<[string, unknown[]]>([
    ['a huge string', ['x'.repeat(5_000_000)]], ['a wide object', [wide]], ['nested lists', [Array.from({ length: 100 }, () => Array(100).fill('y'.repeat(50)))]],
    ['%j of a wide object', ['%j', wide]], ['many arguments', Array(10_000).fill('z'.repeat(50))], ['a huge key', [{ ['k'.repeat(1_000_000)]: 1 }]],
    ['a huge error', [new Error('m'.repeat(1_000_000))]], ['a big map', [new Map(Object.entries(wide))]],
    ['%s with a huge text', ['%s', { toString: () => 'q'.repeat(1_000_000) }]],
  ])('stays within the limit for %s and says so', (_, args) => {
    const { console, records } = capture(2_000)
    console['log']!(...args)
    expect(records[0]!.cut).toBe(true)
    expect(records[0]!.text).toContain('[cut at 2000 characters]')
    expect(records[0]!.text.length).toBeLessThan(6_000)
  })

  test('sparse arrays and detached buffers neither hang nor throw', () => {
    const sparse: number[] = []
    sparse[1e9] = 1
    expect(logged(sparse)).toBe('[ ... 1000000001 more items ]')
    expect(logged(new Array(2 ** 32 - 1))).toBe(format(new Array(2 ** 32 - 1)))
    const buffer = new ArrayBuffer(8)
    const view = new Uint8Array(buffer)
    buffer.transfer()
    expect(logged(view, buffer)).toBe('Uint8Array(0) [] ArrayBuffer { (detached), [byteLength]: 0 }')
  })

  test('a table of many rows stays small', () => {
    const { console, records } = capture(2_000)
    console['table']!(Array.from({ length: 100_000 }, (_, i) => ({ i })))
    expect(records[0]!.text.length).toBeLessThan(20_000)
    expect(records[0]!.cut).toBe(true)
    console['log']!(deep)
    expect(records[1]!.text).toBe('[ [ [ [Array] ] ] ]')
  })
})

describe.each(REALMS)('in a %s', (realm) => {
  test('prints classes, errors and tracked proxies without running their code', async () => {
    const { records } = await runGuest(realm, `
      class Foo { a = 1; get b() { throw 1 } }
      console.log(new Foo(), Foo, [new Map([[1, 2]])])
      console.log(new Proxy({ a: 1 }, { get() { throw new Error('trap') }, ownKeys() { throw new Error('trap') } }))
      const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); console.log(proxy)
      console.log(new TypeError('boom'))
      console.table([{ a: 1 }])
      class Sub extends (class {}) {}; try { class P extends Proxy {} } catch (e) { console.log(e.constructor === TypeError) }
    `)
    expect(records[0]).toBe('info Foo { a: 1 } [class Foo] [ Map(1) { 1 => 2 } ]')
    expect(records[1]).toBe('info Proxy({ a: 1 })')
    expect(records[2]).toBe('info <Revoked Proxy>')
    expect(records[3]).toMatch(/^info TypeError: boom\n {4}at /)
    expect(records[4]).toContain('│ (index) │ a │')
    expect(records.slice(5)).toEqual(['table object', 'info true'])
  })
})
