import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { inPairs, openTestHost, type Hosted, type HostedRequest, type TestHost } from './support/hosting.ts'

/** The five ways to write a scanner, each run as its author wrote it, with its own lists and with others. */

let host: TestHost
beforeAll(async () => {
  host = await openTestHost({ 'workers.count': 2, 'market.simulatedSymbols': 80, 'row.maxBytes': 400_000 })
})
afterAll(() => host.close())

const DAY = '2026-11-20'
const BEFORE = '2026-11-19'
const statuses = ({ rows }: Hosted): Record<string, string> => Object.fromEntries(rows.map((row) => [`${row.symbol} ${row.date}`, row.status]))
const dataOf = ({ rows }: Hosted): Record<string, unknown> => Object.fromEntries(rows.map((row) => [`${row.symbol} ${row.date}`, row.data]))

/** A self-running script over one list; its hits say what the script saw. */
const script = (declarations: string, read: { symbols?: string; dates?: string } = {}): string => `
${declarations}
const results = []
async function main() {
  for (const date of ${read.dates ?? 'DATES'}) for (const symbol of ${read.symbols ?? 'SYMBOLS'}) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    results.push({ symbol, date, data: symbol + ' ' + date })
  }
}
main()
`

const DATES = `const DATES = ['${BEFORE}', '${DAY}']`
const LISTS: Record<string, { declarations: string; symbols?: string; dates?: string }> = {
  'a const array': { declarations: `const SYMBOLS = ['AAPL', 'MSFT']; ${DATES}` },
  'a let array': { declarations: `let SYMBOLS = ['AAPL', 'MSFT']; ${DATES}` },
  'a var array': { declarations: `var SYMBOLS = ['AAPL', 'MSFT']\nvar DATES = ['${BEFORE}', '${DAY}']` },
  'a frozen array': { declarations: `const SYMBOLS = Object.freeze(['AAPL', 'MSFT']); const DATES = Object.freeze(['${BEFORE}', '${DAY}'])` },
  'a name for a frozen array': { declarations: `const LIST = Object.freeze(['AAPL', 'MSFT']); const SYMBOLS = LIST; ${DATES}` },
  'a frozen array made elsewhere': { declarations: `const make = (list) => Object.freeze(list); const SYMBOLS = make(['AAPL', 'MSFT']); const DATES = make(['${BEFORE}', '${DAY}'])` },
  'arrays put together': { declarations: `const A = ['AAPL'], B = ['MSFT']; const SYMBOLS = [...A, ...B]; ${DATES}` },
  'arrays concatenated': { declarations: `const SYMBOLS = ['AAPL'].concat(['MSFT']); ${DATES}` },
  'a split text': { declarations: `const SYMBOLS = 'AAPL,MSFT'.split(','); const DATES = '${BEFORE} ${DAY}'.split(' ')` },
  'a text': { declarations: `const SYMBOLS = 'AAPL,MSFT'; ${DATES}`, symbols: "SYMBOLS.split(',')" },
  'a template text': { declarations: `const SYMBOLS = \`\n  AAPL\n  MSFT\n\`; ${DATES}`, symbols: 'SYMBOLS.trim().split(/\\s+/)' },
  'a Set': { declarations: `const SYMBOLS = new Set(['AAPL', 'MSFT']); const DATES = new Set(['${BEFORE}', '${DAY}'])` },
  'a Map': { declarations: `const SYMBOLS = new Map([['AAPL', 1], ['MSFT', 2]]); ${DATES}`, symbols: 'SYMBOLS.keys()' },
  'keys of an object': { declarations: `const SYMBOLS = { AAPL: 1, MSFT: 2 }; ${DATES}`, symbols: 'Object.keys(SYMBOLS)' },
  'a list of keys': { declarations: `const INFO = { AAPL: 1, MSFT: 2 }; const SYMBOLS = Object.keys(INFO); ${DATES}` },
  'objects with a field': { declarations: `const SYMBOLS = [{ symbol: 'AAPL', w: 1 }, { symbol: 'MSFT', w: 2 }]; ${DATES}`, symbols: 'SYMBOLS.map((s) => s.symbol)' },
  'groups': { declarations: `const SYMBOLS = { tech: ['AAPL'], more: ['MSFT'] }; ${DATES}`, symbols: 'Object.values(SYMBOLS).flat()' },
  'a value only running shows': { declarations: `const make = (text) => text.split('').map((c) => ({ a: 'AAPL', m: 'MSFT' })[c]); const SYMBOLS = make('am'); ${DATES}` },
  'other names': { declarations: `const TICKERS = ['AAPL', 'MSFT']; const SCAN_DATES = ['${BEFORE}', '${DAY}']`, symbols: 'TICKERS', dates: 'SCAN_DATES' },
  'lower case and blanks': { declarations: `const SYMBOLS = ['aapl ', 'MSFT', 'msft', '']; ${DATES}` },
}

