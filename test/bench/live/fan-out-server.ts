/*
 * A process that plays a run to watchers: node fan-out-server.ts CONTENDER SYMBOLS DURATION_MS. Says its port, begins at a
 * line on standard input, and says at the end what it took.
 */
import fastify from 'fastify'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { WebSocketServer, type WebSocket } from 'ws'

import { registerLive } from '../../../api/live/live-routes.ts'
import { PlayedHost } from './played-host.ts'

export const CONTENDERS = ['idle', 'limit', 'strikescan', 'naive'] as const
type Contender = (typeof CONTENDERS)[number]

const SAMPLE_MS = 50

async function listen(contender: Contender, host: PlayedHost): Promise<number> {
  if (contender === 'strikescan' || contender === 'idle') {
    const app = fastify({ forceCloseConnections: true })
    await registerLive(app, { host })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return (app.server.address() as AddressInfo).port
  }
  const server = createServer()
  const sockets = new Map<WebSocket, Socket>()
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (ws, request) => {
    sockets.set(ws, request.socket)
    ws.on('error', () => {}).on('close', () => sockets.delete(ws))
  })
  host.watch(host.id, (events) => {
    if (contender === 'naive') {
      for (const event of events) for (const ws of sockets.keys()) ws.send(JSON.stringify(event))
      return
    }
    // What `ws` itself can do at most: text made once, one write per watcher and turn.
    const texts = events.map((event) => Buffer.from(JSON.stringify(event)))
    for (const [ws, socket] of sockets) {
      socket.cork()
      for (const text of texts) ws.send(text, { binary: false })
      socket.uncork()
    }
  })
  return await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))
}

async function main([contender, symbols, durationMs]: string[]): Promise<void> {
  const host = new PlayedHost()
  process.stdout.write(`${JSON.stringify({ port: await listen(contender as Contender, host), path: `/api/runs/${host.id}/live` })}\n`)
  await new Promise((resolve) => process.stdin.once('data', resolve))
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const before = { cpu: process.cpuUsage(), rss: process.memoryUsage().rss, at: performance.now() }
  let rss = before.rss
  const sampling = setInterval(() => (rss = Math.max(rss, process.memoryUsage().rss)), SAMPLE_MS)
  delay.enable()
  await host.play({ symbols: Number(symbols), durationMs: Number(durationMs) })
  const runMs = performance.now() - before.at
  delay.disable()
  const { user, system } = process.cpuUsage(before.cpu)
  clearInterval(sampling)
  const result = { events: host.lastSeq(), runMs, cpuMs: (user + system) / 1e3, loopDelayP99Ms: delay.percentile(99) / 1e6, rssBeforeBytes: before.rss, rssBytes: Math.max(rss, process.memoryUsage().rss) }
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

await main(process.argv.slice(2))
