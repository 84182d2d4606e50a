import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import type { WatchersResult } from './watchers.ts'

const WATCHERS = fileURLToPath(new URL('watchers.ts', import.meta.url))

/** A process that is spoken with in lines, and ends with its deadline at the latest. */
export class LineProcess {
  readonly child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #name: string
  readonly #deadline: NodeJS.Timeout
  #errors = ''

  constructor(args: readonly string[], timeoutMs: number) {
    this.#name = args.join(' ')
    this.child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.child.stderr!.on('data', (data: Buffer) => (this.#errors = (this.#errors + data.toString()).slice(-2_000)))
    this.child.stdin!.on('error', () => {})
    this.#lines = createInterface(this.child.stdout!)[Symbol.asyncIterator]()
    this.#deadline = setTimeout(() => this.child.kill('SIGKILL'), timeoutMs)
  }

  /** The next line. Rejects where the process has ended. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error(`${this.#name} has ended: ${this.#errors.trim()}`)
    return value
  }

  async json<T>(): Promise<T> {
    return JSON.parse(await this.line()) as T
  }

  say(line: string): void {
    this.child.stdin!.write(`${line}\n`)
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    clearTimeout(this.#deadline)
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = new Promise((resolve) => this.child.once('exit', resolve))
    const force = setTimeout(() => this.child.kill('SIGKILL'), 5_000)
    this.child.kill(signal)
    await gone
    clearTimeout(force)
  }
}

export interface WatcherCounts {
  readonly watchers: number
  readonly stalled: number
}

/** Connects watchers in a process of their own, and gives what they see to the run's end. */
export async function startWatchers(port: number, path: string, { watchers, stalled }: WatcherCounts, timeoutMs: number): Promise<{ result: Promise<WatchersResult>; end(): Promise<void> }> {
  const child = new LineProcess([WATCHERS, String(port), path, String(watchers), String(stalled)], timeoutMs)
  try {
    await child.line()
  } catch (error) {
    await child.end()
    throw error
  }
  const result = child.json<WatchersResult>()
  result.catch(() => {})
  return { result, end: () => child.end() }
}

/** Events that watchers missed, stalled ones included. */
export function gapsOf({ gaps, stalled }: WatchersResult): number {
  return stalled.reduce((sum, one) => sum + one.gaps, gaps)
}