describe('a self-running script, with its lists in every form', () => {
  const outcomes = new Map<string, Hosted>()
  const wanted = (symbols: string[], dates: string[]) => Object.fromEntries(symbols.flatMap((symbol) => dates.map((date) => [`${symbol} ${date}`, `${symbol} ${date}`])))
  beforeAll(async () => {
    const jobs = Object.entries(LISTS).flatMap(([name, list]) => [
      { key: `${name}, its own`, list, request: {} as HostedRequest },
      { key: `${name}, replaced`, list, request: { symbols: ['NVDA', 'AAPL', 'TSLA'], dates: ['2026-11-18', DAY] } },
    ])
    await inPairs(jobs, async ({ key, list, request }) => void outcomes.set(key, await host.run(script(list.declarations, list), request)))
  })

  it.each(Object.keys(LISTS))('%s', (name) => {
    const own = outcomes.get(`${name}, its own`)!
    const replaced = outcomes.get(`${name}, replaced`)!
    expect(own.run.error).toBeNull()
    expect(replaced.run.error).toBeNull()
    expect(replaced.rows.map(({ error }) => error?.message ?? null).filter(Boolean)).toEqual([])
    expect(dataOf(own)).toEqual(wanted(['AAPL', 'MSFT'], [BEFORE, DAY]))
    expect(dataOf(replaced)).toEqual(wanted(['NVDA', 'AAPL', 'TSLA'], ['2026-11-18', DAY]))
    expect(own.run.warnings.map(({ code }) => code)).toEqual(name === 'lower case and blanks' ? ['symbols_repeated'] : [])
  })

  it('one symbol at a time', async () => {
    const source = `const SYMBOL = 'AAPL'\nconst DATE = '${DAY}'\nconst results = []\nfunction main() { results.push({ symbol: SYMBOL, date: DATE, data: SYMBOL.length }) }\nmain()`
    expect(dataOf(await host.run(source))).toEqual({ [`AAPL ${DAY}`]: 4 })
    expect(dataOf(await host.run(source, { symbols: ['NVDA', 'MSFT'], dates: [BEFORE] }))).toEqual({ [`NVDA ${BEFORE}`]: 4, [`MSFT ${BEFORE}`]: 4 })
  })
})

