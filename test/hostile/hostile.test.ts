import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { inPairs, openTestHost, type Hosted, type TestHost } from '../integration/support/hosting.ts'

/**
 * Scripts that mean harm. Each runs over twelve symbols and misbehaves on one, or from its top level on. What it does
 * costs the symbol at fault its row; every other row is that of an honest run, and the host lives.
 */

const CULPRIT = 'NVDA'
const HONEST = `const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export const scan = (symbol, bars) => honest(bars)`

interface Expected {
  /** Of the symbol at fault; `honest`: it too gets the row of an honest run. */
  status: 'failed' | 'timed_out' | 'out_of_memory' | 'hit' | 'honest'
  code?: string
  says?: RegExp
  data?: unknown
  warnings?: string[]
  symbolTimeoutMs?: number
}

const timesOut: Expected = { status: 'timed_out', code: 'symbol_timeout' }
const throws = (says: RegExp): Expected => ({ status: 'failed', code: 'script_threw', says })
const outOfMemory: Expected = { status: 'out_of_memory', code: 'script_out_of_memory', symbolTimeoutMs: 5_000 }
const harmless: Expected = { status: 'honest' }

const ATTACKS: Record<string, Expected> = {
  'loop-sync': timesOut,
  'loop-regex': timesOut,
  'loop-microtasks': timesOut,
  'loop-timers': timesOut,
  'loop-interval': timesOut,
  'loop-result-getter': timesOut,
  'loop-result-proxy': timesOut,
  'loop-proxy-length': { status: 'failed', code: 'result_too_large' },
  'loop-error-message': timesOut,
  'loop-error-stack': timesOut,
  'loop-error-to-string': timesOut,
  'loop-prepare-stack-trace': { ...timesOut, warnings: ['state_lost'] },
  'loop-then': timesOut,
  'loop-bigint': timesOut,
  'loop-fill': timesOut,
  'throw-proxy': throws(/no error/),
  'throw-looping-proxy': timesOut,
  'throw-proxy-function': throws(/function/),
  'throw-hostile-error': throws(/./),
  'throw-forged-error': throws(/"status":"hit"/),
  'throw-huge-message': throws(/^Error: x{100}/),
  'reject-hostile': throws(/no error/),
  recursion: throws(/RangeError: Maximum call stack/),
  'memory-heap': outOfMemory,
  'memory-string': outOfMemory,
  'memory-typed-arrays': outOfMemory,
  'memory-map': outOfMemory,
  'memory-regexp-intl': outOfMemory,
  'huge-return': { status: 'failed', code: 'result_too_large' },
  'huge-return-list': { status: 'failed', code: 'result_too_large' },
  'huge-strategies': { status: 'failed', code: 'invalid_strategies' },
  exit: throws(/process\.exit\(1\)/),
  'exit-forced': throws(/process\.exit\(3\)/),
  'escape-constructor': { status: 'hit', data: { found: [], grown: 'undefinedundefinedundefinedundefined', same: true } },
  'escape-callsite': { status: 'hit', data: { leaked: false, found: true } },
  'escape-host-functions': { status: 'hit', data: { odd: [], missing: [] } },
  'buffer-resize': { status: 'hit', data: [false, false, false, false, false, 'undefined', false] },
  'forged-row': { status: 'hit', data: '\u0001' },
  'pending-mark': { status: 'failed', code: 'result_not_plain' },
  'log-flood': { ...harmless, warnings: ['logs_dropped'] },
  'log-huge': harmless,
  'log-hostile': harmless,
  'work-left-behind': harmless,
  'poison-everything': harmless,
  'poison-setters': harmless,
  'poison-promises': harmless,
  'proto-symbol': { ...harmless, warnings: ['stray_hits'] },
  'main-one-fails': timesOut,
}

