import { describe, expect, test } from 'vitest'
import { planOf } from './support.ts'

/** A self-running script with the usual helpers around the body of `main`. */
function script(body: string, before = ''): string {
  return `const SYMBOLS = ['AAPL', 'MSFT', 'NVDA'];
const DATES = ['2026-11-19', '2026-11-20'];
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function getBars(symbol) { const r = await fetch('https://api.polygon.io/v2/' + symbol); return (await r.json()).results; }
function sma(values, n) { return values.slice(-n).reduce((a, b) => a + b, 0) / n; }
function check(bars) { const closes = bars.map((b) => b.c); return closes.at(-1) > sma(closes, 20); }
${before}
async function main() {
${body}
}
main().catch(console.error);
`
}

const FIRST_LINE = 9

const batch: Record<string, string> = {
  'for of with push': 'const hits = []; for (const s of SYMBOLS) { const bars = await getBars(s); if (check(bars)) hits.push({ symbol: s }); } return hits;',
  'for of with console only': 'for (const s of SYMBOLS) { if (check(await getBars(s))) console.log(s, "hit"); }',
  'forEach': 'SYMBOLS.forEach(async (s) => { if (check(await getBars(s))) console.log(s); });',
  'map with Promise.all': 'const results = await Promise.all(SYMBOLS.map(async (s) => ({ symbol: s, ok: check(await getBars(s)) }))); return results.filter((r) => r.ok);',
  'allSettled': "const settled = await Promise.allSettled(SYMBOLS.map((s) => getBars(s))); for (const r of settled) { if (r.status === 'fulfilled') console.log(r.value.length); }",
  'index loop': 'const hits = []; for (let i = 0; i < SYMBOLS.length; i++) { const s = SYMBOLS[i]; if (check(await getBars(s))) hits.push(s); } console.table(hits);',
  'while by index': 'let i = 0; while (i < SYMBOLS.length) { const s = SYMBOLS[i]; console.log(s, check(await getBars(s))); i++; }',
  'queue emptied': 'const queue = [...SYMBOLS]; while (queue.length > 0) { const s = queue.shift(); if (check(await getBars(s))) console.log(s); }',
  'worker pool over a queue': 'const queue = [...SYMBOLS]; const hits = []; async function worker() { while (queue.length) { const s = queue.shift(); if (!s) break; if (check(await getBars(s))) hits.push({ symbol: s }); } } await Promise.all([worker(), worker(), worker()]); return hits;',
  'chunks by slice': 'const hits = []; for (let i = 0; i < SYMBOLS.length; i += 50) { const part = SYMBOLS.slice(i, i + 50); const rows = await Promise.all(part.map(async (s) => check(await getBars(s)) ? { symbol: s } : null)); hits.push(...rows.filter(Boolean)); await sleep(1000); } return hits;',
  'chunks by helper': 'const out = []; for (const part of chunk(SYMBOLS, 10)) { const rows = await Promise.all(part.map((s) => getBars(s))); rows.forEach((bars) => { if (check(bars)) out.push(bars[0]); }); } return out;',
  'progress counter': 'let n = 0; for (const s of SYMBOLS) { n++; console.log(`${n}/${SYMBOLS.length} ${s}`); await getBars(s); }',
  'rate limit by counter': 'let calls = 0; for (const s of SYMBOLS) { const bars = await getBars(s); calls++; if (calls % 5 === 0) { console.log("waiting"); await sleep(60000); } if (check(bars)) console.log(s); }',
  'rate limit reset': 'let calls = 0; for (const s of SYMBOLS) { if (calls >= 5) { await sleep(60000); calls = 0; } calls++; console.log(s, check(await getBars(s))); }',
  'sleep by index': 'for (const [i, s] of SYMBOLS.entries()) { if (i > 0) await sleep(250); console.log(s, check(await getBars(s))); }',
  'errors counted and printed': 'let failed = 0; for (const s of SYMBOLS) { try { console.log(s, check(await getBars(s))); } catch (e) { failed += 1; } } console.log(`failed: ${failed}`);',
  'per-symbol sort of bars': 'for (const s of SYMBOLS) { const bars = await getBars(s); bars.sort((a, b) => a.t - b.t); console.log(s, bars[0].c, bars.slice(-5).length); }',
  'per-symbol reduce': 'for (const s of SYMBOLS) { const bars = await getBars(s); const average = bars.reduce((a, b) => a + b.v, 0) / bars.length; if (average > 1e6) console.log(s); }',
  'per-symbol Math.max': 'for (const s of SYMBOLS) { const highs = (await getBars(s)).map((b) => b.h); console.log(s, Math.max(...highs.slice(-52))); }',
  'per-symbol find and some': 'for (const s of SYMBOLS) { const bars = await getBars(s); if (bars.some((b) => b.v > 1e7) && bars.find((b) => b.c > 10)) console.log(s); }',
  'inner loop breaks': 'for (const s of SYMBOLS) { const bars = await getBars(s); for (const b of bars) { if (b.c > 100) { console.log(s); break; } } }',
  'continue on missing data': 'const hits = []; for (const s of SYMBOLS) { const bars = await getBars(s); if (!bars || bars.length < 20) continue; hits.push({ ticker: s }); } return hits;',
  'return from a callback': 'return (await Promise.all(SYMBOLS.map(async (s) => { const bars = await getBars(s); if (!bars) return null; return { symbol: s, close: bars.at(-1).c }; }))).filter(Boolean);',
  'dates outside, symbols inside': 'const hits = []; for (const d of DATES) { for (const s of SYMBOLS) { if (check(await getBars(s))) hits.push({ symbol: s, date: d }); } } return hits;',
  'symbols outside, dates inside': 'const hits = []; for (const s of SYMBOLS) { const bars = await getBars(s); for (const d of DATES) { if (bars.some((b) => b.d === d)) hits.push({ symbol: s, date: d }); } } return hits;',
  'nothing found message': 'const hits = []; for (const s of SYMBOLS) { if (check(await getBars(s))) hits.push(s); } if (hits.length === 0) { console.log("No hits"); return; } console.table(hits); return hits;',
  'written to a file': "const hits = []; for (const s of SYMBOLS) { if (check(await getBars(s))) hits.push(s); } fs.writeFileSync('results.json', JSON.stringify(hits, null, 2));",
  'text appended': "let csv = 'symbol,close\\n'; for (const s of SYMBOLS) { const bars = await getBars(s); csv += `${s},${bars.at(-1).c}\\n`; } fs.writeFileSync('out.csv', csv);",
  'array spread to grow': 'let hits = []; for (const s of SYMBOLS) { if (check(await getBars(s))) hits = [...hits, { symbol: s }]; } return hits;',
  'two phases keyed by symbol': 'const data = {}; for (const s of SYMBOLS) { data[s] = await getBars(s); } for (const s of SYMBOLS) { if (check(data[s])) console.log(s); }',
  'two phases with a map': 'const data = new Map(); for (const s of SYMBOLS) data.set(s, await getBars(s)); for (const [s, bars] of data) { if (check(bars)) console.log(s); }',
  'benchmark fetched before': "const spy = await getBars('SPY'); const base = spy.at(-1).c / spy[0].c; for (const s of SYMBOLS) { const bars = await getBars(s); if (bars.at(-1).c / bars[0].c > base) console.log(s); }",
  'outer variable set anew': 'let bars; for (const s of SYMBOLS) { bars = await getBars(s); if (check(bars)) console.log(s); }',
  'function called for each': 'const hits = []; for (const s of SYMBOLS) { const hit = await scanOne(s); if (hit) hits.push(hit); } return hits;',
  'hits pushed through a parameter': 'const hits = []; for (const s of SYMBOLS) await collect(s, hits); return hits;',
  'mapped for output': 'const hits = []; for (const s of SYMBOLS) hits.push({ symbol: s, c: (await getBars(s)).at(-1).c }); for (const h of hits) console.log(`${h.symbol}: ${h.c}`); return hits.map((h) => h.symbol);',
  'bulk request': "const r = await fetch(`https://api.tradier.com/v1/markets/quotes?symbols=${SYMBOLS.join(',')}`); const body = await r.json(); for (const q of body.quotes.quote) { if (q.volume > 1e6) console.log(q.symbol); }",
  'nested state in one symbol': 'for (const s of SYMBOLS) { let streak = 0; for (const b of await getBars(s)) { streak = b.c > b.o ? streak + 1 : 0; } if (streak > 3) console.log(s); }',
  'elapsed time': 'const start = Date.now(); for (const s of SYMBOLS) console.log(s, check(await getBars(s))); console.log(`took ${Date.now() - start}`);',
  'a memo keyed by symbol': 'for (const s of SYMBOLS) { if (!cache.has(s)) cache.set(s, await getBars(s)); console.log(s, check(cache.get(s))); }',
  'sleep staggered by position': 'const rows = await Promise.all(SYMBOLS.map(async (s, i) => { await sleep(i * 250); return check(await getBars(s)) ? { symbol: s } : null; })); return rows.filter(Boolean);',
  'nothing or the hits': 'const hits = []; for (const s of SYMBOLS) if (check(await getBars(s))) hits.push({ symbol: s }); return hits.length ? hits : [];',
  'plural in a message': 'const hits = []; for (const s of SYMBOLS) if (check(await getBars(s))) hits.push({ symbol: s }); console.log(`${hits.length} hit${hits.length === 1 ? "" : "s"}`); return hits;',
  'report in a helper': 'const hits = []; for (const s of SYMBOLS) if (check(await getBars(s))) hits.push({ symbol: s }); report(hits);',
}

