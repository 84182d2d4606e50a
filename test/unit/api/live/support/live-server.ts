import fastify, { type FastifyInstance } from 'fastify'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { WebSocket } from 'ws'

import { registerLive, type Live, type LiveOptions } from '../../../../../api/live/live-routes.ts'
import type { LiveMessage } from '../../../../../api/live/coalesce.ts'
import { registry } from '../../../../../runtime/errors/registry.ts'
import { StrikescanError } from '../../../../../runtime/host.ts'

export interface LiveServer {
  app: FastifyInstance
  live: Live
  port: number
}

/** An app with nothing but the live routes, on a port of its own. */
export async function startLive(options: LiveOptions): Promise<LiveServer> {
  const app = fastify({ forceCloseConnections: true })
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof StrikescanError)) return reply.code(500).send({ error: { code: 'unexpected', message: String(error) } })
    return reply.code(registry[error.code].status).send({ error: { code: error.code, message: error.message, hint: error.hint } })
  })
  const live = await registerLive(app, options)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { app, live, port: (app.server.address() as AddressInfo).port }
}

export interface Client {
  ws: WebSocket
  messages: LiveMessage[]
  closed: Promise<{ code: number; reason: string }>
  /** Resolves when so many messages have come. */
  count(messages: number): Promise<void>
}

export function watch(port: number, path: string, headers: Record<string, string> = {}): Client {
  const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  const messages: LiveMessage[] = []
  let heard = (): void => {}
  ws.on('message', (data) => {
    messages.push(JSON.parse(String(data)) as LiveMessage)
    heard()
  })
  ws.on('error', () => {})
  const closed = new Promise<{ code: number; reason: string }>((resolve) => ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() })))
  const count = (wanted: number): Promise<void> =>
    new Promise((resolve) => {
      heard = () => void (messages.length >= wanted && resolve())
      heard()
    })
  return { ws, messages, closed, count }
}

/** A WebSocket connection in bytes: for what no client library sends. */
export async function rawWebSocket(port: number, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`)
  await new Promise<void>((resolve) => socket.once('readable', () => resolve()))
  return socket
}
