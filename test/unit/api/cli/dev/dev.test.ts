import { mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { typeLines } from '../../../../../api/cli/dev/report.ts'
import { findTypeChecker, parseFindings } from '../../../../../api/cli/dev/type-check.ts'
import { watchFile, type FileWatch } from '../../../../../api/cli/dev/watch-file.ts'
import { codeFrame, gatherScript } from '../../../../../runtime/host.ts'
import { command, FakeHost, FakeSink, row } from '../fake-terminal.ts'

let folder: string
let watch: FileWatch | null = null
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'strikescan-dev-'))))
afterEach(() => {
  watch?.close()
  watch = null
  rmSync(folder, { recursive: true, force: true })
})

const file = (): string => join(folder, 'scanner.ts')
const until = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 2_000 && !condition(); tries++) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('watching a file', () => {
  const start = (): (string | null)[] => {
    const seen: (string | null)[] = []
    watch = watchFile(file(), (state) => void seen.push(state === null ? null : new TextDecoder().decode(state.content)))
    return seen
  }

  it('tells what is there at once, then each new content, and nothing of saves that change nothing', async () => {
    writeFileSync(file(), 'one')
    const seen = start()
    expect(seen).toEqual(['one'])
    writeFileSync(file(), 'one')
    await new Promise((resolve) => setTimeout(resolve, 100))
    writeFileSync(file(), 'two')
    await until(() => seen.length === 2)
    expect(seen).toEqual(['one', 'two'])
  })
  it('sees a file that an editor puts in the place of the old one', async () => {
    writeFileSync(file(), 'one')
    const seen = start()
    writeFileSync(join(folder, 'scanner.ts~'), 'two')
    renameSync(join(folder, 'scanner.ts~'), file())
    await until(() => seen.length === 2)
    expect(seen).toEqual(['one', 'two'])
  })
  it('takes writes in quick succession for one save', async () => {
    writeFileSync(file(), 'one')
    const seen = start()
    for (const text of ['', 't', 'tw', 'two']) writeFileSync(file(), text)
    await until(() => seen.length > 1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(seen).toEqual(['one', 'two'])
  })
  it('sees a change of a file that it imports, in another folder too, and of its test', async () => {
    mkdirSync(join(folder, 'lib'))
    writeFileSync(join(folder, 'lib', 'rule.ts'), 'export const least = 1')
    writeFileSync(file(), "import { least } from './lib/rule.ts'")
    let rounds = 0
    watch = watchFile(file(), () => void rounds++, { gather: (content) => gatherScript(file(), content), beside: [join(folder, 'scanner.test.ts')] })
    expect(rounds).toBe(1)
    writeFileSync(join(folder, 'lib', 'rule.ts'), 'export const least = 2')
    await until(() => rounds === 2)
    writeFileSync(join(folder, 'scanner.test.ts'), 'test')
    await until(() => rounds === 3)
    writeFileSync(join(folder, 'notes.txt'), 'of no interest')
    rmSync(join(folder, 'lib'), { recursive: true })
    await until(() => rounds === 4)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(rounds).toBe(4)
  })
  it('tells that the file went, and that it is back', async () => {
    writeFileSync(file(), 'one')
    const seen = start()
    rmSync(file())
    await until(() => seen.length === 2)
    writeFileSync(file(), 'one')
    await until(() => seen.length === 3)
    expect(seen).toEqual(['one', null, 'one'])
  })
})

describe('findings of the compiler', () => {
  it('are read with their place and what explains them', () => {
    const text = 'scanner.ts(3,7): error TS2322: Type \'string\' is not assignable.\n  It is text.\nerror TS5083: Cannot read file.\r\nnoise\n'
    expect(parseFindings(text, folder)).toEqual([
      { file: file(), line: 3, column: 7, code: 'TS2322', message: "Type 'string' is not assignable.\n  It is text." },
      { file: null, line: 0, column: 0, code: 'TS5083', message: 'Cannot read file.' },
    ])
  })
  it('are shown at their line, the scanner first, five of them', () => {
    const problem = (path: string, line: number) => ({ file: path, line, column: 1, code: 'TS1', message: 'Wrong.' })
    const lines = typeLines([problem(join(folder, 'other.ts'), 1), ...[1, 2, 3, 4, 5].map((line) => problem(file(), line))], file(), () => 'a\nb\nc\nd\ne', codeFrame)
    expect(lines[0]).toBe('scanner.ts:1:1 type error [TS1]: Wrong.')
    expect(lines.filter((line) => line.includes('type error'))).toHaveLength(6)
    expect(lines).toContain('    > 1 | a')
    expect(lines.at(-1)).toBe('… 1 more type error')
  })
  it('say what is missing where there is no compiler', () => {
    expect(findTypeChecker(join(folder, 'scanner.js'))).toEqual({ missing: 'Types are not checked: this is JavaScript without a tsconfig.json.' })
    expect(findTypeChecker(file())).toMatchObject({ missing: expect.stringContaining('TypeScript is not installed here.') })
  })
  it('come from the TypeScript of the project, with its settings or without', async () => {
    const typescript = dirname(fileURLToPath(import.meta.resolve('typescript/package.json')))
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(typescript, join(folder, 'node_modules/typescript'), 'junction')
    writeFileSync(file(), "export const scan = (): number => 'text'\n")
    const expected = [{ file: file(), line: 1, column: 35, code: 'TS2322', message: "Type 'string' is not assignable to type 'number'." }]
    const check = () => (findTypeChecker(file()) as { check: (signal: AbortSignal) => Promise<unknown> }).check(new AbortController().signal)
    expect(await check()).toEqual(expected)
    writeFileSync(join(folder, 'tsconfig.json'), '{"compilerOptions":{"strict":true},"include":["*.ts"]}')
    expect(await check()).toEqual(expected)
    writeFileSync(file(), 'export const scan = (): number => 1\n')
    expect(await check()).toEqual([])
    // What was found is kept beside the packages, and nothing beside the sources.
    expect(readdirSync(join(folder, 'node_modules/.cache/strikescan')).every((name) => /^types-[0-9a-f]{16}\.tsbuildinfo$/.test(name))).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(['node_modules', 'scanner.ts', 'tsconfig.json'])
    const aborter = new AbortController()
    const broken = (findTypeChecker(file()) as { check: (signal: AbortSignal) => Promise<unknown> }).check(aborter.signal)
    aborter.abort()
    expect(await broken).toBeNull()
  })
})

describe('strikescan dev', () => {
  const inspected = { report: { symbols: { count: 3 } }, diagnostics: [] }

  it('shows a round for each save until it is interrupted, and closes the host', async () => {
    writeFileSync(file(), 'export const scan = () => 1\n')
    const host = new FakeHost().play([row({ status: 'hit', score: 2 })])
    host.inspection = inspected
    const out = new FakeSink()
    const session = command(['dev', 'scanner.ts', '--param', 'minGap=0.05', '--dates', '2026-11-20'], host, {
      cwd: folder, out,
      onInterruptReady: async (interrupt) => {
        await until(() => out.text.includes('watching scanner.ts'))
        writeFileSync(file(), 'export const scan = () => 2\n')
        await until(() => out.text.split('watching scanner.ts').length > 2)
        interrupt()
      },
    })
    const { code, err } = await session
    expect(code).toBe(0)
    expect(err).toContain('TypeScript is not installed here')
    expect(out.text.match(/^1 hit:$/gm)).toHaveLength(2)
    expect(out.text).toContain('1 hit in ')
    expect(out.text).toContain('SIMULATED market')
    expect(out.text).toContain('[info AAPL] hello \\x1b[31mred')
    expect(out.text).toContain('--- saved ---')
    expect(host.request).toMatchObject({ filename: 'scanner.ts', params: { minGap: 0.05 }, dates: ['2026-11-20'], prefilter: false })
    expect(new TextDecoder().decode(host.request!.source)).toBe('export const scan = () => 2\n')
    expect(host.closed).toBe(true)
  })

  it('takes the most traded symbols where neither the flags nor the script name any', async () => {
    writeFileSync(file(), 'export const scan = () => 1\n')
    const host = new FakeHost().play([row()])
    const out = new FakeSink()
    const run = (...args: string[]) => command(['dev', 'scanner.ts', '--no-types', ...args], host, { cwd: folder, out, onInterruptReady: async (interrupt) => (await until(() => out.text.includes('watching')), interrupt()) })
    host.inspection = { report: { symbols: { count: 0 } }, diagnostics: [] }
    await run()
    expect(host.request).toMatchObject({ symbols: ['AAPL', 'MSFT'], prefilter: false })
    await run('--symbols', 'NVDA')
    expect(host.request!.symbols).toEqual(['NVDA'])
    host.inspection = inspected
    await run()
    expect(host.request!.symbols).toBeUndefined()
  })

  it('shows a row that failed at its line, and what is refused at its', async () => {
    writeFileSync(file(), 'broken\n')
    const error = { code: 'script_threw', message: 'TypeError: no', hint: 'See the line.', line: 1, column: 3, frame: '> 1 | broken\n    |   ^' }
    const failing = new FakeHost().play([row({ status: 'failed', error })])
    failing.inspection = inspected
    const once = async (host: FakeHost): Promise<string> => {
      const out = new FakeSink()
      await command(['dev', 'scanner.ts', '--no-types'], host, { cwd: folder, out, onInterruptReady: async (interrupt) => (await until(() => out.text.includes('watching')), interrupt()) })
      return out.text
    }
    expect(await once(failing)).toContain('> 1 | broken')
    const refused = new FakeHost().play([], { status: 'failed', error: { code: 'script_refused', message: 'x', hint: 'y' } })
    refused.inspection = { report: { symbols: { count: 3 } }, diagnostics: [{ severity: 'error', code: 'syntax_error', message: 'Unexpected token.', hint: 'Mend it.', line: 1, column: 3 }] }
    expect(await once(refused)).toContain('scanner.ts:1:3 Unexpected token. [syntax_error]\n    > 1 | broken\n')
    // The same where rows of named symbols say so.
    const withRows = new FakeHost().play([row({ status: 'failed' })], { status: 'failed', error: refused.run.error })
    withRows.inspection = refused.inspection
    expect(await once(withRows)).toContain('scanner.ts:1:3 Unexpected token. [syntax_error]\n    > 1 | broken\n')
  })

  it('breaks a round off at the first symbol that takes too much, since the others would too', async () => {
    writeFileSync(file(), 'for (;;) {}\n')
    const host = new FakeHost().play([row({ status: 'timed_out' }), row({ symbol: 'MSFT', status: 'cancelled' }), row({ symbol: 'SPY', status: 'timed_out' })])
    host.inspection = inspected
    const out = new FakeSink()
    await command(['dev', 'scanner.ts', '--no-types'], host, { cwd: folder, out, onInterruptReady: async (interrupt) => (await until(() => out.text.includes('watching')), interrupt()) })
    expect(host.cancelled).toBeGreaterThan(0)
    expect(out.text).toContain('2 timed out, 1 cancelled in ')
    expect(out.text).toContain('left out what came after AAPL, which took too much')
  })

  it('refuses a file that is not there, and a number of symbols that is none', async () => {
    expect((await command(['dev', 'nothing.ts'], new FakeHost(), { cwd: folder })).code).toBe(2)
    writeFileSync(file(), '1')
    expect((await command(['dev', 'scanner.ts', '--most', 'many'], new FakeHost(), { cwd: folder })).err).toContain('--most')
  })
})