const HEAD = `const SYMBOLS = ['AAPL', 'MSFT', 'NVDA']\n`
const PLACES: Record<string, string> = {
  'returned by main': `${HEAD}async function main() { return SYMBOLS.slice(0, 2).map((symbol) => ({ symbol })) }\nmain()`,
  'returned under a usual name': `${HEAD}async function main() { return { scanned: SYMBOLS.length, hits: SYMBOLS.slice(0, 2).map((ticker) => ({ ticker })) } }\nmain()`,
  'names returned': `${HEAD}async function main() { return SYMBOLS.slice(0, 2) }\nmain()`,
  'returned by symbol': `${HEAD}async function main() { return { AAPL: { score: 1 }, MSFT: { score: 2 } } }\nmain(SYMBOLS)`,
  'kept in a top-level list': `${HEAD}const found = []\nfor (const s of SYMBOLS) if (s !== 'NVDA') found.push({ symbol: s })`,
  'taken from the promise': `${HEAD}let results\nconst main = async () => SYMBOLS.slice(0, 2).map((symbol) => ({ symbol }))\nmain().then((r) => { results = r })`,
  'printed as a table': `${HEAD}async function main() { const t = []; for (const symbol of SYMBOLS.slice(0, 2)) t.push({ symbol, note: 'x' }); console.table(t) }\nmain()`,
  'exported': `${HEAD}export const hits = []\nasync function main() { for (const symbol of SYMBOLS) { await null; if (symbol !== 'NVDA') hits.push({ symbol }) } }\nawait main()`,
  'module.exports': `${HEAD}const out = []\nfunction main() { for (const symbol of SYMBOLS) if (symbol !== 'NVDA') out.push({ symbol }) }\nmain()\nmodule.exports = { hits: out }`,
  'an immediately invoked function': `${HEAD}const results = []\n;(async () => { for (const symbol of SYMBOLS) { await null; if (symbol < 'N') results.push({ symbol }) } })()`,
  'plain statements': `${HEAD}const results = []\nSYMBOLS.filter((s) => s !== 'NVDA').forEach((symbol) => results.push({ symbol }))`,
  'after timers that nobody awaits': `${HEAD}const results = []\nSYMBOLS.forEach((symbol, i) => setTimeout(() => { if (symbol !== 'NVDA') results.push({ symbol }) }, 100 * i))`,
  'beside an interval that nothing clears': `${HEAD}const results = []\nsetInterval(() => {}, 80)\nasync function main() { for (const symbol of SYMBOLS) { await new Promise((done) => setTimeout(done, 200)); if (symbol !== 'NVDA') results.push({ symbol }) } }\nmain()`,
  'ended by process.exit': `${HEAD}const results = []\nasync function main() { for (const symbol of SYMBOLS) if (symbol !== 'NVDA') results.push({ symbol }); process.exit(0) }\nmain().catch((e) => { console.error(e); process.exit(1) })`,
  'a main guarded as the entry': `${HEAD}const results = []\nfunction main() { for (const symbol of SYMBOLS) if (symbol !== 'NVDA') results.push({ symbol }) }\nif (require.main === module) main()`,
  'an exported main': `exports.main = async (symbols, dates) => symbols.filter((s) => s !== 'NVDA').map((symbol) => ({ symbol, date: dates[0] }))`,
  'a local main that takes lists': `async function main(symbols, dates) { return symbols.filter((s) => s !== 'NVDA').map((symbol) => ({ symbol, date: dates.at(-1) })) }`,
  'a default main': `export default async function main(symbols, dates) { return new Map([['AAPL', { score: 1 }], ['MSFT', {}]]) }`,
}

describe('hits are found where scripts put them', () => {
  const outcomes = new Map<string, Hosted>()
  beforeAll(async () => {
    await inPairs(Object.entries(PLACES), async ([name, source]) => void outcomes.set(name, await host.run(source, { symbols: ['AAPL', 'MSFT', 'NVDA'], split: 'never' })))
  })

  it.each(Object.keys(PLACES))('%s', (name) => {
    const hosted = outcomes.get(name)!
    expect(hosted.run.error).toBeNull()
    expect(statuses(hosted)).toEqual({ [`AAPL ${DAY}`]: 'hit', [`MSFT ${DAY}`]: 'hit', [`NVDA ${DAY}`]: 'miss' })
  })

  it('several hits of a symbol are one row, those for other symbols a warning', async () => {
    const hosted = await host.run(
      `exports.main = (symbols, dates) => [{ symbol: 'AAPL', score: 2, data: 1 }, { symbol: 'aapl', score: 3, data: 2 }, { symbol: 'IBM' }, { symbol: 'MSFT', date: '2020-01-02' }, { symbol: 'MSFT', date: '${DAY}T16:00:00Z', score: 4 }]`,
      { symbols: ['AAPL', 'MSFT'], split: 'never' },
    )
    expect(hosted.rows).toMatchObject([
      { symbol: 'AAPL', status: 'hit', score: 2, data: [1, 2], reason: expect.stringContaining('2 times') },
      { symbol: 'MSFT', status: 'hit', score: 4 },
    ])
    expect(hosted.run.warnings).toMatchObject([{ code: 'hits_repeated', count: 1 }, { code: 'stray_hits', count: 2, samples: ['IBM', 'MSFT 2020-01-02'] }])
  })
})

