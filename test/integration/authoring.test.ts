import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { readBuiltInScanner } from '../../runtime/host.ts'
import { command, startCommand } from './support/command-line.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'
import { NAMES } from '../unit/plugins/scanners/support.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

describe('a new project', () => {
  let folder: string
  let project: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'strikescan-authoring-'))
    project = join(folder, 'gap-that-holds')
    // As npm would have installed it.
    mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
    for (const [name, target] of [['strikescan', ROOT], ['typescript', join(ROOT, 'node_modules/typescript')], ['@types/node', join(ROOT, 'node_modules/@types/node')]] as const) {
      symlinkSync(target, join(folder, 'node_modules', name), 'junction')
    }
    expect((await command(['new', 'gap-that-holds'], { cwd: folder })).code).toBe(0)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const node = (...args: string[]) => new Promise<{ code: number; out: string }>((resolve) => {
    // Without what a test runner tells its own children.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    execFile(process.execPath, args, { cwd: project, env }, (error, out) => resolve({ code: error === null ? 0 : Number(error.code), out }))
  })

  it('passes its own test and the type check as it is', async () => {
    const tested = await node('--test', 'scanner.test.ts')
    expect(tested.out).toMatch(/pass 4/)
    expect(tested.code).toBe(0)
    expect(await node(join(ROOT, 'node_modules/typescript/bin/tsc'))).toEqual({ code: 0, out: '' })
  })

  it('can be checked and run', async () => {
    expect((await command(['check', 'scanner.ts'], { cwd: project })).out).toContain('scanner.ts: can run')
    const { code, out } = await command(['run', 'scanner.ts', '--set', 'market.simulatedSymbols=50', '--json'], { cwd: project })
    expect(code).toBe(0)
    expect((JSON.parse(out) as { rows: unknown[] }).rows).toHaveLength(50)
  })

  it('is run again by dev when it is saved, with type errors and failures at their line, until Ctrl-C', async () => {
    const file = join(project, 'scanner.ts')
    const source = readFileSync(file, 'utf8')
    let text = ''
    const { child, done } = startCommand(['dev', 'scanner.ts', '--set', 'market.simulatedSymbols=50'], { cwd: project, onOut: (piece) => (text += piece) })
    const round = async (content: string | null): Promise<string> => {
      const from = text.length
      if (content !== null) writeFileSync(file, content)
      while (!text.slice(from).includes('watching scanner.ts') && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10))
      return text.slice(from)
    }
    expect(await round(null)).toContain('types: no errors')
    const mistaken = await round(source.replace('params.maxRsi', 'params.maxRsy').replace('const last =', 'const nothing: number[][] = []\n    nothing[1][0]\n    const last ='))
    expect(mistaken).toMatch(/scanner\.ts:\d+:\d+ type error \[TS2551\].*Did you mean 'maxRsi'\?/)
    expect(mistaken).toMatch(/> \d+ \|.*params\.maxRsy/)
    expect(mistaken).toMatch(/> \d+ \| {5}nothing\[1\]\[0\]/)
    expect(await round(source.replace('export default', 'export defualt'))).toContain('scanner.ts:4:')
    expect(await round(source)).toContain('types: no errors')
    child.kill('SIGINT')
    expect((await done).code).toBe(0)
  })
})

describe('the scanners that ship', () => {
  let hosting: TestHost
  beforeAll(async () => void (hosting = await openTestHost({ 'market.simulatedSymbols': 150 })))
  afterAll(() => hosting.close())

  it.each(NAMES)('%s runs over the market, in batches, from the bytes of its file', async (name) => {
    const { filename, source } = readBuiltInScanner(name)
    const { run, rows, id } = await hosting.run(source, { filename, universe: 'all', prefilter: false })
    expect(run.status).toBe('completed')
    expect(rows).toHaveLength(150)
    expect(rows.filter(({ status }) => !['hit', 'miss', 'no_data'].includes(status))).toEqual([])
    expect(run.split?.mode).toBe('batch')
    expect(run.warnings).toEqual([])
    expect(Buffer.from(hosting.host.source(id)).equals(readFileSync(join(ROOT, 'plugins/scanners', filename)))).toBe(true)
  })

  it('ranks over all symbols, however they are divided', async () => {
    const { filename, source } = readBuiltInScanner('relative-strength-rank')
    const { rows } = await hosting.run(source, { filename, universe: 'all', prefilter: false, params: { top: 0.05 } })
    const traded = rows.filter(({ status }) => status !== 'no_data').length
    const hits = rows.filter(({ status }) => status === 'hit')
    expect(hits.length).toBeGreaterThan(0)
    expect(hits.length).toBeLessThanOrEqual(Math.ceil(traded * 0.05))
    const whole = await hosting.run(source, { filename, universe: 'all', prefilter: false, params: { top: 0.05 }, split: 'never' })
    const plain = (all: typeof rows) => all.map(({ symbol, status, score, data }) => [symbol, status, score, data])
    expect(plain(whole.rows)).toEqual(plain(rows))
  })
})
