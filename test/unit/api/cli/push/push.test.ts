import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'

import { serverAddress } from '../../../../../api/cli/push/server-client.ts'
import { command, FakeHost, FakeSink, row } from '../fake-terminal.ts'

const SOURCE = 'export const scan = () => true // ünïcödé\r\n'
const TOKEN = 'a-token'

/** A server of one scanner and one run, in the shapes of the API. */
class FakeServer {
  readonly requests: { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer }[] = []
  /** What each connection of a watcher is for, in their order. */
  live: ((socket: WebSocket, after: number) => void)[] = []
  afters: number[] = []
  answers: Record<string, { status: number; body: unknown; headers?: Record<string, string> }[]> = {}
  readonly host = new FakeHost().play([row({ status: 'hit', score: 2 }), row({ symbol: 'MSFT' })])
  url = ''
  #server!: Server
  #sockets!: WebSocketServer

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const { method, url, headers } = request
        this.requests.push({ method: method!, url: url!, headers, body: Buffer.concat(parts) })
        const { status, body, headers: extra } = this.#answer(`${method} ${url!.replace(/\?.*/, '')}`, new URL(url!, 'http://x').searchParams.get('status'))
        response.writeHead(status, { 'content-type': 'application/json', ...extra }).end(typeof body === 'string' ? body : JSON.stringify(body))
      })
    })
    this.#sockets = new WebSocketServer({ server: this.#server })
    this.#sockets.on('connection', (socket, request) => {
      const after = Number(new URL(request.url!, 'http://x').searchParams.get('after'))
      this.afters.push(after)
      this.requests.push({ method: 'WS', url: request.url!, headers: request.headers, body: Buffer.alloc(0) })
      this.live.shift()?.(socket, after)
    })
    await new Promise<void>((listening) => this.#server.listen(0, '127.0.0.1', listening))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate()
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
  }

  #answer(route: string, wanted: string | null): { status: number; body: unknown; headers?: Record<string, string> } {
    const prepared = this.answers[route]?.shift()
    if (prepared) return prepared
    const { run, rowsOfRun } = this.host
    if (route === 'POST /api/scanners') return { status: 201, body: { id: 's1', version: 3, diagnostics: [] } }
    if (route === 'POST /api/runs') return { status: 202, body: { ...run, status: 'queued', error: null } }
    if (route === 'GET /api/runs/r1') return { status: 200, body: run }
    if (route === 'GET /api/runs/r1/rows') return { status: 200, body: { rows: rowsOfRun.filter(({ status }) => wanted === null || status === wanted), nextCursor: null } }
    return { status: 404, body: { error: { code: 'route_unknown', message: 'There is nothing.', hint: '' } } }
  }
}

let server: FakeServer
let cwd: string
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'strikescan-push-'))
  writeFileSync(join(cwd, 'gap.js'), SOURCE)
  server = new FakeServer()
  await server.start()
})
afterEach(async () => {
  await server.stop()
  rmSync(cwd, { recursive: true, force: true })
})

const push = (args: string[] = [], options: { env?: Record<string, string>; onInterruptReady?: (interrupt: () => void) => void } = {}) =>
  command(['push', 'gap.js', '--server', server.url, ...args], new FakeHost(), { cwd, ...options })
/** Sends events of the run, then ends the connection in the way named. */
const play = (from: number, to: number, end: 'normal' | 'break' | 'stay') => (socket: WebSocket, after: number) => {
  for (const event of server.host.events.filter(({ seq }) => seq > after && seq >= from && seq <= to)) socket.send(JSON.stringify(event))
  if (end === 'normal') socket.close(1000)
  // Behind what was sent.
  if (end === 'break') socket.ping('', false, () => setTimeout(() => socket.terminate(), 20))
}

