import { describe, expect, test } from 'vitest'
import { planOf } from './support.ts'

/** What one symbol, or one date, leaves to the next beside the names that a loop gathers in: its own past, the clock, files, libraries. */

function script(body: string, before = ''): string {
  return `const SYMBOLS = ['AAPL', 'MSFT', 'NVDA'];
const DATES = ['2026-11-18', '2026-11-19', '2026-11-20'];
const fs = require('fs'); const path = require('path'); const axios = require('axios');
const { SMA, RSI } = require('technicalindicators');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function getBars(symbol) { const r = await fetch('https://api.polygon.io/v2/' + symbol); return (await r.json()).results; }
${before}
const hits = [];
async function main() {
${body}
}
main().catch(console.error);
`
}

describe('a name that carries its own past', () => {
  const dates: Record<string, string> = {
    'in a choice': 'streak = c > 1 ? streak + 1 : 0; if (streak > 1) hits.push({ s, d });',
    'in a call': 'streak = Math.max(streak, c); if (c < streak) hits.push({ s, d });',
    'in a sum': 'streak = streak * 0.5 + c * 0.5; if (streak > 3) hits.push({ s, d });',
    'in a function called in its own turn': 'streak = next(c); if (streak > 1) hits.push({ s, d }); function next(x) { return x > 1 ? streak + 1 : 0; }',
    'where a condition has no braces': 'if (c > 1) streak = c; else if (streak > 1) hits.push({ s, d });',
    'in a pattern': '[streak] = [streak + c]; if (streak > 3) hits.push({ s, d });',
    'through another name': 'const before = streak; streak = before + c; if (streak > 3) hits.push({ s, d });',
  }
  test.each(Object.entries(dates))('%s, over dates', (_, turn) => {
    const { symbols, dates } = planOf(script(`for (const s of SYMBOLS) { let streak = 0;\n for (const d of DATES) { const c = (await getBars(s + d)).at(-1).c;\n ${turn} } }`)).split
    expect(symbols.mode).toBe('batch')
    expect(dates).toMatchObject({ mode: 'whole', reason: expect.stringMatching(/`streak`.* one of the dates/), line: 12 })
  })
  test.each(Object.entries(dates))('%s, over symbols', (_, turn) => {
    const { symbols } = planOf(script(`let streak = 0; const d = 1;\n for (const s of SYMBOLS) { const c = (await getBars(s)).at(-1).c;\n ${turn} }`)).split
    expect(symbols).toMatchObject({ mode: 'whole', reason: expect.stringMatching(/`streak`.* one of the symbols/), line: 12 })
  })
  test.each([
    ['a var that is read before it is set', 'for (const s of SYMBOLS) { var n = (n || 0) + 1; if (n % 2) hits.push({ s }); }'],
    ['the time of the last that decides more than a pause', 'let last = 0; for (const s of SYMBOLS) { if (Date.now() - last < 250) continue; last = Date.now(); hits.push({ s }); }'],
    ['a name that other turns set while one waits', 'let bars; await Promise.all(SYMBOLS.map(async (s) => { bars = await getBars(s); await sleep(10); if (bars.length > 3) hits.push({ s }); }));'],
  ])('%s', (_, body) => {
    expect(planOf(script(body)).split.symbols.mode).toBe('whole')
  })
  test.each([
    ['is set anew', 'let c; for (const s of SYMBOLS) { c = (await getBars(s)).at(-1).c; if (c > 1) hits.push({ s }); }'],
    ['is set anew in a function that waits no more', 'let c; const one = async (s) => { c = (await getBars(s)).at(-1).c; if (c > 1) hits.push({ s }); }; for (const s of SYMBOLS) await one(s);'],
    ['is a var of each turn', 'for (const s of SYMBOLS) { var bars = await getBars(s); var c = bars.at(-1).c; if (c > 1) hits.push({ s }); }'],
    ['is of one symbol', 'for (const s of SYMBOLS) { let e = 0; for (const b of await getBars(s)) e = e * 0.5 + b.c * 0.5; if (e > 1) hits.push({ s }); }'],
  ])('a name that %s carries nothing', (_, body) => {
    expect(planOf(script(body)).split.symbols).toMatchObject({ mode: 'batch', isGoneThrough: true })
  })
})

const HIT = 'if (b.length) hits.push({ symbol: s });'
/** A loop with a wait, around what is done with the bars of each symbol. */
const loop = (turn: string, before = ''): string => `${before}\n for (const s of SYMBOLS) { const b = await getBars(s); await sleep(250);\n ${turn} }`

