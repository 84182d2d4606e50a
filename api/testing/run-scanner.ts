import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import { isScanner, type Scanner } from '../../sdk/scanner.ts'
import { fakeMarket, type FakeMarket } from '../../sdk/testing/fake-market.ts'
import { checkOptions } from '../../sdk/testing/options.ts'
import type { Host, Run, RunRequest } from '../../runtime/host.ts'
import { pathOf } from './file-path.ts'
import type { RunScannerOptions, TestLog, TestRow, TestRun } from './types.ts'

/** What a scanner may be given as: its file, or what that exports. */
type Subject = ScannerFile | Scanner<any, any, any> | ((...args: never[]) => unknown) | { scan(...args: never[]): unknown }
type ScannerFile = string | { readonly href: string }

/**
 * Runs a scanner over a market and gives its rows.
 *
 * Given a file (a path, or `new URL('./scanner.ts', import.meta.url)`), it runs as on the server: intake, prefilter, a worker
 * process, an isolate, limits, journal. The rows are the server's, whatever the file's pattern, and a scan that would time
 * out in production is a `timed_out` row here.
 *
 * Given what `defineScanner` returned, a function `(symbol, bars, context)`, or an object with such a `scan`, it runs
 * in this process, where breakpoints, coverage and values of the test reach it, over the same windows of bars and with
 * the same checks of what it returns. A scan over its time is stopped and `timed_out` here too, unless it is past an
 * `await`. What only an isolate has is not there: `Date`, `Math.random`, timers and modules are this process's own, and
 * memory has no limit.
 *
 * Throws an Error with a `code` where the run cannot start or fails as a whole: an unknown parameter, a file that cannot be
 * read, bars that cannot be prices.
 */
export async function runScanner(subject: Subject, options: RunScannerOptions = {}): Promise<TestRun> {
  const request = requestOf(options)
  const market = marketOf(options)
  const scanner = isFile(subject) ? null : scannerOf(subject)
  checkNode(process.versions.node)
  const runtime = await import('../../runtime/host.ts')
  const host = await runtime.openHost({ home: testHome(), overrides: {}, env: {}, market })
  try {
    if (isFile(subject)) return await runFile(host, subject, request)
    const { rows, logs, warnings } = await host.runHere(scanner, request)
    return { ...rowsOf(rows), logs, warnings, engine: 'process' }
  } finally {
    await host.close()
  }
}

/** The oldest major version of Node that the runtime starts on; indicators and bars do with less. */
const OLDEST_NODE = 26

/** @throws node_too_old, in place of what an older Node says of modules that it has not */
export function checkNode(version: string): void {
  if (Number.parseInt(version, 10) < OLDEST_NODE) throw new StrikescanError('node_too_old', { version, oldest: OLDEST_NODE })
}

const isFile = (subject: Subject): subject is ScannerFile =>
  typeof subject === 'string' || (typeof subject === 'object' && subject !== null && 'href' in subject)

/** What runs of a subject that is no file. @throws TypeError where nothing does */
function scannerOf(subject: Exclude<Subject, ScannerFile>): unknown {
  if (typeof subject === 'function' || isScanner(subject)) return subject
  const given: unknown = subject
  const keys = typeof given === 'object' && given !== null ? Object.keys(given) : []
  const { scan } = (given ?? {}) as { scan?: unknown }
  if (typeof scan === 'function') return scan.bind(given)
  const shown =
    keys.length > 0
      ? `an object with ${keys.slice(0, 5).join(', ')}`
      : typeof given === 'object' && given !== null
        ? 'an object without a scan'
        : String(given)
  const advice = keys.includes('default')
    ? 'give its default export'
    : "give the scanner's file, what defineScanner returned, or a function (symbol, bars, context)"
  throw new TypeError(`runScanner: ${shown} is no scanner; ${advice}`)
}

function marketOf({ bars, symbol, market }: RunScannerOptions): FakeMarket {
  if (bars !== undefined && market !== undefined) throw new TypeError('runScanner: give bars or a market, not both')
  if (bars !== undefined) return fakeMarket({ [symbol ?? 'TEST']: bars })
  if (market === undefined) {
    throw new TypeError('runScanner: there is nothing to scan; give bars, or a market such as { SPY: "trend", XYZ: makeBars("gap") }')
  }
  return isMarket(market) ? market : fakeMarket(market)
}

