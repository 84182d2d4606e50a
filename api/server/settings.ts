import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import type { Config } from '../../runtime/host.ts'
import type { LiveLimits } from '../live/hub.ts'
import { isLoopback } from './addresses.ts'

/** Settings of the server as its parts take them. */
export interface ServerSettings {
  readonly host: string
  readonly port: number
  /** Null where anybody who reaches the server is let in. */
  readonly token: string | null
  readonly publicUrls: readonly string[]
  readonly maxBodyBytes: number
  /** Null for no limit. */
  readonly requestsPerMinute: number | null
  readonly maxConnections: number
  readonly live: LiveLimits
  readonly requestTimeoutMs: number
  readonly drainMs: number
  readonly logLevel: Config['values']['server.logLevel']
  /** Largest script that intake takes. */
  readonly maxScriptBytes: number
}

const LEAST_TOKEN = 16

/** @throws server_token_needed, server_token_weak for an address that other machines reach */
export function serverSettings({ values }: Config): ServerSettings {
  const token = values['server.token'] === '' ? null : values['server.token']
  const host = values['server.host'].replace(/^\[|\]$/g, '')
  if (!isLoopback(host)) {
    if (token === null) throw new StrikescanError('server_token_needed', { host })
    if (token.length < LEAST_TOKEN) throw new StrikescanError('server_token_weak', { length: token.length, least: LEAST_TOKEN })
  }
  return {
    host,
    port: values['server.port'],
    token,
    publicUrls: values['server.publicUrls'],
    maxBodyBytes: Math.round(values['server.maxBodyMb'] * 2 ** 20),
    requestsPerMinute: values['server.requestsPerMinute'] === 0 ? null : values['server.requestsPerMinute'],
    maxConnections: values['server.maxConnections'],
    live: {
      watchers: values['server.watchers'],
      watchersPerRun: values['server.watchersPerRun'],
      tailBytes: Math.round(values['server.liveTailMb'] * 2 ** 20),
    },
    requestTimeoutMs: values['server.requestTimeoutMs'],
    drainMs: values['server.drainMs'],
    logLevel: values['server.logLevel'],
    maxScriptBytes: values['intake.maxBytes'],
  }
}
