import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

const SCANNER = `import { defineScanner, topRanked } from 'strikescan'

export default defineScanner({
  name: 'Strongest',
  params: { top: { default: 2, min: 1, integer: true }, side: { default: 'up', options: ['up', 'down'] } },
  lookback: 30,
  before: ({ history }) => ({ index: history('SPY')?.close.at(-1) ?? null }),
  scan({ bars, ta, params, shared }) {
    const change = ta.roc(bars.close, 20)[bars.length - 1]!
    const side: 'up' | 'down' = params.side
    return Number.isNaN(change) ? null : { score: change, data: { side, index: shared.index } }
  },
  rank: ({ candidates, params }) => topRanked(candidates, { top: params.top }).map((kept, place) => ({ ...kept, data: { ...kept.data, place } })),
})
`

const USE = `import { describeParams, ta, type Scanner } from 'strikescan'
import { europeanPrice } from 'strikescan/options'
import { fakeMarket, makeBars, matchGolden, runScanner, type TestRun } from 'strikescan/testing'
import scanner from './scanner.ts'

const market = fakeMarket({ SPY: { shape: 'trend', drift: 0.01, noise: 0 }, AAA: { shape: 'trend', drift: 0.02, noise: 0 }, BBB: 'flat', CCC: makeBars('gap', { noise: 0 }) })
const here: TestRun = await runScanner(scanner, { market })
const there: TestRun = await runScanner(new URL('./scanner.ts', import.meta.url), { market })
matchGolden(there.rows, new URL('./rows.golden.json', import.meta.url))
const any: Scanner = scanner
console.log(JSON.stringify({
  same: JSON.stringify(here.rows) === JSON.stringify(there.rows),
  hits: there.hits.map(({ symbol }) => symbol),
  engines: [here.engine, there.engine],
  params: describeParams(any).length,
  functions: [typeof ta.sma, typeof europeanPrice],
}))
`

/** What a consumer's own compiler must refuse, one a line. */
const MISUSE = `import { defineScanner } from 'strikescan'
defineScanner({ params: { n: { default: 5, min: 1 } }, scan({ params }) { const text: string = params.n; return text === '' } })
defineScanner({ params: { side: { default: 'up', options: ['up', 'down'] } }, scan({ params }) { return params.side === 'left' } })
defineScanner({ params: { n: 5 }, scan({ params }) { return params.m } })
defineScanner({ scan: () => ({ score: 'high' }) })
defineScanner({ scan: () => ({ direction: 'up' }) })
defineScanner({ scan: () => true, rank: { top: '3' } })
defineScanner({ scan: () => ({ data: { a: 1 } }), rank: ({ candidates }) => candidates.filter(({ data }) => data.b) })
defineScanner({ lookback: '3', scan: () => true })
defineScanner({ params: { n: { default: 5, minn: 1 } }, scan: ({ params }) => params.n > 1 })
defineScanner({ params: { m: 1, on: { default: true, min: 1 } }, scan: ({ params }) => params.on })
defineScanner({ params: { side: { default: 'up', option: ['up', 'down'] } }, scan: () => true })
`

let folder: string
let package_: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strikescan-package-'))
  await run(process.execPath, ['.ci/build.js', join(folder, 'built')], { cwd: ROOT })
  await run('npm', ['pack', join(folder, 'built'), '--pack-destination', folder, '--offline'], { cwd: folder })
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
  package_ = join(folder, 'empty', 'node_modules', 'strikescan')
  mkdirSync(package_, { recursive: true })
  await run('tar', ['-xzf', join(folder, tarball), '-C', package_, '--strip-components=1'])
  linkDependencies(dirname(package_))
  writeFileSync(at('package.json'), '{ "name": "consumer", "type": "module" }')
  writeFileSync(at('scanner.ts'), SCANNER)
  writeFileSync(at('use.ts'), USE)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string): string => join(folder, 'empty', name)
const strikescan = (...args: string[]) => run(process.execPath, [join(package_, 'api/cli/strikescan.js'), ...args], { cwd: at('.') })

/** Stands in for the registry: what the package says it depends on, as it is installed here, and nothing else that is. */
function linkDependencies(target: string): void {
  for (const name of Object.keys(readManifest().dependencies)) {
    mkdirSync(dirname(join(target, name)), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(target, name), 'junction')
  }
}

const readManifest = () => JSON.parse(readFileSync(join(package_, 'package.json'), 'utf8')) as Record<string, object> & { dependencies: Record<string, string> }

type Locked = Partial<Record<'dependencies' | 'optionalDependencies', Record<string, string>>> & { bin?: Record<string, string> }

/** All that npm installs for the package, by its place, as the lock file has it. */
function installed(): Map<string, Locked> {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> }
  const found = new Map<string, Locked>()
  const add = (name: string, from: string): void => {
    const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
    const locked = packages[place]
    if (locked === undefined) return from === '' ? undefined : add(name, from.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, ''))
    if (found.has(place)) return
    found.set(place, locked)
    for (const next of Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })) add(next, place)
  }
  for (const name of Object.keys(readManifest().dependencies)) add(name, '')
  return found
}

