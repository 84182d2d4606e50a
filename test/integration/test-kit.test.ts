import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { fakeMarket, makeBars, runScanner, type RunScannerOptions } from '../../api/testing/index.ts'
import { defineScanner, type ScanContext } from '../../sdk/index.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'strikescan-run-scanner-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PLUGINS = fileURLToPath(new URL('../../plugins/scanners/', import.meta.url))
const market = fakeMarket({
  SPY: 'trend',
  RISE: { shape: 'trend', drift: 0.01 },
  FALL: { shape: 'trend', drift: -0.01, sessions: 300 },
  FLAT: 'flat',
  JUMP: { shape: 'gap', gap: { size: 0.08 } },
  SPLIT: 'split',
  HALT: { shape: 'halt', halt: { at: -1, length: 1 } },
  YOUNG: { shape: 'trend', sessions: 3 },
})

/** The rows of a scanner's text in both places; its own file stands in for the module that a test would import. */
async function both(name: string, body: string, options: RunScannerOptions) {
  const file = join(folder, `${name}.js`)
  writeFileSync(file, `import { defineScanner, topRanked } from 'strikescan'\nexport default ${body}\n`)
  const { default: scanner } = (await import(file)) as { default: Parameters<typeof runScanner>[0] }
  return [await runScanner(scanner, options), await runScanner(file, options)] as const
}