describe('what a scan may come to', () => {
  interface Expected {
    status: string
    code?: string
    says?: RegExp
    score?: number | null
    reason?: string
    data?: unknown
  }
  const failed = (code: string, says: RegExp): Expected => ({ status: 'failed', code, says })
  const RESULTS: [body: string, expected: Expected][] = [
    ['return', { status: 'miss' }],
    ['return null', { status: 'miss' }],
    ['return false', { status: 'miss' }],
    ['return 0', { status: 'miss' }],
    ["return ''", { status: 'miss' }],
    ['return true', { status: 'hit', score: null, data: null }],
    ['return 1.5', { status: 'hit', score: 1.5 }],
    ['return -3', { status: 'hit', score: -3 }],
    ['return NaN', failed('invalid_score', /NaN/)],
    ['return Infinity', failed('invalid_score', /Infinity/)],
    ["return 'because'", { status: 'hit', score: null, data: 'because' }],
    ['return [1, 2]', { status: 'hit', data: [1, 2] }],
    ['return {}', { status: 'hit', data: {} }],
    ['return { score: 2 }', { status: 'hit', score: 2 }],
    ['return { score: NaN }', failed('invalid_score', /score is NaN/)],
    ['return { score: 1 / 0, data: 1 }', failed('invalid_score', /score is Infinity/)],
    ["return { score: '5', rsi: 1 }", { status: 'hit', score: 5, data: { score: '5', rsi: 1 } }],
    ["return { symbol: 'CRM', score: (3.14159).toFixed(2) + '%' }", { status: 'hit', score: 3.14, data: { symbol: 'CRM', score: '3.14%' } }],
    ["return { score: 'A+', rsi: 1 }", { status: 'hit', score: null, data: { score: 'A+', rsi: 1 } }],
    ["return { score: (0 / 0).toFixed(2) }", failed('invalid_score', /score is the text "NaN"/)],
    ['return { score: 5n }', failed('invalid_score', /score is a bigint/)],
    ["return { score: 1, direction: 'LONG' }", { status: 'hit', score: 1, data: { direction: 'LONG' } }],
    ["return { score: 1, direction: 'breakout' }", { status: 'hit', score: 1, data: { direction: 'breakout' } }],
    ['return { data: { a: NaN, b: [Infinity] } }', { status: 'hit', data: { a: null, b: [null] } }],
    ['return () => 1', failed('result_not_plain', /function/)],
    ['return { data: { deep: { f() {} } } }', failed('result_not_plain', /data\.deep\.f/)],
    ['return { data: 5n }', failed('result_not_plain', /data is a bigint/)],
    ["return { data: [1, Symbol('x')] }", failed('result_not_plain', /data\[1\]/)],
    ["return Symbol('x')", failed('result_not_plain', /symbol/)],
    ['return 5n', failed('result_not_plain', /bigint/)],
    ['const a = { b: {} }; a.b.a = a; return { data: a }', failed('result_cycle', /data\.b\.a/)],
    ['const a = [1]; const b = { x: a, y: a }; return { data: b }', { status: 'hit', data: { x: [1], y: [1] } }],
    ["return { data: 'x'.repeat(500000) }", failed('result_too_large', /data/)],
    ["return { data: { list: Array.from({ length: 100000 }, (_, i) => i) } }", failed('result_too_large', /data\.list/)],
    ['let a = {}; const top = a; for (let i = 0; i < 100; i++) a = a.n = {}; return { data: top }', failed('result_too_deep', /data\.n/)],
    ["return { data: { get x() { throw new TypeError('from the getter') } } }", failed('script_threw', /TypeError: from the getter/)],
    ["return { get score() { throw new Error('score getter') } }", failed('script_threw', /score getter/)],
    ['return { data: { toJSON() { return { made: 1 } } } }', { status: 'hit', data: { made: 1 } }],
    ['return { data: new Date(0) }', { status: 'hit', data: '1970-01-01T00:00:00.000Z' }],
    ['return { data: { bad: new Date(NaN) } }', { status: 'hit', data: { bad: null } }],
    ["return { data: new Map([['a', 1], [2, { b: 3 }]]) }", { status: 'hit', data: { a: 1, 2: { b: 3 } } }],
    ['return { data: new Map([[{}, 1]]) }', failed('result_not_plain', /Map/)],
    ['return { data: new Set([1, 2]) }', { status: 'hit', data: [1, 2] }],
    ['return { data: new Float64Array([1.5, NaN]) }', { status: 'hit', data: [1.5, null] }],
    ['return { data: new Proxy({ a: 1 }, {}) }', { status: 'hit', data: { a: 1 } }],
    ['return new Proxy({ score: 7 }, {})', { status: 'hit', score: 7 }],
    ["return { data: new Proxy({}, { ownKeys() { throw new Error('trap') } }) }", failed('script_threw', /trap/)],
    ["class P { constructor() { this.x = 1 } get hidden() { return 2 } }\n return { data: new P() }", { status: 'hit', data: { x: 1 } }],
    ['return { data: { a: undefined, b: [undefined] } }', { status: 'hit', data: { b: [null] } }],
    ["return { data: JSON.parse('{\"__proto__\": 5, \"a\": 1}') }", { status: 'hit', data: JSON.parse('{"__proto__": 5, "a": 1}') }],
    ['return { data: -0 }', { status: 'hit', data: 0 }],
    ["return { data: '\\ud800 lone' }", { status: 'hit' }],
    ['return { data: Object.create(null) }', { status: 'hit', data: {} }],
    ['return new Error("returned")', failed('result_not_plain', /data is an Error, whose message is no field of it/)],
    ['return { data: { quote: Promise.resolve(1) } }', failed('result_not_plain', /data\.quote is an object that shows no fields, such as a promise without await/)],
    ['return { data: [/x/] }', failed('result_not_plain', /data\[0\] is an object that shows no fields/)],
    ['return { data: { n: new Number(5) } }', failed('result_not_plain', /data\.n/)],
    ['return new (class { get score() { return 3 } get data() { return { a: 1 } } })()', { status: 'hit', score: 3, data: { a: 1 } }],
    ["return { score: 1, reason: 'x'.repeat(600) }", { status: 'hit', score: 1, reason: 'x'.repeat(500), data: { reason: 'x'.repeat(600) } }],
    ['return { score: 1, reason: { why: 2 } }', { status: 'hit', score: 1, data: { reason: { why: 2 } } }],
    ['return Promise.resolve({ score: 3 })', { status: 'hit', score: 3 }],
    ['return Promise.reject(new RangeError("async"))', failed('script_threw', /RangeError: async/)],
    ['return Promise.reject()', failed('script_threw', /undefined/)],
    ['return new Promise(() => {})', failed('never_settles', /nothing can settle/)],
    ['return new Promise((resolve) => setTimeout(resolve, 86400000, 4))', { status: 'hit', score: 4 }],
    ['return { then(done) { done(6) } }', { status: 'hit', score: 6 }],
    ["throw new Error('thrown')", failed('script_threw', /thrown/)],
    ['throw undefined', failed('script_threw', /undefined/)],
    ['throw null', failed('script_threw', /null/)],
    ["throw 'text'", failed('script_threw', /^text$/)],
    ['throw { code: 5 }', failed('script_threw', /\{"code":5\}/)],
    ['throw { message: "said" }', failed('script_threw', /^said$/)],
    ['throw new Error()', failed('script_threw', /^Error$/)],
    ['throw () => {}', failed('script_threw', /function/)],
    ['process.exit(1)', failed('script_threw', /process\.exit\(1\)/)],
    ['process.exit()', failed('script_threw', /process\.exit\(0\)/)],
  ]
  const outcomes: Hosted['rows'] = []
  beforeAll(async () => {
    // Each case is a symbol of its own, so that one run shows them all; an unknown symbol would have no data.
    const known = await host.run('exports.scan = () => 1', { universe: 'all' })
    const symbols = known.rows.map(({ symbol }) => symbol).slice(0, RESULTS.length)
    expect(symbols.length).toBe(RESULTS.length)
    const source = `const bodies = { ${RESULTS.map(([body], i) => `'${symbols[i]}': () => {${body}\n}`).join(',\n')} }\nexports.scan = (symbol) => bodies[symbol]()`
    outcomes.push(...(await host.run(source, { symbols, split: 'always' })).rows)
  })

  it.each(RESULTS.map(([body], i) => [body, i] as const))('%s', (_, i) => {
    const { status, code, says, ...values } = RESULTS[i]![1]
    const row = outcomes[i]!
    expect({ status: row.status, code: row.error?.code }).toEqual({ status, code })
    if (says !== undefined) expect(row.error!.message).toMatch(says)
    expect(row).toMatchObject(values)
  })
})