/** Attacks that fail the whole run, or all of its rows. */
const TOTAL: Record<string, { run?: string; says?: RegExp; rows?: string }> = {
  'main-all-fail': { rows: 'timed_out' },
  'top-level-loop': { run: 'load_timeout' },
  'top-level-throw-proxy': { run: 'load_timeout' },
  'top-level-memory': { run: 'load_failed', says: /memory/ },
}

const folder = new URL('attacks/', import.meta.url)
const LIMITS = { symbolTimeoutMs: 500, memoryMb: 256, workers: 1, timeoutMs: 30_000 }
const DATE = '2026-11-20'

let host: TestHost
let symbols: string[]
let honest: Hosted
const outcomes = new Map<string, Hosted>()
beforeAll(async () => {
  host = await openTestHost({ 'market.simulatedSymbols': 40 })
  const all = (await host.run(HONEST, { universe: 'all' })).rows.filter(({ status, data }) => status === 'hit' && (data as { n: number }).n > 500).map(({ symbol }) => symbol)
  symbols = [...all.filter((symbol) => symbol !== CULPRIT).slice(0, 5), CULPRIT, ...all.filter((symbol) => symbol !== CULPRIT).slice(5, 11)]
  honest = await host.run(HONEST, { symbols, dates: [DATE] })
  await inPairs([...Object.keys(ATTACKS), ...Object.keys(TOTAL)], async (name) => {
    const symbolTimeoutMs = ATTACKS[name]?.symbolTimeoutMs
    outcomes.set(name, await host.run(readFileSync(new URL(`${name}.js`, folder)), { limits: { ...LIMITS, ...(symbolTimeoutMs !== undefined && { symbolTimeoutMs }) }, filename: `${name}.js`, symbols, dates: [DATE] }))
  })
}, 180_000)
afterAll(() => host.close())

const essence = ({ rows }: Hosted) => rows.map(({ symbol, status, score, data }) => ({ symbol, status, score, data }))

it('every attack stands in a table', () => {
  const files = readdirSync(folder).map((name) => name.replace(/\.js$/, ''))
  expect(files.sort()).toEqual([...Object.keys(ATTACKS), ...Object.keys(TOTAL)].sort())
})

it('the honest run is twelve hits', () => {
  expect(honest.rows.map(({ symbol }) => symbol)).toEqual(symbols)
  expect(honest.rows.map(({ status }) => status)).toEqual(new Array(12).fill('hit'))
})

describe('costs only the symbol at fault its row', () => {
  it.each(Object.keys(ATTACKS))('%s', (name) => {
    const { status, code, says, data, warnings = [] } = ATTACKS[name]!
    const hosted = outcomes.get(name)!
    expect(hosted.run).toMatchObject({ status: 'completed', error: null })
    expect(hosted.run.warnings.map((warning) => warning.code)).toEqual(warnings)
    const isOther = ({ symbol }: { symbol: string }): boolean => symbol !== CULPRIT || status === 'honest'
    expect(essence(hosted).filter(isOther)).toEqual(essence(honest).filter(isOther))
    if (status === 'honest') return
    const row = hosted.rows.find(({ symbol }) => symbol === CULPRIT)!
    expect({ status: row.status, code: row.error?.code }).toEqual({ status, code })
    if (says !== undefined) expect(row.error!.message).toMatch(says)
    if (data !== undefined) expect(row.data).toEqual(data)
  })
})

describe('fails what can not be saved, with a reason', () => {
  it.each(Object.keys(TOTAL))('%s', (name) => {
    const { run: code, says, rows: status } = TOTAL[name]!
    const { run, rows } = outcomes.get(name)!
    if (code !== undefined) {
      expect({ status: run.status, code: run.error?.code }).toEqual({ status: 'failed', code })
      if (says !== undefined) expect(run.error!.message).toMatch(says)
    } else expect(rows.map((row) => row.status)).toEqual(new Array(12).fill(status))
  })
})

it('the host is as well as before', async () => {
  expect(essence(await host.run(HONEST, { symbols, dates: [DATE] }))).toEqual(essence(honest))
})