const isMarket = (market: NonNullable<RunScannerOptions['market']>): market is FakeMarket =>
  typeof (market as Partial<FakeMarket>).barsOf === 'function'

type Asked = Omit<RunRequest, 'filename' | 'source'>

const OPTIONS = ['bars', 'symbol', 'market', 'symbols', 'dates', 'from', 'to', 'params', 'prefilter', 'limits']
const LIMITS = ['symbolTimeoutMs', 'timeoutMs', 'memoryMb'] as const

/** @throws TypeError for what would be left out without a word, such as a misspelt option or a limit that is no number */
function checkRequest(options: RunScannerOptions): void {
  checkOptions('runScanner', options, OPTIONS)
  const { limits = {}, prefilter, dates, symbols, params } = options
  for (const [name, list] of Object.entries({ symbols, dates })) {
    if (list !== undefined && !Array.isArray(list)) {
      throw new TypeError(`runScanner: ${name} must be a list, not ${typeof list === 'string' ? JSON.stringify(list) : String(list)}`)
    }
  }
  if (params !== undefined) checkParams(params)
  checkOptions('runScanner: limits', limits, LIMITS)
  for (const name of LIMITS) {
    const limit = limits[name]
    if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) {
      throw new TypeError(`runScanner: limits.${name} must be a whole number of 1 or more, not ${String(limit)}`)
    }
  }
  if (prefilter !== undefined && prefilter !== false) {
    checkOptions('runScanner: prefilter', prefilter, ['minVolume', 'minPrice', 'maxPrice', 'limit', 'activateAbove', 'window'])
  }
  if (dates?.length === 0) throw new TypeError('runScanner: dates is an empty list; leave it out for the last session')
}

function checkParams(params: unknown): void {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    throw new TypeError(
      `runScanner: params must be an object, such as { minGap: 0.05 }, not ${Array.isArray(params) ? 'a list' : String(params)}`,
    )
  }
}

function requestOf(options: RunScannerOptions): Asked {
  checkRequest(options)
  const { symbols, dates, from, to, params, prefilter, limits } = options
  return {
    symbols: symbols && [...symbols],
    dates: dates && [...dates],
    from,
    to,
    params: params && { ...params },
    prefilter: prefilter && { ...prefilter },
    limits: { workers: 1, ...limits },
  }
}

async function runFile(host: Host, file: ScannerFile, request: Asked): Promise<TestRun> {
  const path = pathOf('runScanner', file)
  const handle = host.startRun({ ...request, filename: basename(path), source: sourceOf(path) })
  const run = await handle.done
  if (run.status !== 'completed') throw failureOf(run, path)
  return {
    ...rowsOf(host.rows(handle.id)),
    logs: logsOf(host, handle.id),
    warnings: run.warnings.map(({ code, message, count }) => ({ code, message, count })),
    engine: 'isolate',
  }
}

/** @throws Error with the system's code, which says where a relative path leads */
function sourceOf(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path))
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException
    const problem = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : code
    throw Object.assign(
      new Error(
        `runScanner: ${resolve(path)} cannot be read: ${problem}; in a test, new URL('./scanner.ts', import.meta.url) names a file beside it`,
        { cause },
      ),
      { code },
    )
  }
}

function failureOf(run: Run, path: string): Error {
  const { code, message, hint } = run.error ?? { code: 'run_failed', message: `the run of ${path} ended as ${run.status}`, hint: '' }
  return Object.assign(new Error(`${message} ${hint}`.trim()), { code, hint })
}

function rowsOf(found: Iterable<TestRow>): Pick<TestRun, 'rows' | 'hits'> {
  const rows = Array.from(found, testRow)
  return { rows, hits: rows.filter(({ status }) => status === 'hit') }
}

function testRow({ symbol, date, status, reason, score, direction, data, strategies, error }: TestRow): TestRow {
  return { symbol, date, status, reason, score, direction, data, strategies, error }
}

function logsOf(host: Host, id: string): TestLog[] {
  const logs: TestLog[] = []
  for (const event of host.events(id)) if (event.type === 'log') logs.push({ level: event.level, symbol: event.symbol, text: event.text })
  return logs
}

let home: string | null = null

/** One state folder for all runs of this process, gone with it. */
function testHome(): string {
  if (home !== null) return home
  const folder = mkdtempSync(join(tmpdir(), 'strikescan-testing-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  home = folder
  return folder
}
