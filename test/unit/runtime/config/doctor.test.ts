import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nodeTools, runDoctor, type DoctorTools } from '../../../../runtime/config/doctor.ts'
import { prepareHome, resolveHome } from '../../../../runtime/config/home.ts'
import { StrikescanError } from '../../../../runtime/errors/strikescan-error.ts'

const folder = mkdtempSync(join(tmpdir(), 'strikescan-doctor-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('resolveHome', () => {
  it('takes the flag, then the variable, then the current folder', () => {
    const env = { STRIKESCAN_HOME: '/from-env' }
    expect(resolveHome({ flag: 'x', env, cwd: '/here' })).toBe('/here/x')
    expect(resolveHome({ env, cwd: '/here' })).toBe('/from-env')
    expect(resolveHome({ flag: '', env: { STRIKESCAN_HOME: '' }, cwd: '/here' })).toBe('/here/.strikescan')
  })
})

describe('prepareHome', () => {
  const refusing = (code: string) => ({
    makeFolder() {},
    writeFile() {
      throw Object.assign(new Error(code), { code })
    },
    removeFile() {},
  })

  it('creates the folder and leaves nothing in it', () => {
    const home = join(folder, 'a', 'b')
    prepareHome(home)
    prepareHome(home)
    expect(readdirSync(home)).toEqual([])
  })

  it('names the file that stands in the way', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    for (const home of [file, join(file, 'below', 'it')]) {
      expect(() => prepareHome(home)).toThrow(expect.objectContaining({ code: 'home_not_a_folder', message: expect.stringContaining(`${file} is not a folder`) }))
    }
  })

  it.runIf(process.platform === 'linux')('ends where the system refuses folders as not found', () => {
    expect(() => prepareHome('/proc/strikescan/inner')).toThrow(expect.objectContaining({ code: 'home_unusable' }))
  })

  it.each([
    ['EACCES', 'home_not_writable'],
    ['EROFS', 'home_not_writable'],
    ['ENOSPC', 'home_disk_full'],
    ['EIO', 'home_unusable'],
  ])('turns %s into %s', (problem, code) => {
    expect(() => prepareHome('/h', refusing(problem))).toThrow(expect.objectContaining({ code }))
  })
})

describe('runDoctor', () => {
  const GB = 1_073_741_824
  const healthy: DoctorTools = {
    nodeVersion: '26.1.0',
    platform: 'linux',
    execPath: '/node',
    run: async (_, args) => ({ code: 0, stdout: args.join(' ').includes('isolated-vm') ? '42\n' : 'let answer = 42;\n', stderr: '' }),
    confinement: async () => ({ sealed: true, obstacle: null, withoutNetwork: true }),
    hardware: () => ({ cores: { count: 4, from: 'test' }, memory: { bytes: 8 * GB, from: 'test' }, disk: { freeBytes: 9 * GB, path: '/' }, confined: false }),
    prepareHome() {},
    journalMode: async () => 'wal',
    journal: async () => ({ found: 'sound', problem: null }),
    market: async () => ({ found: 'sound', problem: null }),
    now: () => Date.UTC(2026, 10, 20),
    diskTime: () => Date.UTC(2026, 10, 20),
  }
  const doctor = (tools: Partial<DoctorTools> = {}, env = {}) => runDoctor({ home: '/nowhere', env, overrides: {}, tools: { ...healthy, ...tools } })
  const bad = async (tools: Partial<DoctorTools>, env = {}) =>
    (await doctor(tools, env)).filter((check) => check.status !== 'ok').map((check) => `${check.name}: ${check.status}`)

  it('finds nothing wrong with a healthy machine', async () => {
    expect(await bad({})).toEqual([])
  })

  it.each<[string, Partial<DoctorTools>, string[]]>([
    ['old Node', { nodeVersion: '24.9.0' }, ['Node: fail']],
    ['full disk', { hardware: () => ({ ...healthy.hardware('/'), disk: { freeBytes: 1e7, path: '/' } }) }, ['disk: fail']],
    ['low disk', { hardware: () => ({ ...healthy.hardware('/'), disk: { freeBytes: 5e8, path: '/' } }) }, ['disk: warn']],
    ['network folder', { journalMode: async () => 'delete' }, ['SQLite: fail']],
    ['dead children', { run: async () => ({ code: null, stdout: '', stderr: '' }) }, ['isolates: fail', 'compiler: fail', 'containment: warn']],
    ['wrong clock', { now: () => 0 }, ['clock: fail']],
    ['drifting file server', { diskTime: () => Date.UTC(2026, 10, 21) }, ['clock: warn']],
    ['workers that are not sealed', { confinement: async () => ({ sealed: false, obstacle: 'of a test', withoutNetwork: false }) }, ['containment: warn']],
    ['other system', { platform: 'darwin' }, ['containment: warn']],
    ['unusable folder', { prepareHome: () => { throw new StrikescanError('home_disk_full', { home: '/h' }) } }, ['state folder: fail', 'SQLite: warn', 'clock: warn']],
  ])('reports %s', async (_, tools, expected) => {
    expect(await bad(tools)).toEqual(expected)
    for (const check of await doctor(tools)) expect(check.status === 'ok' || check.hint.length > 10).toBe(true)
  })

  it('says what holds a worker, and what does not', async () => {
    const said = async (confinement: Awaited<ReturnType<DoctorTools['confinement']>>) => (await doctor({ confinement: async () => confinement })).find(({ name }) => name === 'containment')!.detail
    expect(await said({ sealed: true, obstacle: null, withoutNetwork: true })).toMatch(/refuses workers every file.*has no network/)
    expect(await said({ sealed: true, obstacle: null, withoutNetwork: false })).toMatch(/refuses workers every file.*limits alone/)
    expect(await said({ sealed: false, obstacle: 'of a test', withoutNetwork: true })).toMatch(/without network.*not by a filter of system calls: of a test/)
  })

  it('reports settings that cannot be used', async () => {
    expect(await bad({}, { STRIKESCAN_PREFILTER_LIMIT: 'x' })).toEqual(['settings: fail'])
    expect(await bad({}, { STRIKESCAN_MEMORY_SOFT_MB: '999999' })).toEqual(['settings: warn'])
  })

  it('runs its checks for real', async () => {
    const home = join(folder, 'real')
    const checks = await runDoctor({ home, env: {}, overrides: {}, tools: nodeTools })
    const named = Object.fromEntries(checks.map((check) => [check.name, check]))
    expect(named['isolates']).toMatchObject({ status: 'ok' })
    expect(named['compiler']).toMatchObject({ status: 'ok' })
    expect(named['SQLite']).toMatchObject({ status: 'ok' })
    expect(existsSync(home) && readdirSync(home)).toEqual([])
  })
})
