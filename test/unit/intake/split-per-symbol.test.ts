import { describe, expect, test } from 'vitest'
import { planOf } from './support.ts'

const batch: Record<string, string> = {
  'a pure scan': 'export function scan(symbol, bars) { const c = bars.map((b) => b.close); return c.at(-1) > c.at(-2) }',
  'local state only': 'export function scan(symbol, bars) { let sum = 0; const tops = []; bars.forEach((b) => { sum += b.close; tops.push(b.high); }); tops.sort(); return sum > tops[0] }',
  'helpers with parameters': 'function add(list, x) { list.push(x); return list } export default function (symbol, bars) { return add([], bars.length).length > 0 }',
  'constants read': 'const LIMITS = { min: 5 }; const SKIP = new Set(["X"]); export function scan(symbol, bars) { return !SKIP.has(symbol) && bars.at(-1).close > LIMITS.min }',
  'defineScanner': "import { defineScanner } from 'strikescan'\nexport default defineScanner({ name: 'a', scan({ bars, ta }) { const r = ta.rsi(bars.close, 14); return r[r.length - 1] < 30 } })",
  'a class made per symbol': 'class Ema { constructor(n) { this.n = n; this.v = 0 } add(x) { this.v += x / this.n } } export function scan(symbol, bars) { const e = new Ema(9); for (const b of bars) e.add(b.close); return e.v > 1 }',
  'a table filled while loading': 'const T = []; for (let i = 0; i < 10; i++) T.push(i); export function scan(symbol, bars) { return T.includes(bars.length) }',
  'an instance that only reads its fields': 'class S { constructor(n) { this.n = n } rule(bars) { return bars.length > this.n } scan(symbol, bars, { ta }) { return ta.sma(bars.map((b) => b.close), this.n).at(-1) > 1 && this.rule(bars) } }\nexport default new S(3)',
  'an object that only reads its fields': 'export default { least: 3, scan(symbol, bars) { if (this.least > bars.length) return null; return `${this.least}` } }',
  'a factory without memory': 'function above(n) { return (bars) => bars.at(-1).close > n } const test = above(10); export function scan(symbol, bars) { return test(bars) }',
}

const whole: Record<string, [source: string, reason: RegExp]> = {
  'counts at the top level': ['let n = 0\nexport function scan(symbol, bars) {\n  n++\n  return n % 2 }', /line 3 counts in `n`/],
  'collects at the top level': ['const seen = []\nexport function scan(symbol, bars) { seen.push(symbol); return seen.length < 10 }', /line 2 changes `seen` by push/],
  'keeps the best': ['let best = 0\nexport default function (symbol, bars) { if (bars.length > best) { best = bars.length; return true } }', /assigns to `best`/],
  'a cache': ['const cache = new Map()\nexport function scan(symbol, bars) { cache.set(symbol, bars); return cache.size > 3 }', /`cache`/],
  'through a helper': ['const hits = []\nfunction note(x) { hits.push(x) }\nexport function scan(symbol) { note(symbol) }', /`hits`/],
  'through a parameter': ['const hits = []\nfunction note(list, x) { list.push(x) }\nexport function scan(symbol) { note(hits, symbol) }', /`hits`/],
  'through an alias': ['const groups = { a: [] }\nexport function scan(symbol) { const g = groups.a; g.push(symbol); return g.length }', /`groups`/],
  'through a loop alias': ['const groups = [[], []]\nexport function scan(symbol) { for (const g of groups) g.push(symbol); return 1 }', /`groups`/],
  'a property': ['const state = {}\nexport function scan(symbol) { state.last = symbol }', /`state`/],
  'a counter in a closure': ['function make() { let n = 0; return () => ++n }\nconst next = make()\nexport function scan(symbol) { return next() > 3 }', /`n`/],
  'an immediately invoked module': ['const store = (() => { const m = {}; return { put(k) { m[k] = 1 } } })()\nexport function scan(symbol) { store.put(symbol) }', /`m`/],
  'an instance with memory': ['class Book { add(x) { this.last = x } }\nconst book = new Book()\nexport function scan(symbol) { book.add(symbol) }', /`book`/],
  'this of the scanner': ["import { defineScanner } from 'strikescan'\nexport default defineScanner({ scan({ symbol }) { this.last = symbol } })", /`this`/],
  'an instance that counts': ['class S { n = 0; scan(symbol) { return ++this.n } }\nexport default new S()', /does more with `this` than read it/],
  'an instance that counts in private': ['class S { #n = 0; scan(symbol) { return this.#n++ } }\nexport default new S()', /`this`/],
  'an instance whose method counts': ['class S { n = 0; next() { this.n++ } scan(symbol) { this.next(); return this.n } }\nexport default new S()', /`this`/],
  'an instance whose accessor counts': ['class S { n = 0; get next() { return ++this.n } scan(symbol) { return this.next > 3 } }\nexport default new S()', /`this`/],
  'an instance whose method counts outside': ['let n = 0\nclass S { next() { return ++n } scan(symbol) { return this.next() } }\nexport default new S()', /line 2 counts in `n`/],
  'an instance that holds one with memory': ['class H { n = 0; bump() { return ++this.n } }\nclass S { h = new H(); scan(symbol) { return this.h.bump() } }\nexport default new S()', /line 2 does more with `this`/],
  'an instance of an unseen class': ["import { Base } from 'technicalindicators'\nclass S extends Base { scan(symbol) { return this.rule } }\nexport default new S()", /extends a class/],
  'an object whose method counts': ['export default { n: 0, bump() { this.n++ }, scan(symbol) { this.bump(); return this.n } }', /`this`/],
  'an object that hands itself on': ['export default { scan(symbol) { return note(this, symbol) } }\nfunction note(to, symbol) { to.last = symbol }', /`this`/],
  'an implicit global': ['exports.scan = function (symbol) { last = symbol }', /`last`/],
  'globalThis': ['export function scan(symbol) { globalThis.n = 1 }', /globalThis/],
  'Object.assign': ['const state = {}\nexport function scan(symbol) { Object.assign(state, { symbol }) }', /`state`/],
  'a sticky pattern': ['const re = /A/g\nexport function scan(symbol) { return re.test(symbol) }', /position/],
  'a generator': ['function* ids() { let i = 0; while (true) yield i++ }\nconst id = ids()\nexport function scan(symbol) { return id.next().value }', /.*/],
  'an unseen function': ["import wrap from 'technicalindicators'\nexport default wrap((symbol) => symbol)", /can't be seen/],
  'delete': ['const left = { A: 1 }\nexport function scan(symbol) { delete left[symbol]; return Object.keys(left).length }', /`left`/],
  'eval': ['export function scan(symbol) { return eval("symbol") }', /text/],
}

describe('scans without memory are split', () => {
  test.each(Object.entries(batch))('%s', (_, source) => {
    expect(planOf(source).split.symbols).toMatchObject({ mode: 'batch' })
  })
})

describe('scans with memory run whole', () => {
  test.each(Object.entries(whole))('%s', (_, [source, reason]) => {
    const { symbols } = planOf(source).split
    expect(symbols.mode).toBe('whole')
    expect(symbols.reason).toMatch(reason)
  })
})
