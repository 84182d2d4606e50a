import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { inPairs, openTestHost, type Hosted, type TestHost } from './support/hosting.ts'
import { runInNode, type PlainOutcome } from './support/plain-node.ts'

/** Files as authors write them mean in an isolate what they mean in plain Node. */

const folder = fileURLToPath(new URL('../fixtures/injection/', import.meta.url))
const files = readdirSync(folder).sort()

let host: TestHost
beforeAll(async () => {
  host = await openTestHost({ 'workers.count': 1, 'row.maxBytes': 1_000_000 })
})
afterAll(() => host.close())

describe('what plain Node makes of a file, the isolate makes of it', () => {
  const outcomes = new Map<string, { hosted: Hosted; plain: PlainOutcome }>()
  beforeAll(async () => {
    await inPairs(files, async (name) => {
      const source = readFileSync(folder + name)
      const [plain, hosted] = await Promise.all([runInNode(name, source), host.run(source, { filename: name, symbols: ['AAPL'] })])
      outcomes.set(name, { hosted, plain })
    })
  })

  it.each(files)('%s', (name) => {
    const { hosted, plain } = outcomes.get(name)!
    expect(hosted.run.error).toBeNull()
    expect(hosted.rows[0]!.error).toBeNull()
    expect({ data: hosted.rows[0]!.data }).toEqual(plain)
  })
})

describe('the script is not changed', () => {
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

  it('the bytes stored are the bytes that came', async () => {
    const invalid = Uint8Array.from([...new TextEncoder().encode('exports.scan = () => 1 // '), 0xff, 0xfe, 0x0d, 0x0a])
    const sources = [...files.map((name) => ({ name, bytes: new Uint8Array(readFileSync(folder + name)) })), { name: 'latin1.js', bytes: invalid }]
    for (const { name, bytes } of sources) {
      const handle = host.host.startRun({ filename: name, source: bytes, symbols: ['AAPL'] })
      expect({ name, sha256: sha256(host.host.source(handle.id)) }).toEqual({ name, sha256: sha256(bytes) })
      handle.cancel()
      await handle.done
    }
  })

  const whole = `const SYMBOLS = [ 'AAPL','MSFT' ] // the list
const FROZEN = Object.freeze( [ '2026-11-20' ] ), DATES = FROZEN
  async   function main ( a = 1, /* b */ ) {
\t// the author's   odd   spacing
\treturn [ { symbol: SYMBOLS[0], data: texts() } ] }
const arrow = async( x )=>{ return x }
class   Kept { static  #p = 1 ; m ( ) { } }
function texts() { return { main: main.toString(), arrow: arrow.toString(), kept: Kept.toString(), texts: texts.toString() } }
main( )
`
  const texts = {
    main: whole.slice(whole.indexOf('async   function'), whole.indexOf('\nconst arrow')),
    arrow: 'async( x )=>{ return x }',
    kept: 'class   Kept { static  #p = 1 ; m ( ) { } }',
    texts: whole.split('\n').find((line) => line.startsWith('function texts'))!,
  }
  it.each([
    ['with its own lists', {}],
    ['with other lists', { symbols: ['NVDA'], dates: ['2026-11-19'] }],
  ])('`toString` gives the author\'s text, %s', async (_, request) => {
    const { rows, run } = await host.run(whole, { ...request, split: 'never' })
    expect(run.error).toBeNull()
    expect(rows[0]!.data).toEqual(texts)
  })
  it('also with top-level await and Windows line ends', async () => {
    const source = whole.replace('main( )', 'await main( )').replaceAll('\n', '\r\n')
    const { rows, run } = await host.run(source, { filename: 'scan.mjs', split: 'never', symbols: ['NVDA'] })
    expect(run.error).toBeNull()
    // The language normalises line ends in no function's text.
    expect(rows[0]!.data).toEqual(Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.replaceAll('\n', '\r\n')])))
  })
  it('exported functions and default exports', async () => {
    const source = `export default   function ( symbol,bars ) { return { data: texts() } }
export  const lookback = 3
function texts() { return [ self.name, other.toString() ] }
export async function *other ( ) { }
import * as self_ from 'strikescan'
const self = { name: typeof self_ }
`
    expect((await host.run(source, { symbols: ['AAPL'] })).rows[0]!.data).toEqual(['object', 'async function *other ( ) { }'])
  })
})

