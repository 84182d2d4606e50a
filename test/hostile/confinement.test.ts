import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, readlinkSync, rmSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { spawnWorker, type LaunchWorker } from '../../runtime/pool/spawn.ts'
import { WorkerProcess, type WorkerEnd } from '../../runtime/pool/worker-process.ts'

/** What the process of a worker may do, seen from inside and from outside; what a broken engine leaves to a script. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const probe = fileURLToPath(new URL('support/probe.ts', import.meta.url))
const native = createRequire(import.meta.url).resolve('isolated-vm')
const isLinux = process.platform === 'linux'

const folder = mkdtempSync(join(tmpdir(), 'strikescan-confined-'))
let cell: number
let child: ChildProcess
let told: Record<string, string> & { environment: string[] }

beforeAll(async () => {
  cell = openSync(join(folder, 'cell'), 'w+')
  writeSync(cell, Buffer.alloc(20))
  child = spawnWorker({ entry: 'scan', dataLimitMb: 900, descriptors: [cell], code: { file: probe, readable: [`${ROOT}*`], arguments: [native] } })
  let text = ''
  let problem = ''
  child.stderr!.on('data', (piece) => (problem += String(piece)))
  ;(child.stdio[3] as NodeJS.ReadableStream).on('data', (piece) => (text += String(piece)))
  await Promise.race([once(child.stdio[3] as NodeJS.ReadableStream, 'data'), once(child, 'exit').then(() => Promise.reject(new Error(problem)))])
  told = JSON.parse(text) as typeof told
})
afterAll(() => {
  if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL')
  closeSync(cell)
  rmSync(folder, { recursive: true, force: true })
})

describe('a worker, once it is started', () => {
  it.each([
    ['readsSecrets', 'a file of the machine'], ['readsItself', 'its own code'], ['lists', 'a folder'], ['writes', 'a new file'], ['opensToWrite', 'a file to write to'],
    ['makesFolders', 'a new folder'], ['links', 'a link'], ['starts', 'a program'], ['forks', 'another Node'], ['threads', 'a thread'], ['connects', 'a connection'],
    ['listens', 'a port'], ['sendsPackets', 'packets'], ['resolvesNames', 'the address of a name'], ['fetches', 'a page'], ['inspects', 'the inspector'], ['loadsNative', 'native code'],
  ])('%s: is refused %s', (attempt) => {
    expect(told[attempt]).toMatch(/ERR_ACCESS_DENIED|ERR_DLOPEN_DISABLED|EPERM|EACCES/)
  })

  it('can not take back what it gave up', () => {
    expect(told.takesRightsBack).toMatch(/gone/)
  })

  it.runIf(isLinux)('can not let a file grow', () => {
    expect(told.growsFiles).toMatch(/EFBIG|cut/)
  })

  it('has an environment without anything of the server', () => {
    expect(told.environment.filter((name) => !['GLIBC_TUNABLES', 'LANG', 'LIBC', 'TZ', 'PWD', 'SHLVL', '_', 'OLDPWD'].includes(name))).toEqual([])
  })
})

describe.runIf(isLinux)('seen from outside, a worker', () => {
  const proc = (name: string): string => readFileSync(`/proc/${child.pid}/${name}`, 'utf8')

  it.each([['core file size', '0'], ['file size', '512'], ['open files', '64'], ['data size', String(900 * 2 ** 20)]])('has its %s limited for good', (limit, most) => {
    const line = proc('limits').split('\n').find((text) => text.toLowerCase().startsWith(`max ${limit}`))!
    expect(line.slice(26).trim().split(/\s+/).slice(0, 2)).toEqual([most, most])
  })

  it('can gain no rights, and holds none of the administrator', () => {
    expect(proc('status')).toMatch(/^NoNewPrivs:\s*1$/m)
    const held = BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(proc('status'))![1]}`)
    // Reading its own code wherever that lies, for a server of the administrator.
    expect([0n, 4n]).toContain(held)
  })

  it('leads a group and a session of its own', () => {
    const fields = proc('stat').slice(proc('stat').lastIndexOf(')') + 2).split(' ')
    expect(fields.slice(2, 4).map(Number)).toEqual([child.pid, child.pid])
  })

  it('holds no file open but those it was given', () => {
    const open = readdirSync(`/proc/${child.pid}/fd`).map((fd) => readlinkSync(`/proc/${child.pid}/fd/${fd}`)).filter((name) => name.startsWith('/') && !name.startsWith('/dev/'))
    expect(open.filter((name) => !name.startsWith(folder))).toEqual([])
  })
})

describe('nothing survives', () => {
  const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))

  it.runIf(isLinux)('of what a worker started, once it is killed', async () => {
    const ended = Promise.withResolvers<WorkerEnd>()
    // A process that breaks out: it starts one of its own, and one of that.
    const launch: LaunchWorker = ({ descriptors }) => spawn('/bin/sh', ['-c', 'sleep 60 & echo $! >&2; wait'], { stdio: ['pipe', 'ignore', 'pipe', 'pipe', ...descriptors], detached: true })
    let seen = Buffer.alloc(0)
    const worker = new WorkerProcess(1, 'scan', 500, [], { frame: () => {}, ended: ended.resolve }, (options) => {
      const started = launch(options)
      started.stderr!.prependListener('data', (piece: Buffer) => (seen = Buffer.concat([seen, piece])))
      return started
    })
    while (!seen.includes('\n')) await new Promise((resolve) => setTimeout(resolve, 10))
    const grandchild = Number(seen.toString())
    expect(isThere(grandchild)).toBe(true)
    worker.kill({ kind: 'killed', cause: 'stopped' })
    expect(await ended.promise).toEqual({ kind: 'killed', cause: 'stopped' })
    for (let round = 0; isThere(grandchild) && round < 3_000; round++) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(isThere(grandchild)).toBe(false)
  })

  it('and a process that could not be started takes nobody with it', async () => {
    const ended = Promise.withResolvers<WorkerEnd>()
    const worker = new WorkerProcess(1, 'scan', 500, [], { frame: () => {}, ended: ended.resolve }, ({ descriptors }) =>
      spawn(join(folder, 'nowhere'), [], { stdio: ['pipe', 'ignore', 'pipe', 'pipe', ...descriptors], detached: true }),
    )
    worker.kill({ kind: 'killed', cause: 'stopped' })
    expect(await ended.promise).toMatchObject({ kind: 'killed' })
  })
})
