import { createServer, request, type Server } from 'node:http'

import { startCommand } from './command-line.ts'

/** `strikescan simulate` as a process, behind a door that counts what is asked of it. */
export interface SimulatedApi {
  readonly url: string
  /** How often each path was asked for. */
  readonly asked: Map<string, number>
  /** Settings, as `--set` takes them, of explorations that ask it. */
  readonly settings: readonly string[]
  close(): Promise<void>
}

const SYMBOLS = 300

export async function startSimulatedApi(args: readonly string[] = []): Promise<SimulatedApi> {
  const asked = new Map<string, number>()
  const { url: target, stop } = await startServer(args)
  const door = createServer((incoming, outgoing) => {
    const path = incoming.url!
    asked.set(path, (asked.get(path) ?? 0) + 1)
    const passed = request(new URL(path, target), { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.on('error', () => outgoing.destroy())
      answer.pipe(outgoing)
    })
    passed.on('error', () => outgoing.destroy())
    outgoing.on('close', () => passed.destroy())
    passed.end()
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(door.address() as { port: number }).port}`
  return { url, asked, settings: settingsOf(url), close: () => closeAll(door, stop) }
}

const settingsOf = (url: string): string[] =>
  Object.entries({ 'explore.provider': 'tradier', 'tradier.url': url, 'tradier.token': 'token-of-a-test', 'explore.requestsPerSecond': 200, 'market.simulatedSymbols': SYMBOLS }).flatMap(([key, value]) => ['--set', `${key}=${value}`])

function startServer(args: readonly string[]): Promise<{ url: string; stop: () => Promise<unknown> }> {
  return new Promise((resolve, reject) => {
    const { child, done } = startCommand(['simulate', '--port', '0', '--rate', '0', '--set', `market.simulatedSymbols=${SYMBOLS}`, ...args], {
      onOut: (text) => {
        const url = /listening on (http:\S+)/.exec(text)?.[1]
        if (url !== undefined) resolve({ url, stop: () => (child.kill('SIGTERM'), done) })
      },
    })
    done.then(({ err }) => reject(new Error(`strikescan simulate ended: ${err}`)), reject)
  })
}

async function closeAll(door: Server, stop: () => Promise<unknown>): Promise<void> {
  door.closeAllConnections()
  await new Promise((resolve) => door.close(resolve))
  await stop()
}