describe('parameters', () => {
  const declaring = `export const params = { min: { default: 2, min: 1, max: 5 }, mode: { default: 'a', options: ['a', 'b'] } }\nexport const scan = (symbol, bars, { params }) => ({ score: params.min, data: params })`
  it('their defaults, and what is given', async () => {
    expect((await host.run(declaring, { symbols: ['AAPL'] })).rows[0]).toMatchObject({ score: 2, data: { min: 2, mode: 'a' } })
    expect((await host.run(declaring, { symbols: ['AAPL'], params: { min: 4, mode: 'b' } })).rows[0]).toMatchObject({ score: 4, data: { min: 4, mode: 'b' } })
  })
  it.each([
    ['out of range', { min: 9 }, /min/],
    ['of the wrong kind', { min: 'x' }, /min/],
    ['none of the options', { mode: 'c' }, /mode/],
    ['unknown', { other: 1 }, /other/],
  ])('refused: %s', async (_, params, says) => {
    const { run } = await host.run(declaring, { symbols: ['AAPL'], params })
    expect(run).toMatchObject({ status: 'failed', error: { code: 'param_invalid', message: expect.stringMatching(says) } })
  })
  it('a function that declares none gets what is given', async () => {
    expect((await host.run('exports.scan = (s, b, { params }) => ({ score: 1, data: params })', { symbols: ['AAPL'], params: { any: 3 } })).rows[0]!.data).toEqual({ any: 3 })
  })
  it('a self-running script takes none', async () => {
    expect((await host.run(script(LISTS['a const array']!.declarations), { params: { x: 1 } })).run.error).toMatchObject({ code: 'params_not_declared' })
  })
})

