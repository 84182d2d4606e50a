import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../../../api/cli/strikescan.js', import.meta.url))

/** A server in a process of its own, on a state folder that outlives it. */
export class TestServer {
  readonly #home = mkdtempSync(join(tmpdir(), 'strikescan-web-test-'))
  readonly #flags: readonly string[]
  #child: ChildProcess | null = null
  url = ''

  constructor(...flags: readonly string[]) {
    this.#flags = flags
  }

  /** Starts it, at the port that it had before where it was started before. */
  async start(settings: Record<string, string> = {}): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port
    const child = spawn(process.execPath, [COMMAND, 'serve', '--home', this.#home, '--port', port, '--log-level', 'error', ...this.#flags], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...settings } })
    this.#child = child
    let said = ''
    child.stderr!.on('data', (data: Buffer) => void (said += data))
    this.url = await new Promise<string>((resolve, reject) => {
      child.stdout!.on('data', (data: Buffer) => {
        const url = /listening on (\S+)/.exec((said += data))?.[1]
        if (url !== undefined) resolve(url)
      })
      child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${said}`)))
    })
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child!
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    }
    rmSync(this.#home, { recursive: true, force: true })
  }

  async get<T>(path: string): Promise<T> {
    return (await (await fetch(this.url + path)).json()) as T
  }

  async post<T>(path: string, body: unknown = {}): Promise<T> {
    const answer = await fetch(this.url + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }

  /** Uploads a script. */
  async upload(filename: string, source: string): Promise<string> {
    return (await this.post<{ id: string }>('/api/scanners', { filename, source })).id
  }

  /** Starts a run and waits for its end. */
  async finished(body: Record<string, unknown>): Promise<string> {
    const { id } = await this.post<{ id: string }>('/api/runs', body)
    for (;;) {
      const { status } = await this.get<{ status: string }>(`/api/runs/${id}`)
      if (['completed', 'failed', 'cancelled'].includes(status)) return id
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