describe('a scanner in this process and in the isolate', () => {
  it.each(['gap-and-go', 'relative-strength-rank', 'rsi-reversal', 'volume-surge'])('%s gives the same rows', async (name) => {
    const { default: scanner } = (await import(join(PLUGINS, `${name}.ts`))) as { default: Parameters<typeof runScanner>[0] }
    const options = { market, from: '2026-11-17', to: '2026-11-20' }
    const [here, there] = [await runScanner(scanner, options), await runScanner(join(PLUGINS, `${name}.ts`), options)]
    expect([here.engine, there.engine]).toEqual(['process', 'isolate'])
    expect(there.rows).toHaveLength(8 * 4)
    expect(here.rows).toEqual(there.rows)
  })

  it('treats what cannot stand alike', async () => {
    const values = ['NaN', '{ score: Infinity }', "{ score: 'x' }", '{ data: 1n }', '{ data: () => 1 }', "{ direction: 'up' }", "{ data: { deep: { x: Symbol() } } }", "{ data: 'x'.repeat(1e6) }", '{ strategies: 7 }', "{ strategies: ['Long Call', ' '] }", '{ reason: 7 }', "{ reason: 'x'.repeat(501) }", '{ data: { p: Promise.resolve(1) } }', '{ data: { n: NaN } }', 'null', 'true', '3', '(() => { const a = {}; a.a = a; return { data: a } })()', '{ data: { [Symbol()]: 1 } }', '{ data: new Error() }', '[]', '{ symbol: "SPY" }', '{ data: [undefined] }', '(() => { throw new Error("a", { cause: new Error("b") }) })()']
    const symbols = Object.fromEntries(values.map((_, at) => [`S${at}`, 'flat' as const]))
    const [here, there] = await both('values', `defineScanner({ scan({ symbol }) { return [${values.map((value) => `() => (${value})`).join(', ')}][Number(symbol.slice(1))]() } })`, { market: symbols })
    expect(here.rows.map(({ symbol, status, error }) => [symbol, status, error?.code, error?.message])).toEqual(there.rows.map(({ symbol, status, error }) => [symbol, status, error?.code, error?.message]))
    expect(new Set(there.rows.map(({ error }) => error?.code))).toEqual(new Set(['invalid_score', 'result_not_plain', 'invalid_direction', 'result_too_large', 'invalid_strategies', 'result_cycle', 'script_threw', undefined]))
  })

  it('keeps parameters from being changed by one scan for the next', async () => {
    const [here, there] = await both('params', 'defineScanner({ params: { n: 5 }, scan({ params }) { try { params.n++ } catch {} return params.n } })', { market: { A: 'flat', B: 'flat', C: 'flat' } })
    expect(here.rows).toEqual(there.rows)
    expect(there.rows.map(({ score }) => score)).toEqual([5, 5, 5])
  })

  it('screens alike', async () => {
    const body = "defineScanner({ universe: { activateAbove: 0, minPrice: 101, limit: 2 }, scan: () => true })"
    const [here, there] = await both('screen', body, { market, symbols: ['RISE', ' fall', 'FLAT', 'NOPE', 'HALT', 'SPY'] })
    expect(here.rows).toEqual(there.rows)
    expect(new Set(there.rows.map(({ status }) => status))).toEqual(new Set(['hit', 'rejected', 'no_data']))
    const [open, openThere] = await both('screen', body, { market, prefilter: false })
    expect(open.rows).toEqual(openThere.rows)
    expect(open.rows.some(({ status }) => status === 'rejected')).toBe(false)
  })

  it('prices options in a scan, by import and by require', async () => {
    // Haug, The Complete Guide to Option Pricing Formulas, 2nd edition: a call on a stock (2.1), a put on one with a dividend yield (2.3).
    const call = "europeanPrice('call', { spot: 60, strike: 65, years: 0.25, vol: 0.3, rate: 0.08 })"
    const put = "europeanPrice('put', { spot: 100, strike: 95, years: 0.5, vol: 0.2, rate: 0.1, dividendYield: 0.05 })"
    const texts = {
      'imports.ts': `import { defineScanner } from 'strikescan'\nimport { europeanPrice, type OptionInputs } from 'strikescan/options'\nexport default defineScanner({ scan: () => ({ data: [${call}, ${put}] }) })\n`,
      'requires.cjs': `const { europeanPrice } = require('strikescan/options')\nmodule.exports = { scan: () => ({ data: [${call}, ${put}] }) }\n`,
      'later.mjs': `export async function scan() {\n  const { europeanPrice } = await import('strikescan/options')\n  return { data: [${call}, ${put}] }\n}\n`,
    }
    for (const [name, text] of Object.entries(texts)) {
      const file = join(folder, name)
      writeFileSync(file, text)
      const { rows } = await runScanner(file, { market: { A: 'flat' } })
      expect(rows[0], name).toMatchObject({ status: 'hit', data: [expect.closeTo(2.1334, 4), expect.closeTo(2.4648, 4)] })
    }
  })

  it.each([
    ['scan', "defineScanner({ scan({ symbol }) { if (symbol === 'FLAT') for (;;); return true } })"],
    ['rank', 'defineScanner({ scan: () => ({ score: 1 }), rank() { for (;;); } })'],
    ['before', 'defineScanner({ before() { for (;;); }, scan: () => true })'],
  ])('says that a %s would time out in production', async (name, body) => {
    const [here, there] = await both(`loop-${name}`, body, { market, symbols: ['FLAT', 'RISE'], limits: { symbolTimeoutMs: 300 } })
    const brief = (run: typeof here) => run.rows.map(({ symbol, status }) => [symbol, status])
    expect(brief(here)).toEqual(brief(there))
    expect(here.rows[0]).toMatchObject({ status: 'timed_out', reason: expect.stringContaining('after 0.3 s and was stopped') })
  })

  it('ranks, shares and logs alike', async () => {
    const body = `defineScanner({
      params: { top: { default: 1, min: 1, integer: true } },
      before: async ({ history }) => ({ index: history('spy').close.at(-1) }),
      scan({ bars, shared, log, symbol }) { log.warn(symbol); return { score: bars.close.at(-1), data: { ...shared, bars: bars.length } } },
      after() { throw new Error('late') },
      rank: ({ candidates, params, log }) => { log('ranking', candidates.length); return topRanked(candidates, { top: params.top, order: 'lowest' }) },
    })`
    const [here, there] = await both('steps', body, { market, symbols: ['JUMP', 'RISE', 'FALL'], dates: ['2026-11-19', '2026-11-20'], params: { top: '2' } })
    expect(here.rows).toEqual(there.rows)
    expect(there.hits).toHaveLength(4)
    const sorted = (run: typeof here) => run.logs.map(({ level, symbol, text }) => `${level} ${symbol} ${text}`).sort()
    expect(sorted(here)).toEqual(sorted(there))
    expect(here.warnings.map(({ code, message }) => [code, message])).toEqual(there.warnings.map(({ code, message }) => [code, message]))
  })
})