describe('the clock', () => {
  test.each<[string, string, string?]>([
    ['Date.now', `if (Date.now() - start > 60000) continue; ${HIT}`, 'const start = Date.now();'],
    ['a Date', `const late = new Date() - start > 60000; if (!late) { ${HIT} }`, 'const start = new Date();'],
    ['getTime', `if ((new Date().getTime() - start.getTime()) / 1000 < 60) { ${HIT} }`, 'const start = new Date();'],
    ['a deadline', `if (Date.now() > deadline) throw new Error('late'); ${HIT}`, 'const deadline = Date.now() + 60_000;'],
    ['performance', `if (b.length && performance.now() - start < 50000) { ${HIT} }`, 'const start = performance.now();'],
    ['performance alone', `if (performance.now() < 50000) { ${HIT} }`],
    ['the time the process is up', `if (process.uptime() < 40 && b.length) { ${HIT} }`],
    ['hrtime', `const [seconds] = process.hrtime(start); if (seconds < 40) { ${HIT} }`, 'const start = process.hrtime();'],
    ['hrtime without a start', `if (process.hrtime()[0] < 40) { ${HIT} }`],
    ['a helper', `if (isLate()) continue; ${HIT}`, 'const start = Date.now(); const now = () => Date.now(); function isLate() { return now() - start > 60000; }'],
    ['a helper with a start', `if (since(start) > 60) continue; ${HIT}`, 'const start = Date.now(); const since = (t) => (Date.now() - t) / 1000;'],
    ['a field', `if (Date.now() - stats.start > 60000) continue; ${HIT}`, 'const stats = { start: Date.now() };'],
    ['the time of day', `if (new Date().getHours() >= 17) continue; ${HIT}`],
    ['a switch', `late: switch (Math.floor((Date.now() - start) / 60000)) { case 0: ${HIT} }`, 'const start = Date.now();'],
  ])('decides: %s', (_, turn, before) => {
    expect(planOf(script(loop(turn, before))).split.symbols).toMatchObject({ mode: 'whole', reason: expect.stringMatching(/^line \d+ decides something by how long the script has run/) })
  })
  test.each<[string, string, string?]>([
    ['the time that it took', HIT, 'const started = Date.now(); process.on("exit", () => console.log(`took ${(Date.now() - started) / 1000} s`));'],
    ['progress', `const gone = (Date.now() - started) / 1000; console.log(\`\${s}: \${gone.toFixed(1)} s, \${gone > 60 ? 'slow' : 'fast'}\`); ${HIT}`, 'const started = Date.now();'],
    ['a warning', `if (Date.now() - started > 60000) console.warn('this takes long'); ${HIT}`, 'const started = Date.now();'],
    ['console.time', `console.time(s); ${HIT} console.timeEnd(s);`],
    ['the time of one symbol', `const t = performance.now(); const more = await getBars(s); if (performance.now() - t > 1000) continue; ${HIT}`],
    ['a range of dates', `const to = new Date(); const from = new Date(Date.now() - 90 * 864e5); const more = await getBars(s + from.toISOString() + to.toISOString()); ${HIT}`],
    ['the age of a bar', `if (Date.now() - b.at(-1).t > 5 * 864e5) continue; ${HIT}`],
    ['the age of a bar by a time from before', `if (now - new Date(b.at(-1).t) > 5 * 864e5) continue; ${HIT}`, 'const now = new Date(); const cutoff = now - 864e5;'],
    ['the day of the week', `if (new Date().getDay() === 1) continue; ${HIT}`],
    ['a pause between requests', `const gap = Date.now() - last; if (gap < 250) await sleep(250 - gap); last = Date.now(); ${HIT}`, 'let last = 0;'],
    ['a pause in an interceptor', `const { data } = await api.get('/' + s); ${HIT}`, "let next = 0; const api = axios.create({}); api.interceptors.request.use(async (c) => { const wait = Math.max(0, next - Date.now()); await sleep(wait); next = Date.now() + 250; return c; });"],
    ['what is at a given time', `if (Date.now() > Date.parse('2026-11-01')) { ${HIT} }`],
  ])('does not decide: %s', (_, turn, before) => {
    expect(planOf(script(loop(turn, before))).split.symbols).toMatchObject({ mode: 'batch' })
  })
})

