import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'

import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import type { App } from '../routes/context.ts'
import { buildApp } from './app.ts'
import type { ServerHost } from './server-host.ts'
import type { ServerSettings } from './settings.ts'

export interface RunningServer {
  /** `http://127.0.0.1:7070` */
  readonly url: string
  /** Takes no further run, lets what runs come to a stop, and closes all connections; within the drain time of the settings. */
  drain(): Promise<void>
}

/** Of the drain time, what is kept at least for closing connections once runs are at rest. */
const CLOSING_SHARE = 0.2
const MOST_CLOSING_MS = 1_000
const IDLE_LOOK_MS = 50

/**
 * Serves a host over HTTP.
 * @throws server_cannot_listen
 */
export async function serve({ host, settings, logger, version }: { host: ServerHost; settings: ServerSettings; logger: Logger; version: string }): Promise<RunningServer> {
  const app = await buildApp({ host, settings, logger, version })
  await listen(app, settings)
  const { port } = app.server.address() as AddressInfo
  const url = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`
  return {
    url,
    async drain() {
      const began = performance.now()
      const closingMs = Math.min(MOST_CLOSING_MS, settings.drainMs * CLOSING_SHARE)
      logger.info({ drainMs: settings.drainMs }, 'draining')
      await within(host.drain(settings.drainMs - closingMs), settings.drainMs - closingMs)
      // Downloads under way have what is left of the time. Their connections, which clients keep for more, go as each is done.
      const idling = setInterval(() => app.server.closeIdleConnections(), IDLE_LOOK_MS)
      await within(app.close(), Math.max(closingMs, settings.drainMs - (performance.now() - began)))
      clearInterval(idling)
      app.server.closeAllConnections()
      logger.info('closed')
    },
  }
}

async function listen(app: App, { host, port }: ServerSettings): Promise<void> {
  const { level } = app.log
  try {
    // The framework logs a line for every address; whoever started the server is told of it once, on standard output.
    app.log.level = 'warn'
    await app.listen({ host, port, backlog: 1_024 })
    app.log.level = level
  } catch (cause) {
    await app.close()
    throw new StrikescanError('server_cannot_listen', { host, port, ...problemOf(cause as NodeJS.ErrnoException) }, { cause })
  }
}

function problemOf({ code, message }: NodeJS.ErrnoException): { problem: string; advice: string } {
  if (code === 'EADDRINUSE') return { problem: 'another process listens there', advice: 'End that process, or choose another port with --port (0 takes any that is free).' }
  if (code === 'EACCES') return { problem: 'this user may not', advice: 'Choose a port above 1023 with --port.' }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { problem: 'this machine has no such address', advice: 'Leave --host out to listen on 127.0.0.1.' }
  return { problem: code ?? message, advice: 'Choose another address with --host and --port.' }
}

/** Waits for work, or until its time is over: what hangs is not waited for. */
async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    work,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms)
    }),
  ])
  clearTimeout(timer)
}
