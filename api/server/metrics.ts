import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

import type { Run } from '../../runtime/host.ts'
import type { LiveStats } from '../live/stats.ts'
import type { ServerHost } from './server-host.ts'

/** Seconds; runs last from a tenth of a second to hours. */
const RUN_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 3_600]
const HTTP_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
/** From an outcome to the last of the watchers who take it. */
const DELIVERY_BUCKETS = [0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.25, 0.5, 1, 5]
const ENDS = ['completed', 'failed', 'cancelled'] as const
const KILL_CAUSES = ['deadline', 'memory', 'lost', 'outside', 'stopped'] as const

/** Counts for operators, in Prometheus' text format. Every label has a small fixed set of values. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #queueSeconds = this.#histogram('strikescan_run_queue_seconds', 'Time from the request of a run to its start', [], RUN_BUCKETS)
  readonly #runSeconds = this.#histogram('strikescan_run_seconds', 'Time from the start of a run to its end, by how it ended', ['status'], RUN_BUCKETS)
  readonly #rows = this.#counter('strikescan_rows_total', 'Rows of ended runs by status', ['status'])
  readonly #kills = this.#counter('strikescan_worker_kills_total', 'Worker processes that ended before their time, by cause', ['cause'])
  readonly #delivery = this.#histogram('strikescan_live_delivery_seconds', 'Age of the oldest event when all watchers of its run who can take it have it', [], DELIVERY_BUCKETS)
  readonly #http = this.#histogram('strikescan_http_request_seconds', 'Time to answer a request, by method, route and class of status', ['method', 'route', 'status'], HTTP_BUCKETS)

  /** Ends the watch over the host. */
  readonly stop: () => void

  constructor(host: ServerHost) {
    collectDefaultMetrics({ register: this.#registry })
    this.#observeState(host)
    for (const cause of KILL_CAUSES) this.#kills.inc({ cause }, 0)
    for (const status of ENDS) this.#runSeconds.zero({ status })
    this.stop = host.observe({
      runStarted: (_, queuedMs) => this.#queueSeconds.observe(queuedMs / 1_000),
      runEnded: (run, runMs) => this.#ended(run, runMs),
      workerKilled: (cause) => this.#kills.inc({ cause }),
    })
  }

  /** Adds what the live streams tell of themselves whenever they are asked. */
  observeLive(stats: () => LiveStats): void {
    this.#gauge('strikescan_watchers', 'Live streams that are open, by kind', ['kind'], (gauge) => {
      const { webSocket, eventStream } = stats().watchers
      gauge.set({ kind: 'websocket' }, webSocket)
      gauge.set({ kind: 'events' }, eventStream)
    })
    this.#gauge('strikescan_watchers_behind', 'Live streams that do not take what is written to them', [], (gauge) => gauge.set(stats().behind))
    this.#gauge('strikescan_watchers_backlog_bytes', 'Bytes that live streams have not taken', [], (gauge) => gauge.set(stats().backlogBytes))
    this.#gauge('strikescan_live_held_bytes', 'Encoded events held for all live streams', [], (gauge) => gauge.set(stats().heldBytes))
    this.#total('strikescan_watchers_accepted_total', 'Live streams that were opened', () => stats().accepted)
    this.#total('strikescan_watchers_refused_total', 'Live streams that were refused', () => stats().refused)
    this.#total('strikescan_live_sent_bytes_total', 'Bytes written to live streams', () => stats().bytes)
    this.#total('strikescan_live_sent_messages_total', 'Messages written to live streams', () => stats().messages)
    this.#total('strikescan_live_coalesced_messages_total', 'Messages that stood for several events', () => stats().coalescedMessages)
    this.#counter('strikescan_watchers_closed_total', 'Live streams that ended, by cause', ['cause'], (counter) => {
      counter.reset()
      for (const [cause, count] of Object.entries(stats().closed)) counter.inc({ cause }, count)
    })
  }

  /** Events of which the oldest is so old have just been written to all watchers who can take them. */
  delivered(ageMs: number): void {
    this.#delivery.observe(ageMs / 1_000)
  }

  /** @param route the pattern that was matched, or null for none */
  answered(method: string, route: string | null, status: number, seconds: number): void {
    this.#http.observe({ method: METHODS.has(method) ? method : 'other', route: route ?? 'none', status: `${Math.floor(status / 100)}xx` }, seconds)
  }

  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** A paused run goes on later: it counts when it is over. */
  #ended(run: Run, runMs: number): void {
    if (!ENDS.some((status) => status === run.status)) return
    this.#runSeconds.observe({ status: run.status }, runMs / 1_000)
    for (const [field, count] of Object.entries(run.ledger)) if (field !== 'detected') this.#rows.inc({ status: snakeCase(field) }, count)
  }

  #observeState(host: ServerHost): void {
    this.#gauge('strikescan_runs', 'Runs that wait or run, by status', ['status'], (gauge) => {
      const { queued, running } = host.state()
      gauge.set({ status: 'queued' }, queued)
      gauge.set({ status: 'running' }, running)
    })
    this.#gauge('strikescan_workers', 'Worker processes alive', [], (gauge) => gauge.set(host.state().workers.length))
    this.#gauge('strikescan_workers_resident_bytes', 'Resident memory of all worker processes', [], (gauge) => gauge.set(host.state().workers.reduce((sum, { rssBytes }) => sum + rssBytes, 0)))
    this.#gauge('strikescan_ready', 'Whether runs can be started', [], (gauge) => gauge.set(host.state().ready ? 1 : 0))
  }

  #gauge(name: string, help: string, labelNames: string[], read?: (gauge: Gauge) => void): Gauge {
    return new Gauge({
      name, help, labelNames, registers: [this.#registry],
      ...(read && {
        collect() {
          read(this)
        },
      }),
    })
  }

  #counter(name: string, help: string, labelNames: string[], read?: (counter: Counter) => void): Counter {
    return new Counter({
      name, help, labelNames, registers: [this.#registry],
      ...(read && {
        collect() {
          read(this)
        },
      }),
    })
  }

  #total(name: string, help: string, read: () => number): void {
    this.#counter(name, help, [], (counter) => {
      counter.reset()
      counter.inc(read())
    })
  }

  #histogram(name: string, help: string, labelNames: string[], buckets: number[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] })
  }
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