describe('runScanner', () => {
  it('runs any pattern from its file', async () => {
    const file = join(folder, 'main.js')
    writeFileSync(file, 'export async function main(symbols, dates) { return symbols.map((symbol) => ({ symbol, score: symbol.length, dates })) }\n')
    const { hits } = await runScanner({ href: new URL(`file://${file}`).href }, { market: { AB: 'flat', ABC: 'gap' } })
    expect(hits.map(({ symbol, score, data }) => [symbol, score, data])).toEqual([
      ['AB', 2, { symbol: 'AB', score: 2, dates: ['2026-11-20'] }],
      ['ABC', 3, { symbol: 'ABC', score: 3, dates: ['2026-11-20'] }],
    ])
  })

  it('shows the line of a failure in either place', async () => {
    const bars = makeBars('gap', { sessions: 5 })
    const here = await runScanner(() => { throw new TypeError('no') }, { bars })
    expect(here.rows[0]).toMatchObject({ symbol: 'TEST', status: 'failed', reason: 'TypeError: no', error: { code: 'script_threw' } })
    const file = join(folder, 'throws.js')
    writeFileSync(file, 'export function scan() {\n  throw new TypeError("no")\n}\n')
    const { rows } = await runScanner(file, { bars, symbol: 'XYZ' })
    expect(rows[0]).toMatchObject({ symbol: 'XYZ', reason: 'TypeError: no', error: { line: 2, column: 9, frame: expect.stringContaining('> 2 |') } })
  })

  it('cuts the bars at the date and at the lookback', async () => {
    const seen: [string, number, string | undefined][] = []
    const scan = ({ date, bars }: ScanContext) => void seen.push([date, bars.length, bars.date.at(-1)])
    await runScanner(defineScanner({ lookback: 4, scan }), { bars: makeBars('trend', { sessions: 6 }), from: '2026-11-17' })
    expect(seen).toEqual([['2026-11-17', 3, '2026-11-17'], ['2026-11-18', 4, '2026-11-18'], ['2026-11-19', 4, '2026-11-19'], ['2026-11-20', 4, '2026-11-20']])
  })

  it('takes an object with a scan, as files hand one out', async () => {
    const { rows } = await runScanner({ least: 3, scan(_symbol: string, list: unknown[]) { return list.length > (this as { least: number }).least } } as never, { market: { A: 'flat' } })
    expect(rows.map(({ status }) => status)).toEqual(['hit'])
  })

  const scanner = defineScanner({ params: { gap: { default: 1, min: 0 } }, scan: () => true })
  const bars = makeBars('flat', { sessions: 2 })
  it.each<[string, unknown, RunScannerOptions, string | RegExp]>([
    ['nothing to scan', scanner, {}, /there is nothing to scan; give bars, or a market/],
    ['two markets', scanner, { bars, market: { A: bars } }, /bars or a market, not both/],
    ['an unknown parameter', scanner, { bars, params: { gpa: 1 } }, /no parameter "gpa"; did you mean gap\?/],
    ['a parameter out of range', scanner, { bars, params: { gap: -1 } }, /gap takes a number of 0 or more, not -1/],
    ['a date that is none', scanner, { bars, dates: ['soon'] }, /soon/],
    ['bars that cannot be prices', scanner, { bars: [{ ...bars[0]!, close: Number.NaN }] }, /bar 0 of TEST has close NaN; prices are numbers above 0/],
    ['a misspelt option', scanner, { bars, parms: {} } as never, /runScanner has no option parms; did you mean params\?/],
    ['a limit that is no number', scanner, { bars, limits: { symbolTimeoutMs: '5' } } as never, /limits\.symbolTimeoutMs must be a whole number of 1 or more, not 5/],
    ['no dates at all', scanner, { bars, dates: [] }, /dates is an empty list; leave it out for the last session/],
    ['an empty market', scanner, { market: {} }, /there are no symbols; give at least one/],
    ['a list of dates that is text', scanner, { bars, dates: '2026-11-20' } as never, /dates must be a list, not "2026-11-20"/],
    ['parameters that are none', scanner, { bars, params: 5 } as never, /params must be an object, such as .*, not 5/],
    ['options that are null', scanner, null as never, /runScanner takes an object of .*, not null/],
    ['no scanner', 7, { bars }, /runScanner: 7 is no scanner; give the scanner's file, what defineScanner returned, or a function/],
    ['nothing', undefined, { bars }, /runScanner: undefined is no scanner/],
    ['an object of other things', { name: 'x' }, { bars }, /runScanner: an object with name is no scanner/],
    ['a module', { default: scanner }, { bars }, /runScanner: an object with default is no scanner; give its default export/],
    ['a file that is not there', 'nowhere.ts', { bars }, /nowhere\.ts cannot be read: there is no such file; in a test, new URL/],
    ['a folder', '.', { bars }, /cannot be read: it is a folder/],
    ['an address', new URL('https://example.com/a.ts'), { bars }, /https:\/\/example\.com\/a\.ts is no file/],
  ])('refuses %s', async (_, subject, options, message) => {
    await expect(runScanner(subject as never, options)).rejects.toThrow(message)
  })
})