describe('strikescan push', () => {
  it('uploads the bytes as they are, starts the run that the flags ask for and shows how it ends', async () => {
    server.live = [play(1, 4, 'normal')]
    const { code, out, err } = await push(['--symbols', 'aapl,msft', '--param', 'minGap=0.05', '--min-volume', '10', '--token', TOKEN])
    expect(code).toBe(0)
    expect(out).toContain('gap.js: completed')
    expect(out).toContain('1 hit:')
    expect(err).toContain(`gap.js is version 3 on ${server.url}; run r1`)
    expect(err).toContain('SIMULATED 100% Done, 1 hit\n')
    const [upload, start, watch] = server.requests
    expect(upload!.body.includes(Buffer.from(SOURCE))).toBe(true)
    expect(upload!.body.toString('latin1')).toContain('name="file"; filename="gap.js"')
    expect(JSON.parse(start!.body.toString())).toEqual({ scannerId: 's1', symbols: ['aapl', 'msft'], params: { minGap: 0.05 }, prefilter: { minVolume: 10 } })
    expect(watch!.url).toBe('/api/runs/r1/live?after=0')
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(server.requests.map(() => `Bearer ${TOKEN}`))
  })

  it('says where the server has what the summary leaves out', async () => {
    server.host.play([row({ status: 'hit' })], { files: [{ path: 'out.txt', bytes: 3 }] })
    server.live = [play(1, 4, 'normal')]
    const { out } = await push()
    expect(out).toContain(`Files of the script: out.txt (3 bytes); ${server.url}/api/runs/r1/files/content?path=NAME gives each`)
    expect(out).not.toContain('runs show')
  })

  it('says which files of the project go along, before they do', async () => {
    writeFileSync(join(cwd, 'levels.csv'), 'AAPL,1\n')
    writeFileSync(join(cwd, 'gap.js'), `import { readFileSync } from 'node:fs'\nexport const scan = () => readFileSync('levels.csv')\n`)
    const { err } = await push(['--no-watch'])
    expect(err).toMatch(/^sending gap\.js with levels\.csv to http:.*\ngap\.js is version 3 /)
    expect(server.requests[0]!.body.includes('AAPL,1')).toBe(true)
  })

  it('connects again after the last event it has seen, and shows each once', async () => {
    server.live = [play(1, 2, 'break'), (socket) => socket.terminate(), play(1, 4, 'normal')]
    const { code, err } = await push()
    expect(code).toBe(0)
    expect(server.afters).toEqual([0, 2, 2])
    expect(err.match(/the connection is lost/g)).toHaveLength(1)
    expect(err.match(/hello/g)).toHaveLength(1)
  })

  it('asks for the run where the server has closed without an end', async () => {
    server.live = [play(1, 2, 'normal')]
    expect((await push()).out).toContain('gap.js: completed')
  })

  it('stops watching at an interrupt and leaves the run alone', async () => {
    const ready = Promise.withResolvers<() => void>()
    server.live = [(socket, after) => {
      play(1, 2, 'stay')(socket, after)
      void ready.promise.then((interrupt) => interrupt())
    }]
    const { code, err } = await push([], { onInterruptReady: ready.resolve })
    expect(code).toBe(130)
    expect(err).toContain(`run r1 goes on at ${server.url}/api/runs/r1`)
    expect(server.requests.some(({ url }) => url.includes('cancel'))).toBe(false)
  })

  it('prints the run and its rows as JSON, or starts it and leaves', async () => {
    server.live = [play(1, 4, 'normal')]
    const { out } = await push(['--json'])
    expect(JSON.parse(out)).toMatchObject({ run: { id: 'r1' }, rows: [{ symbol: 'AAPL' }, { symbol: 'MSFT' }] })
    expect((await push(['--no-watch'])).out).toBe(`${server.url}/api/runs/r1\n`)
  })

  it('shows what a refused file is refused for, at its line', async () => {
    const diagnostics = [{ severity: 'error', code: 'syntax_error', message: 'Unexpected token.', hint: 'Mend it.', line: 1, column: 8 }]
    server.answers['POST /api/scanners'] = [{ status: 422, body: { error: { code: 'script_refused', message: 'x', hint: '' }, diagnostics } }]
    const { code, err } = await push()
    expect(code).toBe(2)
    expect(err).toContain('gap.js:1:8 Unexpected token. [syntax_error]')
    expect(err).toMatch(/> 1 \| export const scan/)
  })

  it('waits where the server says that it is busy', async () => {
    server.answers['POST /api/scanners'] = [{ status: 429, body: {}, headers: { 'retry-after': '0' } }]
    server.live = [play(1, 4, 'normal')]
    expect((await push()).code).toBe(0)
    expect(server.requests.filter(({ url }) => url === '/api/scanners')).toHaveLength(2)
  })

  it.each([
    ['a refusal', { status: 401, body: { error: { code: 'token_missing', message: 'A token is asked for.', hint: 'Send one.' } } }, 'error [push_refused]: The server refused the file [token_missing]: A token is asked for. Give it with --token, or as STRIKESCAN_TOKEN.'],
    ['a page', { status: 200, body: '<html>' }, 'it answers with status 200 and no JSON'],
    ['another API', { status: 200, body: { hello: 'world' } }, 'its answer with status 200 has no id'],
    ['a list', { status: 200, body: 'null' }, 'its answer with status 200 has no id'],
    ['an id that is none', { status: 200, body: { id: 5 } }, 'its answer with status 200 has no id'],
    ['a redirect', { status: 302, body: {}, headers: { location: 'http://example.com/' } }, 'its answer with status 302 has no id'],
  ])('tells of %s in one line', async (_, answer, expected) => {
    server.answers['POST /api/scanners'] = [answer]
    const { code, err } = await push()
    expect([code, err.trimEnd().split('\n').length]).toEqual([2, 1])
    expect(err).toContain(expected)
  })

  it('exits as run does where the run failed, or could not be what was asked for', async () => {
    for (const [error, exit] of [['worker_lost', 1], ['param_invalid', 2]] as const) {
      server.host.play([], { status: 'failed', error: { code: error, message: 'It failed.', hint: 'Mend it.' } })
      server.live = [play(1, 4, 'normal')]
      expect(await push()).toMatchObject({ code: exit, err: expect.stringContaining(`error [${error}]: It failed. Mend it.`) })
    }
  })

  it('tells of a run that is none', async () => {
    server.answers['POST /api/runs'] = [{ status: 202, body: { id: 'r1' } }]
    expect(await push()).toMatchObject({ code: 2, err: expect.stringContaining('its answer with status 202 has no id of the kind that was asked for') })
  })

  it('tells of a port that no client of the web may reach', async () => {
    const { code, err } = await command(['push', 'gap.js', '--server', 'http://127.0.0.1:9'], new FakeHost(), { cwd, env: {} })
    expect([code, err]).toEqual([1, 'error [push_unreachable]: No server answers at http://127.0.0.1:9: no client of the web may reach that port, which belongs to another service. Start one with "strikescan serve", or name another with --server.\n'])
  })

  it('tells that nothing listens', async () => {
    await server.stop()
    const { code, err } = await push()
    expect([code, err]).toEqual([1, `error [push_unreachable]: No server answers at ${server.url}: nothing listens there. Start one with "strikescan serve", or name another with --server.\n`])
    await server.start()
  })

  it('takes server and token from the environment', async () => {
    server.live = [play(1, 4, 'normal')]
    const { code } = await command(['push', 'gap.js'], new FakeHost(), { cwd, env: { STRIKESCAN_SERVER: `${server.url}/`, STRIKESCAN_TOKEN: TOKEN } })
    expect(code).toBe(0)
    expect(server.requests[0]!.headers.authorization).toBe(`Bearer ${TOKEN}`)
  })

  it('pushes a scanner that ships, byte for byte', async () => {
    server.live = [play(1, 4, 'normal')]
    await command(['push', '@gap-and-go', '--server', server.url], new FakeHost(), { cwd })
    const { filename, source } = (await import('../../../../../runtime/host.ts')).readBuiltInScanner('gap-and-go')
    expect(filename).toBe('gap-and-go.ts')
    expect(server.requests[0]!.body.includes(Buffer.from(source))).toBe(true)
    expect(createHash('sha256').update(source).digest('hex')).toHaveLength(64)
  })
})

describe('the address of a server', () => {
  it.each(['ftp://x', 'localhost:7070', 'http://', 'http://u:p@x', 'http://x?y', '', 'http://x#y'])('refuses %j', (text) => {
    expect(() => serverAddress(text, null)).toThrow('is no address of a server')
  })
  it('sends no token in the clear, but to this machine', () => {
    expect(() => serverAddress('http://scans.example.com', TOKEN)).toThrow('over plain HTTP')
    for (const url of ['http://localhost:7070', 'http://127.0.0.1', 'http://[::1]:7070', 'https://scans.example.com/base']) expect(serverAddress(`${url}/`, TOKEN)).toEqual({ url, token: TOKEN })
    expect(() => serverAddress('http://127.0.0.1.example.com', TOKEN)).toThrow('over plain HTTP')
  })
})

it('is quiet on a closed output', async () => {
  server.live = [play(1, 4, 'normal')]
  const out = new FakeSink()
  out.closesAfter = 1
  expect((await command(['push', 'gap.js', '--server', server.url], new FakeHost(), { cwd, out })).code).toBe(0)
})