describe('what a scan sees', () => {
  const sees = `
    export function scan(symbol, bars, context) {
      console.log('log of', symbol)
      const now = new Date()
      return { score: 1, data: {
        n: bars.length, first: bars[0].date, last: bars.at(-1).date, date: context.date, now: now.toISOString(), ms: Date.now() - now.getTime(),
        random: [Math.random(), Math.random(), crypto.randomUUID()],
        newYork: now.toLocaleString('en-US', { timeZone: 'America/New_York', hour12: false }),
      } }
    }`
  type Seen = { n: number; first: string; last: string; date: string; now: string; ms: number; random: unknown[]; newYork: string }
  const seenBy = (hosted: Hosted): Map<string, Seen> => new Map(hosted.rows.map((row) => [`${row.symbol} ${row.date}`, row.data as Seen]))
  const symbols = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMD', 'META']
  // 2026-03-06 is before the change to daylight time, 2026-03-09 after it; 2025-11-28 closed at 13:00.
  const dates = ['2025-11-28', '2026-03-06', '2026-03-09', DAY]

  it('bars up to the date, and the clock at the close in New York', async () => {
    const seen = seenBy(await host.run(sees, { symbols: ['AAPL'], dates }))
    const closes: Record<string, string> = { '2025-11-28': '2025-11-28T18:00:00.000Z', '2026-03-06': '2026-03-06T21:00:00.000Z', '2026-03-09': '2026-03-09T20:00:00.000Z', [DAY]: `${DAY}T21:00:00.000Z` }
    for (const date of dates) {
      const { last, date: given, now, ms } = seen.get(`AAPL ${date}`)!
      expect({ date, last, given, ms }).toEqual({ date, last: date, given: date, ms: 0 })
      expect(now.slice(0, 10)).toBe(date)
      if (date !== '2025-11-28') expect(now).toBe(closes[date])
    }
  })

  it('at most `lookback` bars where it says so', async () => {
    const all = seenBy(await host.run(sees, { symbols: ['AAPL'] })).get(`AAPL ${DAY}`)!
    const few = seenBy(await host.run(`export const lookback = 30\n${sees}`, { symbols: ['AAPL'] })).get(`AAPL ${DAY}`)!
    expect(all.n).toBeGreaterThan(200)
    expect(few.n).toBe(30)
    expect(few.last).toBe(DAY)
  })

  it('the same random numbers however the run is divided', async () => {
    const runs = await Promise.all([
      host.run(sees, { symbols, dates, limits: { workers: 1 } }),
      host.run(sees, { symbols: symbols.toReversed(), dates: dates.toReversed(), limits: { workers: 2 }, split: 'always' }),
      host.run(sees, { symbols: ['TSLA'], dates: [DAY], split: 'never' }),
    ])
    const [first, second, third] = runs.map(seenBy) as [Map<string, Seen>, Map<string, Seen>, Map<string, Seen>]
    for (const [key, value] of first) expect(second.get(key)).toEqual(value)
    expect(third.get(`TSLA ${DAY}`)).toEqual(first.get(`TSLA ${DAY}`))
    expect(new Set([...first.values()].map(({ random }) => random[0])).size).toBe(symbols.length * dates.length)
  })

  it('its log lines, under its symbol, once', async () => {
    const { logs } = await host.run(sees, { symbols: ['AAPL', 'MSFT'] })
    expect(logs.map(({ symbol, text }) => [symbol, text]).sort()).toEqual([['AAPL', 'log of AAPL'], ['MSFT', 'log of MSFT']])
  })
})

