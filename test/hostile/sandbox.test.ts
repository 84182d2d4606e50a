import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { confined } from '../../runtime/sandbox/confinement.ts'
import { ownNamespaces } from '../../runtime/sandbox/namespaces.ts'
import { filtersOf, sealObstacle } from '../../runtime/sandbox/offer.ts'
import { spawnWorker } from '../../runtime/pool/spawn.ts'

/** What the kernel itself refuses a process that holds native code, whatever Node would allow it. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const probe = fileURLToPath(new URL('support/sealed-probe.ts', import.meta.url))
/** Numbers of the calls that a sealed process may use, some of them only with certain arguments: unistd_64.h. */
const NAMED = [0, 1, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 24, 25, 28, 35, 39, 56, 60, 63, 72, 96, 97, 98, 99, 100, 131, 143, 145, 157, 186, 201, 202, 204, 218, 219, 228, 229, 230, 231, 232, 233, 234, 262, 271, 273, 281, 290, 291, 293, 302, 309, 318, 324, 329, 330, 331, 334, 435]

interface Told {
  sealed: boolean
  attempts: Record<string, string>
  others: number[]
  mayAsk: boolean
}

const startProbe = (ending: string): ChildProcess => spawnWorker({ entry: 'intake', dataLimitMb: 900, descriptors: [], code: { file: probe, readable: [`${ROOT}*`], arguments: [JSON.stringify(NAMED), ending] } })

async function told(child: ChildProcess): Promise<Told> {
  let text = ''
  let problem = ''
  child.stderr!.on('data', (piece) => (problem += String(piece)))
  const replies = child.stdio[3] as NodeJS.ReadableStream
  const whole = new Promise<void>((resolve) => replies.on('data', (piece) => ((text += String(piece)).endsWith('\n') ? resolve() : undefined)))
  await Promise.race([whole, once(child, 'exit').then(() => Promise.reject(new Error(problem)))])
  return JSON.parse(text) as Told
}

describe.runIf(sealObstacle() === null)('a process that sealed itself', () => {
  let child: ChildProcess
  let outcome: Told
  beforeAll(async () => {
    child = startProbe('stays')
    outcome = await told(child)
  })
  afterAll(() => {
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL')
  })

  it('is sealed', () => {
    expect(outcome.sealed).toBe(true)
    expect(outcome.mayAsk).toBe(true)
  })

  it('is refused whatever reaches beyond it', () => {
    const expected = Object.fromEntries(Object.keys(outcome.attempts).map((name) => [name, name === 'fork by the new call' ? 'ENOSYS' : name === 'look for a file by the old call' ? 'EBADF' : 'EPERM']))
    expect(Object.keys(outcome.attempts).length).toBeGreaterThan(40)
    expect(outcome.attempts).toEqual(expected)
  })

  it('is refused every other call, those without a name among them', () => {
    expect(outcome.others).toEqual([])
  })

  it('is so in each of its threads', () => {
    const threads = readdirSync(`/proc/${child.pid}/task`)
    expect(threads.length).toBeGreaterThan(1)
    expect(threads.map((thread) => filtersOf(Number(thread)))).toEqual(threads.map(() => filtersOf('self') + 1))
  })

  it.each([
    ['throws', 1, /\nError: what went wrong\n$/],
    ['refuses', 1, /\nError: what went wrong\n$/],
    ['exits', 3, /^$/],
  ])('that %s ends with its own code and words', async (ending, code, words) => {
    const ended = startProbe(ending)
    let said = ''
    ended.stderr!.on('data', (piece) => (said += String(piece)))
    await told(ended)
    expect((await once(ended, 'close'))[0]).toBe(code)
    expect(said).toMatch(words)
  })
})

describe.runIf(sealObstacle() === null)('a worker', () => {
  it('is sealed once it is started, and leaves when nobody asks any more', async () => {
    const child = spawnWorker({ entry: 'intake', dataLimitMb: 900, descriptors: [] })
    onTestFinished(() => void (child.exitCode === null && child.signalCode === null && process.kill(-child.pid!, 'SIGKILL')))
    for (let round = 0; filtersOf(child.pid!) === filtersOf('self') && round < 1_000; round++) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(filtersOf(child.pid!)).toBe(filtersOf('self') + 1)
    child.stdin!.end()
    expect(await once(child, 'close')).toEqual([0, null])
  })
})

describe.runIf(process.platform === 'linux')('a process that does not seal itself', () => {
  const start = (program: string): ChildProcess => {
    const [command, ...args] = confined([process.execPath, '-e', program], 4_000)
    const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true, env: {} })
    onTestFinished(() => void (child.exitCode === null && child.signalCode === null && process.kill(-child.pid!, 'SIGKILL')))
    return child
  }

  it.skipIf(ownNamespaces().length === 0)('reaches no server, where the system allows namespaces', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    const child = start(`require('net').connect(${port}, '127.0.0.1').on('connect', () => console.log('connected')).on('error', (error) => console.log(error.code, Object.keys(require('os').networkInterfaces()).length))`)
    expect(String((await once(child.stdout!, 'data'))[0]).trim()).toBe('ENETUNREACH 0')
  })

  it('keeps the number that it was started with, and leads its group', async () => {
    const child = start('console.log(process.pid); setInterval(() => {}, 1000)')
    expect(Number((await once(child.stdout!, 'data'))[0])).toBe(child.pid)
    process.kill(-child.pid!, 'SIGKILL')
    expect((await once(child, 'exit'))[1]).toBe('SIGKILL')
  })

  it('does not outlive its parent', async () => {
    const confinement = fileURLToPath(new URL('../../runtime/sandbox/confinement.ts', import.meta.url))
    const program = `const { confined } = await import(${JSON.stringify(confinement)}); const [command, ...args] = confined(['/bin/sh', '-c', 'echo $$; sleep 60 & wait'], 500)
      require('child_process').spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true }); setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--input-type=commonjs', '-e', `(async () => { ${program} })()`], { stdio: ['ignore', 'pipe', 'inherit'] })
    const pid = Number((await once(parent.stdout, 'data'))[0])
    onTestFinished(() => void (existsSync(`/proc/${pid}`) && process.kill(-pid, 'SIGKILL')))
    expect(existsSync(`/proc/${pid}`)).toBe(true)
    parent.kill('SIGKILL')
    for (let round = 0; existsSync(`/proc/${pid}`) && !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')) && round < 3_000; round++) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(!existsSync(`/proc/${pid}`) || /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))).toBe(true)
  })
})