describe('timers', () => {
  test.each<[string, string, string]>([
    ['sets a flag', `if (stop) continue; ${HIT}`, 'let stop = false; setTimeout(() => { stop = true; }, 40000);'],
    ['counts', `if (ticks < 40) { ${HIT} }`, 'let ticks = 0; const timer = setInterval(() => { ticks++; }, 1000);'],
    ['is a named function', `if (stop) continue; ${HIT}`, 'let stop = false; function end() { stop = true; } setTimeout(end, 40000);'],
    ['is a sleep', `if (stop) continue; ${HIT}`, 'let stop = false; sleep(40000).then(() => { stop = true; });'],
    ['aborts', `if (controller.signal.aborted) continue; ${HIT}`, 'const controller = new AbortController(); setTimeout(() => controller.abort(), 40000);'],
    ['aborts by another name', `await fetch('https://api.polygon.io/v2/' + s, { signal }); ${HIT}`, 'const controller = new AbortController(); const { signal } = controller; setTimeout(() => controller.abort(), 40000);'],
    ['is a signal', `await fetch('https://api.polygon.io/v2/' + s, { signal }); ${HIT}`, 'const signal = AbortSignal.timeout(40000);'],
    ['ends the process', HIT, 'setTimeout(() => { console.error("too long"); process.exit(1); }, 40000);'],
  ])('a timer that %s', (_, turn, before) => {
    expect(planOf(script(loop(turn, before))).split.symbols).toMatchObject({ mode: 'whole', reason: expect.stringContaining('when a time is up') })
  })
  test.each<[string, string, string?]>([
    ['of one request', `const controller = new AbortController(); const timer = setTimeout(() => controller.abort(), 5000); await fetch('https://api.polygon.io/v2/' + s, { signal: controller.signal }); clearTimeout(timer); ${HIT}`],
    ['of one request, as a signal', `await fetch('https://api.polygon.io/v2/' + s, { signal: AbortSignal.timeout(5000) }); ${HIT}`],
    ['that tells how far it is', `done++; ${HIT}`, 'let done = 0; const timer = setInterval(() => console.log(`${done} of ${SYMBOLS.length}`), 5000);'],
    ['that only messages hang on', `if (slow) console.log('still at it'); ${HIT}`, 'let slow = false; setTimeout(() => { slow = true; }, 40000);'],
    ['that starts the work again', HIT, 'if (process.argv.includes("--watch")) setInterval(main, 60000);'],
  ])('a timer %s', (_, turn, before) => {
    expect(planOf(script(loop(turn, before))).split.symbols).toMatchObject({ mode: 'batch' })
  })
})

describe('listeners and interceptors', () => {
  test.each<[string, string, string]>([
    ['an interceptor that counts to a limit', `const { data } = await api.get('/' + s); ${HIT}`, 'let calls = 0; const api = axios.create({}); api.interceptors.request.use((c) => { if (calls >= 100) throw new Error("quota"); calls += 1; return c; });'],
    ['a listener with a limit', `bus.emit('bars', s, b);`, "const EventEmitter = require('events'); const bus = new EventEmitter(); let left = 150; bus.on('bars', (s, b) => { if (left-- > 0) hits.push({ symbol: s }); });"],
    ['a listener that compares with the last', `bus.emit('bars', s, b);`, "const EventEmitter = require('events'); const bus = new EventEmitter(); let last = 0; bus.on('bars', (s, b) => { if (b[0].c > last) hits.push({ symbol: s }); last = b[0].c; });"],
  ])('%s', (_, turn, before) => {
    const { mode, line } = planOf(script(loop(turn, before))).split.symbols
    expect([mode, line]).toEqual(['whole', 10])
  })
  test.each<[string, string, string]>([
    ['an interceptor that adds a header', `const { data } = await api.get('/' + s); ${HIT}`, 'const api = axios.create({ headers: { a: 1 } }); api.interceptors.request.use((c) => { c.headers.Authorization = "x"; return c; }); api.interceptors.response.use((r) => r, (e) => Promise.reject(e));'],
    ['a listener for each symbol', `bus.emit('bars', s, b);`, "const EventEmitter = require('events'); const bus = new EventEmitter(); bus.on('bars', (symbol, b) => { if (b.length) hits.push({ symbol }); });"],
    ['a listener for the end', `bus.emit('bars', s, b);`, "const EventEmitter = require('events'); const bus = new EventEmitter(); bus.on('bars', (symbol, b) => { if (b.length) hits.push({ symbol }); }); bus.on('end', () => console.log(hits.length));"],
    ['a signal of the process', HIT, "process.on('SIGINT', () => process.exit(1));"],
  ])('%s leaves nothing behind', (_, turn, before) => {
    expect(planOf(script(loop(turn, before))).split.symbols).toMatchObject({ mode: 'batch' })
  })
})