describe('no door shows a bar after the date', () => {
  const EARLY = '2026-06-01'
  const URLS: Record<string, string> = {
    polygon: 'https://api.polygon.io/v2/aggs/ticker/AAPL/range/1/day/2026-01-01/2026-12-31?limit=50000&apiKey=k',
    'polygon previous close': 'https://api.polygon.io/v2/aggs/ticker/AAPL/prev?apiKey=k',
    'polygon snapshot': 'https://api.polygon.io/v2/snapshot/locale/us/markets/stocks/tickers/AAPL?apiKey=k',
    'polygon grouped': 'https://api.polygon.io/v2/aggs/grouped/locale/us/market/stocks/2026-11-20?apiKey=k',
    'polygon open-close': 'https://api.polygon.io/v1/open-close/AAPL/2026-11-20?apiKey=k',
    yahoo: 'https://query1.finance.yahoo.com/v8/finance/chart/AAPL?interval=1d&period1=1767225600&period2=1798675200',
    'yahoo range': 'https://query1.finance.yahoo.com/v8/finance/chart/AAPL?interval=1d&range=10y',
    alpaca: 'https://data.alpaca.markets/v2/stocks/AAPL/bars?timeframe=1Day&start=2026-01-01&end=2026-12-31&limit=10000',
    'alpaca latest': 'https://data.alpaca.markets/v2/stocks/AAPL/bars/latest',
    'alpha vantage': 'https://www.alphavantage.co/query?function=TIME_SERIES_DAILY&symbol=AAPL&outputsize=full&apikey=k',
    finnhub: 'https://finnhub.io/api/v1/stock/candle?symbol=AAPL&resolution=D&from=1767225600&to=1798675200&token=k',
    tradier: 'https://api.tradier.com/v1/markets/history?symbol=AAPL&interval=daily&start=2026-01-01&end=2026-12-31',
    'tradier quotes': 'https://api.tradier.com/v1/markets/quotes?symbols=AAPL',
    'twelve data': 'https://api.twelvedata.com/time_series?symbol=AAPL&interval=1day&outputsize=5000&end_date=2026-12-31&apikey=k',
    stooq: 'https://stooq.com/q/d/l/?s=aapl.us&i=d',
  }
  const reads = `
    const SYMBOLS = ['AAPL']
    const URLS = ${JSON.stringify(URLS)}
    const results = []
    async function main() {
      for (const symbol of SYMBOLS) {
        const answers = {}
        for (const [name, url] of Object.entries(URLS)) {
          const response = await fetch(url, { headers: { Authorization: 'Bearer x', 'APCA-API-KEY-ID': 'k', Accept: 'application/json' } })
          answers[name] = { status: response.status, text: (await response.text()).slice(-20000) }
        }
        results.push({ symbol, data: answers })
      }
    }
    main()`
  /** Every day that a text names, as ISO dates or as epoch seconds or milliseconds. */
  const daysIn = (text: string): string[] => [
    ...(text.match(/20\d\d-\d\d-\d\d/g) ?? []),
    ...(text.match(/(?<![\d.])1[78]\d{8}(\d{3})?(?![\d.])/g) ?? []).map((number) => new Date(Number(number.length === 10 ? `${number}000` : number)).toISOString().slice(0, 10)),
  ]

  it('fetch, of every vendor, with any range', async () => {
    const { rows, run } = await host.run(reads, { dates: [EARLY] })
    expect(run.error).toBeNull()
    const answers = rows[0]!.data as Record<string, { status: number; text: string }>
    expect(Object.keys(answers)).toEqual(Object.keys(URLS))
    for (const [name, { status, text }] of Object.entries(answers)) {
      const late = daysIn(text).filter((day) => day > EARLY)
      expect({ name, late }).toEqual({ name, late: [] })
      if (!/grouped|open-close|latest/.test(name)) expect({ name, status, seesItsDay: text.length > 20 }).toEqual({ name, status: 200, seesItsDay: true })
    }
    expect(daysIn(answers.polygon!.text)).toContain(EARLY)
    expect(daysIn(answers.yahoo!.text)).toContain(EARLY)
  })

  it('bars, and the buffers behind columns', async () => {
    const { rows } = await host.run(
      `import { defineScanner } from 'strikescan'
       export default defineScanner({ name: 'x', scan({ bars }) {
         const whole = new Float64Array(bars.close.buffer.slice(0, Math.floor(bars.close.buffer.byteLength / 8) * 8))
         const before = bars.close[bars.close.length - 1]
         bars.close.fill(1)
         return { score: before, data: { length: bars.length, bytes: bars.close.buffer.byteLength, values: whole.length, last: bars.date.at(-1) } }
       } })`,
      { symbols: ['AAPL', 'MSFT'], dates: [EARLY, DAY], split: 'always', limits: { workers: 1 } },
    )
    for (const { date, data, score } of rows) {
      const { length, bytes, last } = data as { length: number; bytes: number; last: string }
      expect(last).toBe(date)
      expect(score).not.toBe(1)
      // A day of 4 bytes and five columns of 8, with at most one day of padding: no room for anything else.
      expect(bytes - length * 44).toBeLessThanOrEqual(4)
    }
  })
})