/** Runs the consumer's compiler over files; what it says, nothing where it is content. */
async function compile(resolution: 'nodenext' | 'bundler', ...files: string[]): Promise<string> {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    allowImportingTsExtensions: true,
    target: 'es2024',
    lib: ['es2024', 'dom'],
    types: [],
    module: resolution === 'bundler' ? 'esnext' : 'nodenext',
    moduleResolution: resolution,
  }
  writeFileSync(at(`tsconfig.${resolution}.json`), JSON.stringify({ compilerOptions, files }))
  const compiled = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--checkers', '1', '-p', at(`tsconfig.${resolution}.json`), '--pretty', 'false'], { cwd: at('.') }).catch((error: { stdout: string }) => error)
  return compiled.stdout
}

describe('the package, installed elsewhere', () => {
  it('holds built JavaScript and declarations, no TypeScript that anything would load', () => {
    const names = readdirSync(package_, { recursive: true, encoding: 'utf8' })
    expect(names.filter((name) => /\.[cm]?ts$/.test(name) && !/\.d\.ts$/.test(name) && !/^examples[\\/]/.test(name))).toEqual([])
    expect(names).toEqual(expect.arrayContaining(['README.md', 'LICENSE', join('sdk', 'index.js'), join('sdk', 'index.d.ts'), join('runtime', 'worker', 'scan-worker.cjs'), join('api', 'web', 'built', 'index.html')]))
    const manifest = readManifest()
    expect(Object.keys(manifest.exports!)).toEqual(['.', './options', './testing', './package.json'])
    expect(manifest).not.toHaveProperty('devDependencies')
    expect(manifest).not.toHaveProperty('scripts')
  })

  it("leaves its user's compiler and types alone: it brings no `tsc`, and no types of Node or of anything else", () => {
    const all = [...installed()]
    expect(all.length).toBeGreaterThan(Object.keys(readManifest().dependencies).length)
    expect(all.filter(([, { bin }]) => Object.keys(bin ?? {}).some((name) => /^ts/.test(name))).map(([place]) => place)).toEqual([])
    expect(all.filter(([place]) => /node_modules\/(@types|typescript$)/.test(place)).map(([place]) => place)).toEqual([])
  })

  it('carries what only its bundles need, with the licences of it', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
    const carried = Object.keys(dependencies).filter((name) => !(name in readManifest().dependencies))
    expect(carried).toEqual(expect.arrayContaining(['@typescript/typescript6', 'acorn', 'preact', 'technicalindicators']))
    const licences = readFileSync(join(package_, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    expect(carried.filter((name) => !new RegExp(`^${name} [\\d.]+ \\(`, 'm').test(licences))).toEqual([])
    expect(licences).toContain('Copyright (c) 2016 Anand Aravindan')
  })

  it('is not packed or published from the sources by accident', async () => {
    const sources = join(folder, 'sources')
    mkdirSync(sources)
    for (const name of ['package.json', '.npmrc']) copyFileSync(join(ROOT, name), join(sources, name))
    const refusal = async (...args: string[]): Promise<string> => (await run('npm', [...args, '--offline'], { cwd: sources }).then(() => ({ stderr: '' }), (error: { stderr: string }) => error)).stderr
    expect(await refusal('pack')).toContain('these-are-sources--npm-run-pack-builds-and-packs-them')
    expect(await refusal('publish', '--registry', 'http://127.0.0.1:9/', '--//127.0.0.1:9/:_authToken=x')).toContain('EPRIVATE')
    expect(readdirSync(sources).sort()).toEqual(['.npmrc', 'package.json'])
    expect(JSON.parse(readFileSync(join(package_, 'package.json'), 'utf8'))).not.toHaveProperty('private')
  })

  // A start of the compiler takes longer than all that it looks at: what is to pass and what is to be refused go together, and the long suite looks from a bundler as well.
  it.each(process.env.TEST_LONG === '1' ? (['nodenext', 'bundler'] as const) : (['nodenext'] as const))("has types that a consumer's strict compiler accepts, and that refuse what could not run (%s)", async (resolution) => {
    const lines = MISUSE.trim().split('\n')
    writeFileSync(at('misuse.ts'), `${lines.join('\n')}\n`)
    const said = await compile(resolution, 'use.ts', 'misuse.ts')
    const faults = said.split('\n').filter((line) => line !== '' && !line.startsWith(' '))
    expect([...new Set(faults.map((fault) => Number(/^misuse\.ts\((\d+),/.exec(fault)?.[1] ?? fault)))]).toEqual(lines.slice(1).map((_, index) => index + 2))
  })

  it('runs a scanner in its test kit, in the process and in the isolate, with the same rows', async () => {
    const { stdout } = await run(process.execPath, ['use.ts'], { cwd: at('.'), env: { ...process.env, CI: undefined } })
    expect(JSON.parse(stdout)).toEqual({ same: true, hits: ['AAA', 'SPY'], engines: ['process', 'isolate'], params: 2, functions: ['function', 'function'] })
    expect(JSON.parse(readFileSync(at('rows.golden.json'), 'utf8'))).toHaveLength(4)
  })

  it("works under Node's own test runner, whose failures show both sides of a golden file", async () => {
    writeFileSync(
      at('gap.test.ts'),
      `import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { makeBars, matchGolden, runScanner } from 'strikescan/testing'
import scanner from './scanner.ts'

test('hits', async () => assert.equal((await runScanner(scanner, { bars: makeBars('trend') })).hits.length, 1))
test('golden', () => matchGolden({ a: 1 }, new URL('./rows.golden.json', import.meta.url)))
`,
    )
    const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', 'gap.test.ts'], { cwd: at('.'), env: { ...process.env, NODE_TEST_CONTEXT: undefined, UPDATE_GOLDEN: undefined, CI: undefined } }).catch((error: { stdout: string }) => error)
    expect(stdout).toMatch(/^ok 1 - hits$/m)
    expect(stdout).toMatch(/^not ok 2 - golden$/m)
    expect(stdout).toMatch(/differs from .*rows\.golden\.json, first at line 1/)
  })

  it('brings the command line', async () => {
    const { stdout: checked } = await strikescan('check', 'scanner.ts', '--json')
    expect(JSON.parse(checked)).toMatchObject({ pattern: 'defineScanner', name: 'Strongest' })
    writeFileSync(at('bars.csv'), `symbol,date,open,high,low,close,volume\n${barsText()}`)
    await strikescan('import', 'bars', 'bars.csv', '--json')
    const { stdout: market } = await strikescan('market', '--json')
    expect(JSON.parse(market)).toMatchObject({ simulated: false, symbols: 3 })
    const { stdout: document } = await strikescan('run', 'scanner.ts', '--json')
    const { rows } = JSON.parse(document) as { rows: { symbol: string; status: string; reason: string }[] }
    expect(rows.map(({ symbol, status, reason }) => [symbol, status, reason])).toEqual([
      ['AAA', 'miss', 'the rank step did not keep it'],
      ['BBB', 'hit', 'ranked 2 of 3'],
      ['CCC', 'hit', 'ranked 1 of 3'],
    ])
  })

  it('runs scripts that import the package it carries', async () => {
    const script = `import { SMA } from 'technicalindicators'
export const scan = (symbol, bars) => ({ score: SMA.calculate({ period: 2, values: bars.slice(-2).map(({ close }) => close) })[0] - (bars.at(-1).close + bars.at(-2).close) / 2 })
`
    writeFileSync(at('average.mjs'), script)
    const { stdout } = await strikescan('run', 'average.mjs', '--symbols', 'AAPL', '--set', 'market.simulatedSymbols=20', '--home', at('simulated'), '--json')
    expect(JSON.parse(stdout)).toMatchObject({ rows: [{ symbol: 'AAPL', status: 'hit', score: 0 }] })
  })

  it('runs its own scanners where it is linked to, also once it keeps files beside itself', async () => {
    const linked = join(folder, 'linked', 'node_modules', 'strikescan')
    mkdirSync(dirname(linked), { recursive: true })
    symlinkSync(package_, linked, 'junction')
    for (const _ of ['first', 'second']) {
      const { stdout } = await run(process.execPath, [join(linked, 'api/cli/strikescan.js'), 'run', '@rsi-reversal', '--symbols', 'AAPL,MSFT', '--set', 'market.simulatedSymbols=20', '--json'], { cwd: join(folder, 'linked') })
      expect(JSON.parse(stdout)).toMatchObject({ run: { status: 'completed' }, rows: [{ symbol: 'AAPL' }, { symbol: 'MSFT' }] })
      mkdirSync(join(package_, 'node_modules', '.cache'), { recursive: true })
    }
  })

  it('finds its plugins, and bundles nothing where it is installed', async () => {
    const { stdout: checks } = await strikescan('doctor', '--json')
    expect((JSON.parse(checks) as { checks: { status: string }[] }).checks.filter(({ status }) => status === 'fail')).toEqual([])
    writeFileSync(at('strategies.csv'), 'Ticker,Strategy,Horizon\nSPY,Long Call,SHORT\n')
    const { stdout: explored } = await strikescan('explore', 'strategies.csv', '--home', at('simulated'), '--json')
    expect(JSON.parse(explored)).toMatchObject({ exploration: [{ explorationStatus: 'Success' }] })
    const written = readdirSync(package_, { recursive: true, encoding: 'utf8' }).filter((name) => /\.cache[\\/].*\.mjs$/.test(name))
    expect(written).toEqual([])
  })
})

/** Thirty sessions of three symbols that rise at different paces. */
function barsText(): string {
  const dates = Array.from({ length: 42 }, (_, day) => new Date(Date.UTC(2026, 8, 1 + day))).filter((date) => date.getUTCDay() % 6 !== 0 && date.getUTCDate() !== 7)
  return ['AAA', 'BBB', 'CCC']
    .flatMap((symbol, pace) => dates.map((date, at_) => [symbol, date.toISOString().slice(0, 10), ...Array<number>(4).fill(100 + at_ * (pace + 1)), 1_000].join(',')))
    .join('\n')
}
