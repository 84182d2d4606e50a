import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('../../../api/cli/strikescan.js', import.meta.url))

/** Starts the server as a user does, over a small simulated market; resolves once it listens, or is over. */
export async function startServer(home: string, args: string[] = [], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [launcher, 'serve', '--home', home, '--port', '0', '--set', 'market.simulatedSymbols=60', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let out = ''
  let err = ''
  child.stdout.on('data', (piece) => (out += String(piece)))
  child.stderr.on('data', (piece) => (err += String(piece)))
  const ended = once(child, 'close') as Promise<[number | null, string | null]>
  await Promise.race([once(child.stdout, 'data'), ended])
  const url = out.replace(/^listening on /, '').trim()
  return {
    child, ended, url, out: () => out, err: () => err,
    get: async <T>(path: string): Promise<T> => (await (await fetch(url + path)).json()) as T,
    post: async <T>(path: string, body: object = {}): Promise<{ status: number; body: T }> => {
      const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      return { status: answer.status, body: (await answer.json()) as T }
    },
  }
}

export type TestServer = Awaited<ReturnType<typeof startServer>>

/** One request as it is, whatever is wrong with it; status 0 where this side refuses to send it or the connection was cut. */
export function sendRaw(base: string, { method, url, headers, body }: { method: string; url: string; headers: Record<string, string>; body: string | Buffer | undefined }): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(base)
  return new Promise((resolve) => {
    const failed = (): void => resolve({ status: 0, text: '' })
    try {
      const sent = request({ hostname, port, method, path: url, headers, agent: false }, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (piece: string) => (text += piece))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
        answer.on('error', failed)
      })
      sent.on('error', failed)
      sent.end(body)
    } catch {
      failed()
    }
  })
}