describe('dividing never changes the rows', () => {
  const rowsOf = ({ rows }: Hosted): unknown[] => rows.map(({ symbol, date, status, score, data }) => ({ symbol, date, status, score, data }))
  const symbols = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMD', 'META', 'AMZN', 'GOOG']
  const fetching = `
    const SYMBOLS = ['AAPL']
    const DATES = ['${DAY}']
    const results = []
    async function main() {
      for (const date of DATES) for (const symbol of SYMBOLS) {
        const response = await fetch(\`https://api.polygon.io/v2/aggs/ticker/\${symbol}/range/1/day/2026-10-01/\${date}?apiKey=k\`)
        const { results: bars = [] } = await response.json()
        const last = bars.at(-1), before = bars.at(-2)
        if (last && last.c > before.c) results.push({ symbol, date, score: last.c / before.c - 1, data: { close: last.c, n: bars.length } })
        await new Promise((done) => setTimeout(done, 250))
      }
    }
    main()`

  it('a separable script: auto, always and never, per date and all dates at once', async () => {
    const dates = ['2026-11-18', BEFORE, DAY]
    const runs = await Promise.all((['auto', 'always', 'never'] as const).map((split) => host.run(fetching, { symbols, dates, split })))
    const [auto, always, never] = runs.map(rowsOf) as [unknown[], unknown[], unknown[]]
    expect(runs.map(({ run }) => run.split!.mode)).toEqual(['batch', 'batch', 'whole'])
    expect(runs[0]!.run.split!.reason).toMatch(/one by one/)
    expect(always).toEqual(auto)
    expect(never).toEqual(auto)
    expect(auto.length).toBe(symbols.length * dates.length)
    expect(new Set(runs[0]!.rows.map(({ status }) => status))).toEqual(new Set(['hit', 'miss']))
    const single = await Promise.all(dates.map((date) => host.run(fetching, { symbols, dates: [date] })))
    const byKey = (row: unknown) => JSON.stringify(row)
    expect(single.flatMap(rowsOf).map(byKey).sort()).toEqual(auto.map(byKey).sort())
  })

  it('a ranking runs whole, and says why', async () => {
    const ranking = `exports.main = async (symbols, dates) => {
      const all = []
      for (const symbol of symbols) all.push({ symbol, size: symbol.charCodeAt(0) })
      all.sort((a, b) => b.size - a.size)
      return all.slice(0, 3).map(({ symbol }, i) => ({ symbol, date: dates[0], score: i + 1 }))
    }`
    const { run, rows } = await host.run(ranking, { symbols })
    expect(run.split).toMatchObject({ mode: 'whole' })
    expect(run.split!.reason).toMatch(/line 4/)
    expect(rows.filter(({ status }) => status === 'hit').length).toBe(3)
  })

  it('a scanner that keeps state runs in order on one worker', async () => {
    const counting = `let n = 0\nexports.scan = (symbol) => ({ score: ++n })`
    const { run, rows } = await host.run(counting, { symbols })
    expect(run.split).toMatchObject({ mode: 'whole' })
    expect(rows.map(({ score }) => score)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })
})
