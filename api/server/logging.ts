import pino, { type DestinationStream, type Logger } from 'pino'

import type { Run } from '../../runtime/host.ts'
import { withSourcePlaces } from '../source-places.ts'
import type { ServerHost } from './server-host.ts'
import type { ServerSettings } from './settings.ts'

/** Structured log lines, one JSON object each. Headers, bodies and queries never enter them. */
export function newLogger(level: ServerSettings['logLevel'], destination: DestinationStream): Logger {
  const secrets = ['token', 'authorization', 'cookie']
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...secrets, ...secrets.map((name) => `*.${name}`)], censor: '***' },
      serializers: { err: pino.stdSerializers.wrapErrorSerializer((seen) => ({ ...seen, stack: withSourcePlaces(seen.stack) })) },
    },
    destination,
  )
}

/** Writes what becomes of runs. Gives the way to stop. */
export function logRuns(host: ServerHost, logger: Logger): () => void {
  const of = ({ id, scannerId, filename, status }: Run) => ({ runId: id, scannerId, filename, status })
  return host.observe({
    runQueued: (run) => logger.info(of(run), 'run queued'),
    runStarted: (run, queuedMs) => logger.info({ ...of(run), queuedMs: Math.round(queuedMs) }, 'run started'),
    runEnded: (run, runMs) => logger.info({ ...of(run), runMs: Math.round(runMs), ledger: run.ledger, ...(run.error !== null && { code: run.error.code }) }, 'run ended'),
    workerKilled: (cause) => logger[cause === 'stopped' ? 'debug' : 'warn']({ cause }, 'worker killed'),
  })
}