const whole: Record<string, [body: string, reason: RegExp]> = {
  'sorts results': ['const hits = []; for (const s of SYMBOLS) hits.push({ s, v: (await getBars(s)).length });\nhits.sort((a, b) => b.v - a.v); return hits;', /line 10 sorts `hits` across symbols/],
  'sorts by toSorted': ['const all = await Promise.all(SYMBOLS.map(getBars)); return all.toSorted((a, b) => a.length - b.length);', /sorts `all`/],
  'top ten': ['const hits = []; for (const s of SYMBOLS) hits.push(s); return hits.slice(0, 10);', /takes a part of `hits`/],
  'first element': ['const hits = []; for (const s of SYMBOLS) hits.push(s); console.log(hits.length); return [hits[0]];', /single elements of `hits`/],
  'reduce for the best': ['const rows = []; for (const s of SYMBOLS) rows.push({ s, v: 1 }); const best = rows.reduce((a, b) => a.v > b.v ? a : b); console.log(best);', /reduces `rows`/],
  'maximum over all': ['const rows = []; for (const s of SYMBOLS) rows.push((await getBars(s)).length); const top = Math.max(...rows); console.log(top);', /Math\.max/],
  'average over the universe': ['let total = 0; for (const s of SYMBOLS) total += (await getBars(s)).at(-1).c; console.log(total / SYMBOLS.length);', /adds up `total`/],
  'stops after N hits': ['const hits = []; for (const s of SYMBOLS) { if (check(await getBars(s))) hits.push(s); if (hits.length >= 5) break; } return hits;', /symbols/],
  'break in the loop': ['for (const s of SYMBOLS) { if (check(await getBars(s))) { console.log(s); break; } }', /leaves the loop over the symbols early/],
  'return out of the loop': ['for (const s of SYMBOLS) { if (check(await getBars(s))) return s; }', /leaves the loop/],
  'labelled break': ['outer: for (const s of SYMBOLS) { for (const b of await getBars(s)) { if (b.c > 1) break outer; } }', /leaves the loop/],
  'process.exit in the loop': ['for (const s of SYMBOLS) { if (check(await getBars(s))) process.exit(0); }', /ends the script/],
  'best so far': ['let best = null; for (const s of SYMBOLS) { const v = (await getBars(s)).length; if (!best || v > best.v) best = { s, v }; } console.log(best);', /`best`/],
  'previous symbol': ['let previous = 0; for (const s of SYMBOLS) { const c = (await getBars(s)).at(-1).c; if (c > previous) console.log(s); previous = c; }', /`previous`/],
  'group by sector object': ['const bySector = {}; for (const s of SYMBOLS) { const k = await sectorOf(s); (bySector[k] ||= []).push(s); } for (const k of Object.keys(bySector)) console.log(k, bySector[k].length);', /`bySector`/],
  'group by sector map': ['const groups = new Map(); for (const s of SYMBOLS) { const k = await sectorOf(s); if (!groups.has(k)) groups.set(k, []); groups.get(k).push(s); }', /`groups`/],
  'count per sector': ['const counts = {}; for (const s of SYMBOLS) { const k = await sectorOf(s); counts[k] = (counts[k] || 0) + 1; } console.log(counts);', /`counts`/],
  'pairs': ['for (const a of SYMBOLS) { for (const b of SYMBOLS) { if (a !== b) console.log(a, b, (await getBars(a)).length - (await getBars(b)).length); } }', /goes through `SYMBOLS` again/],
  'pairs by index': ['for (let i = 0; i < SYMBOLS.length; i++) for (let j = i + 1; j < SYMBOLS.length; j++) console.log(correlate(SYMBOLS[i], SYMBOLS[j]));', /.*/],
  'neighbour by index': ['for (let i = 1; i < SYMBOLS.length; i++) { const a = await getBars(SYMBOLS[i]); const b = await getBars(SYMBOLS[i - 1]); if (a.length > b.length) console.log(SYMBOLS[i]); }', /single elements of `SYMBOLS`/],
  'only the first fifty': ['for (const s of SYMBOLS.slice(0, 50)) console.log(s, check(await getBars(s)));', /takes a part of `SYMBOLS`/],
  'first symbol as benchmark': ['const base = await getBars(SYMBOLS[0]); for (const s of SYMBOLS) console.log(s, (await getBars(s)).length > base.length);', /single elements of `SYMBOLS`/],
  'percent rank': ['const rows = []; for (const s of SYMBOLS) rows.push({ s, r: 1 }); for (const row of rows) { const below = rows.filter((o) => o.r < row.r).length; console.log(row.s, below / rows.length); }', /`rows`/],
  'deviation from the mean': ['const rows = await Promise.all(SYMBOLS.map(async (s) => ({ s, c: (await getBars(s)).length }))); const mean = sma(rows.map((r) => r.c), rows.length); return rows.filter((r) => r.c > mean);', /symbols/],
  'another symbol by key': ["const data = {}; for (const s of SYMBOLS) data[s] = await getBars(s); for (const s of SYMBOLS) { if (data[s].length > data.SPY.length) console.log(s); }", /line 9/],
  'some': ['const any = await SYMBOLS.some((s) => s.length > 3); console.log(any); for (const s of SYMBOLS) console.log(s);', /any of the symbols/],
  'find': ['const rows = []; for (const s of SYMBOLS) rows.push({ s }); const x = rows.find((r) => r.s === "AAPL"); console.log(x);', /looks for one element/],
  'includes in the loop': ['const seen = []; for (const s of SYMBOLS) { const k = await sectorOf(s); if (seen.includes(k)) continue; seen.push(k); console.log(s); }', /`seen`/],
  'one hit per sector by set': ['const seen = new Set(); for (const s of SYMBOLS) { const k = await sectorOf(s); if (seen.has(k)) continue; seen.add(k); console.log(s); }', /`seen`/],
  'a flag stops the rest': ['let done = false; for (const s of SYMBOLS) { if (done) continue; if (check(await getBars(s))) { done = true; console.log(s); } }', /symbols/],
  'limit by counter': ['let found = 0; for (const s of SYMBOLS) { if (found >= 3) continue; if (check(await getBars(s))) { found++; console.log(s); } }', /how many symbols/],
  'limit by counter around a message': ['let found = 0; for (const s of SYMBOLS) { if (found < 3) { found++; console.log(s); } }', /how many symbols/],
  'filter by position': ['const hits = []; for (const s of SYMBOLS) hits.push(s); return hits.filter((h, i) => i < 10);', /place among them/],
  'all or nothing': ['const hits = []; for (const s of SYMBOLS) hits.push(s); const out = hits.length > 20 ? [] : hits; return out;', /how many symbols/],
  'all or false': ['const hits = []; for (const s of SYMBOLS) hits.push(s); return hits.length < 20 && hits;', /how many symbols/],
  'cut to length': ['const hits = []; for (const s of SYMBOLS) hits.push(s); hits.length = 10; return hits;', /cuts `hits`/],
  'rank put into results': ['const hits = []; for (const s of SYMBOLS) hits.push({ symbol: s, rank: hits.length + 1 }); return hits;', /symbols/],
  'number of hits decides': ['const hits = []; for (const s of SYMBOLS) if (check(await getBars(s))) hits.push(s); if (hits.length > 20) return []; return hits;', /how many symbols/],
  'breadth': ['let up = 0; for (const s of SYMBOLS) if (check(await getBars(s))) up++; const breadth = up / SYMBOLS.length; if (breadth > 0.5) return SYMBOLS; return [];', /how many symbols/],
  'race': ['const first = await Promise.race(SYMBOLS.map(getBars)); console.log(first);', /Promise\.race/],
  'random numbers': ['for (const s of SYMBOLS) { if (Math.random() > 0.5) console.log(s); }', /random/],
  'code from text': ['for (const s of SYMBOLS) { eval("console.log(s)"); }', /text/],
  'passed to unknown code': ['const rows = []; for (const s of SYMBOLS) rows.push((await getBars(s)).length); console.log(SMA.calculate({ period: 3, values: rows }));', /can't be seen|symbols/],
  'portfolio built up': ['const book = { cash: 100000, positions: [] }; for (const s of SYMBOLS) { const c = (await getBars(s)).at(-1).c; if (book.cash > c) { book.cash -= c; book.positions.push(s); } } return book.positions;', /`book`/],
  'sorted in a helper': ['const hits = []; for (const s of SYMBOLS) hits.push({ s, v: 1 }); printTop(hits);', /sorts `rows`|`rows`/],
  'state in a class': ['const scanner = new Scanner(SYMBOLS); await scanner.run();', /class/],
  'destructured': ['const [benchmark, ...rest] = SYMBOLS; for (const s of rest) console.log(s, benchmark);', /single elements/],
  'object state through a parameter': ['const stats = {}; for (const s of SYMBOLS) await tally(s, stats); console.log(stats);', /`stats`|`into`/],
  'pushed through a parameter, then sorted': ['const hits = []; for (const s of SYMBOLS) await collect(s, hits); hits.sort(); return hits;', /sorts `hits`/],
  'state through an alias': ['const book = { cash: 1000 }; for (const s of SYMBOLS) { const b = book; if (b.cash > 10) { b.cash = b.cash - 10; console.log(s); } }', /symbols/],
  'state in a nested object': ['const stats = { all: [] }; for (const s of SYMBOLS) { const list = stats.all; list.push(s); if (list.length < 3) console.log(s); }', /symbols/],
  'an instance with memory': ['for (const s of SYMBOLS) { tracker.note(s); if (tracker.full()) console.log(s); }', /`tracker`/],
  'a counter in a closure': ['for (const s of SYMBOLS) { if (nextId() < 5) console.log(s); }', /./],
  'an object with methods and memory': ['for (const s of SYMBOLS) { if (gate.pass(s)) console.log(s); }', /this/],
  'keys in rotation': ['const keys = ["a", "b"]; for (const s of SYMBOLS) { const key = keys.shift(); keys.push(key); console.log(s, key); }', /`keys`/],
  'printed maximum by unseen code': ['const rows = []; for (const s of SYMBOLS) rows.push(s); console.log(SMA.calculate({ values: rows }));', /can't be seen/],
  'global variable': ['for (const s of SYMBOLS) { globalThis.last = globalThis.last ?? s; console.log(s, globalThis.last); }', /globalThis/],
}

const helpers = `
const fs = require('fs');
const { SMA } = require('technicalindicators');
const cache = new Map();
function chunk(list, size) { const out = []; for (let i = 0; i < list.length; i += size) out.push(list.slice(i, i + size)); return out; }
async function scanOne(symbol) { const bars = await getBars(symbol); const top = [...bars].sort((a, b) => b.c - a.c).slice(0, 3); return top.length ? { symbol, top } : null; }
async function collect(symbol, into) { const bars = await getBars(symbol); if (check(bars)) into.push({ symbol }); }
async function tally(symbol, into) { const bars = await getBars(symbol); into.count = (into.count || 0) + bars.length; }
async function sectorOf(symbol) { const r = await fetch('https://api.polygon.io/v3/' + symbol); return (await r.json()).sector; }
function report(rows) { for (const row of rows) console.log(row.symbol); }
function printTop(rows) { rows.sort((a, b) => b.v - a.v); console.log(rows); }
function correlate(a, b) { return a.length + b.length; }
class Tracker { constructor() { this.all = []; } note(s) { this.all.push(s); } full() { return this.all.length > 3; } }
const tracker = new Tracker();
function counter() { let n = 0; return () => ++n; }
const nextId = counter();
const gate = { n: 0, pass(s) { this.n++; return this.n < 3; } };
class Scanner { constructor(symbols) { this.symbols = symbols; this.hits = []; } async run() { for (const s of this.symbols) this.hits.push(s); } }`.replace(/\n/g, ' ')

describe('scripts that report their hits by printing objects', () => {
  test.each<[string, boolean]>([
    ['for (const symbol of SYMBOLS) { if (check(await getBars(symbol))) console.log({ symbol }); }', true],
    ['const hits = []; for (const symbol of SYMBOLS) { if (check(await getBars(symbol))) hits.push({ symbol }); } for (const hit of hits) console.log(JSON.stringify(hit));', true],
    ["const hits = []; for (const symbol of SYMBOLS) { if (check(await getBars(symbol))) hits.push({ symbol }); } hits.forEach((hit) => process.stdout.write(JSON.stringify(hit) + '\\n'));", true],
    ['const hits = []; for (const symbol of SYMBOLS) { console.log({ symbol }); if (check(await getBars(symbol))) hits.push({ symbol }); } return hits;', false],
    ['const hits = []; for (const symbol of SYMBOLS) { console.log({ symbol }); if (check(await getBars(symbol))) hits.push({ symbol }); } console.table(hits);', false],
    ['for (const symbol of SYMBOLS) { console.log(`${symbol} ${check(await getBars(symbol))}`); }', false],
  ])('%s', (body, isPrinting) => {
    const plan = planOf(script(body))
    expect([plan.printsHits === true, plan.split.symbols.mode]).toEqual(isPrinting ? [true, 'whole'] : [false, 'batch'])
  })
})

describe('scripts that may be split by symbol', () => {
  test.each(Object.entries(batch))('%s', (_, body) => {
    expect(planOf(script(body, helpers)).split.symbols).toMatchObject({ mode: 'batch', line: null })
  })
})

describe('scripts that must see all symbols at once', () => {
  test.each(Object.entries(whole))('%s', (_, [body, reason]) => {
    const verdict = planOf(script(body, helpers)).split.symbols
    expect(verdict).toMatchObject({ mode: 'whole' })
    expect(verdict.reason).toMatch(reason)
    expect(verdict.line).toBeGreaterThan(0)
    expect(verdict.line).toBeLessThanOrEqual(FIRST_LINE + body.split('\n').length)
  })
})

describe('division by date', () => {
  const byDate = (body: string) => planOf(script(body, helpers)).split.dates.mode
  test('dates one by one', () => {
    expect(byDate('const hits = []; for (const d of DATES) for (const s of SYMBOLS) hits.push({ symbol: s, date: d }); return hits;')).toBe('batch')
    expect(byDate('for (const s of SYMBOLS) { const bars = await getBars(s); for (const d of DATES) { const b = bars.find((x) => x.d === d); if (b) console.log(s, d); } }')).toBe('batch')
    expect(byDate('for (const s of SYMBOLS) console.log(s);')).toBe('batch')
  })
  test('dates related to each other', () => {
    expect(byDate('for (const s of SYMBOLS) { let previous = null; for (const d of DATES) { const c = (await getBars(s)).length; if (previous && c > previous) console.log(s, d); previous = c; } }')).toBe('whole')
    expect(byDate('for (const s of SYMBOLS) for (let i = 1; i < DATES.length; i++) console.log(DATES[i - 1], DATES[i]);')).toBe('whole')
    expect(byDate('const start = DATES[0]; for (const s of SYMBOLS) console.log(s, start);')).toBe('whole')
    expect(byDate('for (const s of SYMBOLS) { let streak = 0; for (const d of DATES) { if (check(await getBars(s + d))) streak++; else streak = 0; if (streak >= 3) console.log(s, d); } }')).toBe('whole')
  })
})