describe('files', () => {
  test.each<[string, string, string?]>([
    ['a counter', `const n = Number(fs.readFileSync('n.txt', 'utf8')) + 1; fs.writeFileSync('n.txt', String(n)); if (n > 100) continue; ${HIT}`, "fs.writeFileSync('n.txt', '0');"],
    ['the size of a log', `fs.appendFileSync(LOG, s); if (fs.statSync(LOG).size < 700) { ${HIT} }`, "const LOG = path.join(__dirname, 'log.txt');"],
    ['files counted', `fs.writeFileSync(path.join('out', s + '.json'), '{}'); if (fs.readdirSync('out').length < 100) { ${HIT} }`],
    ['what was written read behind the loop', `fs.appendFileSync('all.csv', s); } { const lines = fs.readFileSync('all.csv', 'utf8').split(','); console.log(lines.length); ${HIT.replace('b.length', 'lines.length')}`],
    ['the same by promises', `await fs.promises.appendFile('log.txt', s); const { size } = await fs.promises.stat('log.txt'); if (size < 700) { ${HIT} }`],
  ])('%s', (_, turn, before) => {
    expect(planOf(script(loop(turn, before))).split.symbols).toMatchObject({ mode: 'whole', reason: expect.stringMatching(/file/) })
  })
  test.each<[string, string, string?]>([
    ['a cache for each symbol', `const file = path.join('cache', s + '.json'); if (fs.existsSync(file)) { const kept = JSON.parse(fs.readFileSync(file)); } else fs.writeFileSync(file, JSON.stringify(b)); ${HIT}`],
    ['a cache behind functions', `const kept = cached(s) ?? keep(s, b); ${HIT}`, "const fileOf = (s) => path.join('cache', `${s}.json`); const cached = (s) => (fs.existsSync(fileOf(s)) ? JSON.parse(fs.readFileSync(fileOf(s), 'utf8')) : null); const keep = (s, b) => { fs.writeFileSync(fileOf(s), JSON.stringify(b)); return b; };"],
    ['lines written', `fs.appendFileSync('out.csv', s + '\\n'); ${HIT}`],
    ['a header where there is none', `if (!fs.existsSync('out.csv')) fs.writeFileSync('out.csv', 'symbol\\n'); fs.appendFileSync('out.csv', s + '\\n'); ${HIT}`],
    ['what a run before left', `fs.writeFileSync('last.json', JSON.stringify(s)); ${HIT}`, "const last = fs.existsSync('last.json') ? fs.readFileSync('last.json', 'utf8') : '';"],
    ['settings read for each symbol', `const { least } = JSON.parse(fs.readFileSync('settings.json', 'utf8')); fs.appendFileSync('log.txt', s); ${HIT}`],
  ])('%s is no state', (_, turn, before) => {
    expect(planOf(script(loop(turn, before))).split.symbols).toMatchObject({ mode: 'batch' })
  })
})

describe('objects of libraries', () => {
  test.each<[string, string, string]>([
    ['an indicator that all symbols feed', `const v = sma.nextValue(b.at(-1).c); if (v === undefined || b.at(-1).c > v) { ${HIT} }`, 'const sma = new SMA({ period: 150, values: [] });'],
    ['the same by the name of its library', `const v = sma.nextValue(b.at(-1).c); if (v > 1) { ${HIT} }`, "const ti = require('technicalindicators'); const sma = new ti.SMA({ period: 150, values: [] });"],
  ])('%s', (_, turn, before) => {
    expect(planOf(script(loop(turn, before))).split.symbols).toMatchObject({ mode: 'whole', line: 12, reason: expect.stringContaining('uses `sma`') })
  })
  test.each<[string, string, string?]>([
    ['a pure function', `const rsi = RSI.calculate({ values: b.map((x) => x.c), period: 14 }); if (rsi.at(-1) < 30) { ${HIT} }`],
    ['an indicator of each symbol', `const sma = new SMA({ period: 5, values: [] }); let v; for (const x of b) v = sma.nextValue(x.c); if (v > 1) { ${HIT} }`],
    ['a client', `const { data } = await api.get('/' + s); if (data.length) { ${HIT} }`, "const api = axios.create({ baseURL: 'https://api.polygon.io', headers: { a: 1 }, timeout: 5000 });"],
  ])('%s keeps nothing', (_, turn, before) => {
    expect(planOf(script(loop(turn, before))).split.symbols).toMatchObject({ mode: 'batch' })
  })
})