describe('modules', () => {
  const IMPORTS: Record<string, [filename: string, source: string, data: unknown]> = {
    'the SDK by name, default and namespace': [
      'a.mjs',
      `import all, { ta as indicators, defineScanner } from 'strikescan'\nimport * as sdk from 'strikescan'\nexport const scan = () => ({ data: [indicators === sdk.ta, all.ta === sdk.ta, typeof defineScanner, Array.from(indicators.sma([1, 2, 3], 2)).slice(1)] })`,
      [true, true, 'function', [1.5, 2.5]],
    ],
    'the SDK by require': ['a.cjs', `const { ta } = require('strikescan')\nexports.scan = () => ({ data: [...ta.sma([1, 2, 3], 2)].slice(1) })`, [1.5, 2.5]],
    'technicalindicators by require': ['a.js', `const { RSI, SMA } = require('technicalindicators')\nexports.scan = (s, bars) => ({ data: [SMA.calculate({ period: 2, values: [1, 2, 3] }), typeof RSI.calculate({ period: 14, values: bars.map((b) => b.close) }).at(-1)] })`, [[1.5, 2.5], 'number']],
    'technicalindicators by import': ['a.mjs', `import * as ti from 'technicalindicators'\nimport { SMA as Mean } from 'technicalindicators'\nexport const scan = () => ({ data: [ti.SMA.calculate({ period: 2, values: [1, 2, 3] }), ti.SMA === Mean] })`, [[1.5, 2.5], true]],
    'dynamic import': ['a.mjs', `export const scan = async () => { const { SMA } = await import('technicalindicators'); const sdk = await import('strikescan'); return { data: [SMA.calculate({ period: 2, values: [1, 3] }), typeof sdk.ta] } }`, [[2], 'object']],
    'dynamic import of what is not there': ['a.js', `exports.scan = async () => { const name = 'f' + 's'; try { await import(name) } catch (error) { return { data: error.message.includes("'fs'") } } }`, true],
    'node-fetch and its classes': ['a.mjs', `import fetch, { Headers, Response } from 'node-fetch'\nexport const scan = async (symbol) => { const answer = await fetch('https://api.polygon.io/v2/aggs/ticker/' + symbol + '/prev?apiKey=k', { headers: new Headers({ a: 'b' }) }); return { data: [answer.ok, answer instanceof Response, new Headers({ A: 'b' }).get('a')] } }`, [true, true, 'b']],
    'node-fetch under the name of fetch': ['a.js', `var fetch = require('node-fetch')\nexports.scan = async (symbol) => ({ data: (await fetch('https://api.polygon.io/v2/aggs/ticker/' + symbol + '/prev?apiKey=k')).status })`, 200],
    'dotenv, timers and performance': ['a.mjs', `import 'dotenv/config'\nimport { setTimeout as sleep } from 'node:timers/promises'\nimport { performance } from 'perf_hooks'\nexport const scan = async () => { const from = performance.now(); await sleep(250); return { data: performance.now() - from } }`, 250],
  }
  it.each(Object.keys(IMPORTS))('%s', async (name) => {
    const [filename, source, data] = IMPORTS[name]!
    const { run, rows } = await host.run(source, { filename, symbols: ['AAPL'] })
    expect(run.error).toBeNull()
    expect(rows[0]!.error).toBeNull()
    expect(rows[0]!.data).toEqual(data)
  })
})

describe('TypeScript', () => {
  it('means what it means, compiled', async () => {
    const source = `import type { Bar } from 'strikescan'
enum Side { Long = 'long', Short = 'short' }
const enum Weight { Low = 1, High = Low << 3 }
namespace Tools { export const double = (n: number): number => n * 2; export interface Unused { a: string } }
interface Shape<T extends object = {}> { readonly kind: Side; value?: T }
abstract class Base<T> { constructor(protected readonly base: T, public side = Side.Long) {} abstract run(): T }
class Derived extends Base<number> { #x!: number; declare y: string; override run(): number { return Tools.double(this.base) as number satisfies number } }
function over(a: string): string; function over(a: number): number; function over(a: unknown): unknown { return a }
let later!: number; later = 5
export const lookback: number = 5
export function scan(this: void, symbol: string, bars: readonly Bar[], ..._rest: unknown[]): Shape<{ a: number }> | null {
  const x = new Derived(21); const generic = <T,>(value: T): T => value
  return { kind: x.side, data: { run: x.run(), side: Side.Short, weight: Weight.High, over: over(generic<number>(1)), later, n: bars!.length, keys: Object.keys(Side) } } as never
}`
    const { run, rows } = await host.run(source, { filename: 'scan.ts', symbols: ['AAPL'] })
    expect(run.error).toBeNull()
    expect(rows[0]).toMatchObject({ status: 'hit', data: { data: { run: 42, side: 'short', weight: 8, over: 1, later: 5, n: 5, keys: ['Long', 'Short'] } } })
  })
})

describe('the command line', () => {
  const cli = fileURLToPath(new URL('../../api/cli/strikescan.js', import.meta.url))
  const script = fileURLToPath(new URL('../../examples/second-day-continuation.js', import.meta.url))

  it('runs a file as it stands, with its own lists and with others', async () => {
    const env = { PATH: process.env.PATH!, STRIKESCAN_MARKET_SIMULATED_SYMBOLS: '60' }
    const runFile = async (...args: string[]): Promise<Record<string, unknown>[]> => {
      const { stdout } = await promisify(execFile)(process.execPath, [cli, 'run', script, '--home', `${host.home}/command-line`, '--json', ...args], { env, maxBuffer: 1e8 })
      return (JSON.parse(stdout) as { rows: Record<string, unknown>[] }).rows
    }
    const essence = (rows: readonly object[]) => rows.map((row) => row as Record<string, unknown>).map(({ symbol, date, status, score, data }) => ({ symbol, date, status, score, data }))
    const own = await runFile()
    expect(own.length).toBe(20 * 3)
    expect(essence(own)).toEqual(essence((await host.run(readFileSync(script), { filename: 'second-day-continuation.js' })).rows))
    const others = await runFile('--symbols', 'NVDA,TSLA', '--dates', '2026-11-18')
    expect(others.map(({ symbol, date }) => [symbol, date])).toEqual([['NVDA', '2026-11-18'], ['TSLA', '2026-11-18']])
  })
})
