import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const START_MS = 60_000

/** Whether Debian's redis-server can be started here; where it is missing and may be installed, it is. Null, or why not, in a sentence. */
export async function redisIsMissing(): Promise<string | null> {
  if (await answers('redis-server', '--version')) return null
  if (process.getuid?.() !== 0 || !(await answers('apt-get', '--version'))) return 'redis-server is not installed, and this user cannot install it.'
  try {
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], { timeout: 100_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    return null
  } catch {
    return 'redis-server is not installed, and apt-get could not install it.'
  }
}

async function answers(command: string, ...args: string[]): Promise<boolean> {
  return run(command, args).then(() => true, () => false)
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A Redis of the test's own, which keeps nothing. */
export class RedisServer {
  readonly port: number
  readonly #folder = mkdtempSync(join(tmpdir(), 'redis-'))
  readonly #password: string | null
  #process: ChildProcess | null = null

  constructor(port: number, password: string | null = null) {
    this.port = port
    this.#password = password
  }

  get url(): string {
    return `redis://${this.#password === null ? '' : `:${this.#password}@`}127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', this.#folder, '--maxmemory', '64mb']
    if (this.#password !== null) args.push('--requirepass', this.#password)
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] })
    this.#process = child
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`redis-server did not start within ${START_MS} ms`)), START_MS)
      child.once('exit', () => reject(new Error('redis-server ended at once')))
      child.stdout.on('data', (text: Buffer) => {
        if (!text.includes('Ready to accept connections')) return
        clearTimeout(late)
        resolve()
      })
    })
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(signal)
  }

  async kill(): Promise<void> {
    const child = this.#process
    this.#process = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
