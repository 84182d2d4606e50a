import { describe, expect, test } from 'vitest'

import { faultJson } from '../../../../runtime/guest/outcome/fault.ts'
import { compareDate, compareSymbol, dayOf } from '../../../../runtime/guest/hits/identity.ts'
import { UnacceptableValue, type Changes } from '../../../../runtime/guest/outcome/plain-json.ts'
import { outcomeText } from '../../../../runtime/guest/outcome/result.ts'

const CAP = 10_000

interface Read {
  row: { status: string; score: number | null; data: unknown; strategies: string[]; reason: string | null } | null
  notes: string[]
  nulls: number
}

/** The row that a value returned for AAPL on 2026-11-20 comes to. */
function read(value: unknown, { strict = false } = {}): Read {
  const notes: string[] = []
  const changes: Changes = { asNull: 0, symbol: 'AAPL', date: '2026-11-20', note: (code) => void notes.push(code) }
  const text = outcomeText(value, strict, CAP, changes)
  return { row: text === '' ? null : JSON.parse(text), notes, nulls: changes.asNull }
}

function refusal(value: unknown): string {
  try {
    read(value)
  } catch (error) {
    return `${UnacceptableValue.codeOf(error)}: ${(error as Error).message}`
  }
  return 'kept'
}

describe('data of a hit is kept as it is, or refused by its field', () => {
  class Point {
    readonly x = 1
  }
  const twice = { a: 1 }
  test.each<[string, unknown, unknown]>([
    ['text of any kind', { x: 'é\u2028\0"\\' }, { x: 'é\u2028\0"\\' }],
    ['a lone surrogate', { x: 'a\ud800' }, { x: 'a\ud800' }],
    ['digits beyond 2^53 as text', { x: '9007199254740993' }, { x: '9007199254740993' }],
    ['extreme numbers', [1e308, 5e-324, -1.5e-7, 2 ** 53], [1e308, 5e-324, -1.5e-7, 2 ** 53]],
    ['a Date', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['a Map', { m: new Map<unknown, unknown>([['a', 1], [2, 'b']]) }, { m: { a: 1, 2: 'b' } }],
    ['a Set', { s: new Set([1, 'a']) }, { s: [1, 'a'] }],
    ['typed arrays', { f: Float32Array.of(0.5), u: Uint8Array.of(255) }, { f: [0.5], u: [255] }],
    ['an instance of a class', { p: new Point() }, { p: { x: 1 } }],
    ['a frozen object', Object.freeze({ a: Object.freeze([1]) }), { a: [1] }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['an object twice, which is no cycle', [twice, twice], [{ a: 1 }, { a: 1 }]],
    ['a proxy of plain data', new Proxy({ a: 1 }, {}), { a: 1 }],
    ['what toJSON gives', { d: { toJSON: () => ({ amount: '1.10' }) } }, { d: { amount: '1.10' } }],
    ['fields that are undefined, which are none', { a: undefined, b: null }, { b: null }],
    ['hidden fields, which are none', Object.defineProperty({ a: 1 }, 'b', { value: 2, enumerable: false }), { a: 1 }],
  ])('%s', (_, data, expected) => {
    expect(read({ data }).row!.data).toEqual(expected)
    expect(read({ data }).nulls).toBe(0)
  })

  test('a key `__proto__` stays a key', () => {
    const { data } = read({ data: JSON.parse('{"__proto__": {"x": 1}, "y": 2}') }).row!
    expect(Object.keys(data as object)).toEqual(['__proto__', 'y'])
  })

  test.each<[string, unknown, number]>([
    ['NaN and infinite numbers', [NaN, Infinity, -Infinity], 3],
    ['an invalid Date', { a: new Date(NaN) }, 1],
    ['undefined in a list', [1, undefined, 3], 1],
    // eslint-disable-next-line no-sparse-arrays
    ['holes of a list', [1, , 3], 1],
    ['undefined in a Set', new Set([undefined]), 1],
    ['NaN of a typed array', Float64Array.of(NaN, 1), 1],
  ])('%s become null, which is counted', (_, data, nulls) => {
    expect(read({ data }).nulls).toBe(nulls)
  })

  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const cycle: Record<string, unknown> = {}
  cycle['self'] = { cycle }
  test.each<[string, unknown, RegExp]>([
    ['a key that is a symbol', { data: { inner: { [Symbol('secret')]: 1 } } }, /^result_not_plain: data\.inner has a key that is a symbol, Symbol\(secret\)/],
    ['such a key beside the fields of a row', { score: 1, [Symbol.iterator]: 1 }, /^result_not_plain: data has a key that is a symbol/],
    ['an Error, with or without fields of its own', { data: { problem: Object.assign(new Error('x'), { code: 'E' }) } }, /^result_not_plain: data\.problem is an Error/],
    ['a String object', { data: { t: new String('ab') } }, /^result_not_plain: data\.t is a String object/],
    ['a Number object', { data: { n: new Number(1) } }, /^result_not_plain: data\.n is an object that shows no fields/],
    ['a promise', { data: { p: Promise.resolve(1) } }, /^result_not_plain: data\.p .* promise without await/],
    ['a BigInt', { data: { list: [1n] } }, /^result_not_plain: data\.list\[0\] is a bigint/],
    ['a BigInt of a typed array', { data: BigInt64Array.of(1n) }, /^result_not_plain: data\[0\] is a bigint/],
    ['a function', { data: { f: () => 1 } }, /^result_not_plain: data\.f is a function/],
    ['a symbol', { data: [Symbol.iterator] }, /^result_not_plain: data\[0\] is a symbol/],
    ['a Map by objects', { data: new Map([[{}, 1]]) }, /^result_not_plain: data is a Map with a key that is neither/],
    ['a Map with 1 and "1"', { data: new Map<unknown, number>([['1', 1], [1, 2]]) }, /^result_not_plain: data\.1 is there twice/],
    ['a cycle', { data: cycle }, /^result_cycle: data\.self\.cycle contains itself/],
    ['a key that is too long', { data: { ['k'.repeat(CAP)]: 1 } }, /^result_too_large: data makes the result larger/],
    ['a name of a strategy that is no name', { strategies: Array(17).fill('a') }, /^invalid_strategies: strategies has more than 16/],
  ])('%s', (_, value, expected) => {
    expect(refusal(value)).toMatch(expected)
  })

  test.each<[string, unknown]>([
    ['a getter that throws', { get x(): never { throw new TypeError('mine') } }],
    ['a toJSON that throws', { toJSON(): never { throw new TypeError('mine') } }],
    ['a revoked proxy', revoked.proxy],
  ])('%s is an error of the script', (_, data) => {
    expect(() => read({ data })).toThrow(TypeError)
  })

  test('long names of strategies are refused, or kept in the data of a plain script', () => {
    const strategies = ['Long Call', 'x'.repeat(201)]
    expect(() => read({ strategies }, { strict: true })).toThrow('strategies[1] is longer than 200 characters')
    expect(read({ strategies })).toMatchObject({ row: { strategies: [], data: { strategies } }, notes: ['strategies_unread'] })
    expect(read({ strategies: strategies[1] }).row!.data).toEqual({ strategies: strategies[1] })
  })
})

describe('what is no hit', () => {
  test.each([[null], [undefined], [false], [0], [''], [[]]])('%j is a miss', (value) => {
    expect(read(value).row).toBeNull()
  })

  test('an object that says it is none is a hit, and the run says so', () => {
    expect(read({ hit: false, rsi: 50 })).toMatchObject({ row: { status: 'hit', data: { hit: false, rsi: 50 } }, notes: ['hit_says_no'] })
    expect(read({ hit: true, signal: false }).notes).toEqual([])
  })
})

describe('a hit that names its symbol and date', () => {
  test.each([['AAPL'], [' aapl '], ['NASDAQ:AAPL'], ['$AAPL'], ['aapl.us']])('%s is the one scanned', (symbol) => {
    expect(read({ symbol, score: 1 })).toMatchObject({ row: { data: null }, notes: [] })
  })

  test.each([
    ['BRK-B', 'BRK.B'],
    ['brk/b', 'BRK.B'],
    ['BRK B', 'BRK-B'],
  ])('%s is %s', (given, scanned) => expect(compareSymbol(given, scanned)).toBe('same'))

  test.each([
    ['MSFT', 'AAPL', 'other'],
    ['AAPLW', 'AAPL', 'other'],
    ['BRK.A', 'BRK.B', 'other'],
    ['O:AAPL261218C00150000', 'AAPL', 'related'],
    ['AAPL  261218P00150000', 'AAPL', 'related'],
    ['AAPLX61218C00150000', 'AAPL', 'other'],
  ])('%s beside %s: %s', (given, scanned, likeness) => expect(compareSymbol(given, scanned)).toBe(likeness))

  test.each<[string, unknown, unknown, string[]]>([
    ['its own hit among others', [{ symbol: 'MSFT', score: 1 }, { ticker: 'aapl', score: 2 }], { score: 2, data: null }, ['symbol_differs']],
    ['its own hit alone', [{ symbol: 'AAPL', score: 2, rsi: 3 }], { score: 2, data: { symbol: 'AAPL', score: 2, rsi: 3 } }, []],
    ['several of its own', [{ symbol: 'AAPL', at: 1 }, { symbol: 'V' }, { symbol: 'AAPL', at: 2 }], { score: null, data: [{ symbol: 'AAPL', at: 1 }, { symbol: 'AAPL', at: 2 }] }, ['symbol_differs']],
    ['what names no symbol', [{ at: 1 }, { symbol: 'V' }], { data: [{ at: 1 }] }, ['symbol_differs']],
    ['a wrapper', { hits: [{ symbol: 'V' }, { symbol: 'AAPL', score: 4 }], took: 3 }, { score: 4 }, ['symbol_differs']],
    ['peers of a hit that says of itself what it is', { score: 1, candidates: [{ symbol: 'V' }] }, { score: 1, data: { score: 1, candidates: [{ symbol: 'V' }] } }, []],
    ['a Set', new Set([{ symbol: 'V' }, { symbol: 'AAPL', score: 5 }]), { score: 5 }, ['symbol_differs']],
    ['texts', ['gap', 'volume'], { data: ['gap', 'volume'] }, []],
    ['its own name', ['AAPL'], { data: null }, []],
  ])('a list: %s', (_, value, row, notes) => {
    expect(read(value)).toMatchObject({ row: { status: 'hit', ...(row as object) }, notes })
  })

  test.each([[[{ symbol: 'V' }]], [{ hits: [{ symbol: 'V' }] }], [new Set()], [[]]])('hits of others alone are none: %j', (value) => {
    expect(outcomeText(value, false, CAP, { asNull: 0, symbol: 'AAPL', date: '2026-11-20' })).toBe('')
  })

  test('an empty list of hits in an object is said', () => expect(read({ hits: [], scanned: 3 })).toMatchObject({ row: { status: 'hit' }, notes: ['hit_says_no'] }))

  test('another symbol is said and kept in the data', () => {
    expect(read({ symbol: 'MSFT', score: 1 })).toMatchObject({ row: { score: 1, data: { symbol: 'MSFT' } }, notes: ['symbol_differs'] })
    expect(read({ ticker: 'MSFT', rsi: 1 }, { strict: true }).notes).toEqual(['symbol_differs'])
  })

  test.each<[unknown]>([
    ['2026-11-20'], ['2026-11-20T21:00:00Z'], ['20261120'], ['11/20/2026'], ['2026/11/20'], ['Nov 20, 2026'], ['20 November 2026'], ['Fri Nov 20 2026'],
    [20261120], [Date.UTC(2026, 10, 20, 5)], [Date.UTC(2026, 10, 20, 14) / 1000], [new Date('2026-11-20T05:00:00Z')],
  ])('%j is the date scanned', (date) => {
    expect(dayOf(date)).toBe('2026-11-20')
    expect(read({ date })).toMatchObject({ row: { data: null }, notes: [] })
  })

  test.each<[unknown]>([['today'], ['2026-13-01'], ['02/30/2026'], [''], ['November'], [5], [NaN], [1e300], [{}], [new Date(NaN)], [true], ['x'.repeat(100_000)]])('%j is no date', (date) => {
    expect(dayOf(date)).toBeNull()
    expect(compareDate(date, '2026-11-20')).toBe('unread')
  })

  test('another date is said and kept; one that cannot be read is kept', () => {
    expect(read({ date: '2026-11-19', score: 2 })).toMatchObject({ row: { score: 2, data: { date: '2026-11-19' } }, notes: ['date_differs'] })
    expect(read({ date: 'yesterday', score: 2 })).toMatchObject({ row: { score: 2, data: { date: 'yesterday' } }, notes: [] })
  })
})

describe('data keeps the shape that its author gave it', () => {
  const data = { gap: 0.05 }
  test.each<[object, unknown]>([
    [{ score: 1, direction: 'bullish', data }, { gap: 0.05 }],
    [{ score: 1, direction: 'long', data }, { gap: 0.05, direction: 'long' }],
    [{ score: '3.50%', data }, { gap: 0.05, score: '3.50%' }],
    [{ score: 'strong', direction: 'zigzag', data }, { gap: 0.05, score: 'strong', direction: 'zigzag' }],
    [{ score: '2', direction: 'sell' }, { score: '2', direction: 'sell' }],
    [{ direction: 'long', data: { direction: 1 } }, { direction: 1 }],
    [{ direction: 'long', data: [1, 2] }, [1, 2]],
    [{ direction: 'long', data: {} }, { direction: 'long' }],
    // What the row could not tell in any other place.
    [{ direction: 'zigzag', data: [1, 2] }, { direction: 'zigzag', data: [1, 2] }],
    [{ direction: 'zigzag', data: { direction: 1 } }, { direction: 'zigzag', data: { direction: 1 } }],
  ])('%j', (value, expected) => expect(read(value)).toMatchObject({ row: { data: expected } }))
})

describe('errors and what stands behind them', () => {
  const messageOf = (thrown: unknown): string => (JSON.parse(faultJson(thrown)) as { message: string }).message

  test('a cause, and theirs', () => {
    const root = new RangeError('no data')
    const middle = new Error('request failed', { cause: root })
    expect(messageOf(new Error('scan failed', { cause: middle }))).toBe('scan failed (caused by Error: request failed (caused by RangeError: no data))')
  })

  test('a cause that the message tells already is not told twice', () => {
    const cause = new Error('no data')
    expect(messageOf(new Error(`scan failed: ${cause.message}`, { cause }))).toBe('scan failed: no data')
  })

  test.each<[string, unknown, string]>([
    ['text', 'timeout', 'x (caused by timeout)'],
    ['a number', 404, 'x (caused by 404)'],
    ['an object', { status: 404 }, 'x (caused by a thrown object: {"status":404})'],
    ['nothing', null, 'x'],
  ])('a cause that is %s', (_, cause, expected) => expect(messageOf(new Error('x', { cause }))).toBe(expected))

  test('gathered errors, bounded', () => {
    expect(messageOf(new AggregateError([new TypeError('a'), 'b'], 'all failed'))).toBe('all failed (2 errors: TypeError: a; b)')
    expect(messageOf(new AggregateError(Array.from({ length: 9 }, (_, i) => new Error(`e${i}`)), 'all'))).toBe('all (9 errors: Error: e0; Error: e1; Error: e2; … 6 more)')
  })

  test('cycles, depth and length have an end', () => {
    const loop = new Error('a')
    loop.cause = new Error('b', { cause: loop })
    expect(messageOf(loop)).toBe('a (caused by Error: b)')
    const gathered = new AggregateError([], 'many')
    gathered.errors = [gathered]
    expect(messageOf(gathered)).toBe('many (1 error: AggregateError: many)')
    let deep = new Error('0')
    for (let i = 1; i < 10_000; i++) deep = new Error(`level ${i}`, { cause: deep })
    expect(messageOf(deep).match(/caused by/g)).toHaveLength(5)
    expect(messageOf(new Error('x'.repeat(5_000), { cause: new Error('y'.repeat(5_000)) })).length).toBe(2_000)
    expect(messageOf(new Error('x'.repeat(5_000), { cause: new Error('why') }))).toMatch(/x \(caused by Error: why\)$/)
  })

  test('a hostile cause throws nothing', () => {
    const hostile = new Error('x')
    Object.defineProperty(hostile, 'cause', { get: () => { throw hostile } })
    expect(messageOf(hostile)).toBe('x')
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(messageOf(new Error('x', { cause: proxy }))).toBe('x (caused by a thrown object that is no error)')
    expect(messageOf(new AggregateError([proxy], 'x'))).toBe('x (1 error: a thrown object that is no error)')
  })
})
