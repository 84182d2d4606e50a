import type { DatesResult } from './dates/benchmark.ts'
import type { ExploreResult } from './explore/benchmark.ts'
import type { GreeksResult } from './greeks/benchmark.ts'
import type { ImportResult } from './import/benchmark.ts'
import type { IndicatorResult } from './indicators.ts'
import type { LiveResult } from './live/benchmark.ts'
import type { Machine } from './measure/machine.ts'
import type { ScaleResult } from './scale/benchmark.ts'
import type { ScanResult } from './scan/benchmark.ts'
import type { StartResult } from './start/benchmark.ts'
import type { UnmodifiedResult } from './unmodified/benchmark.ts'

/** A table of columns as wide as their longest cell; numbers stand to the right. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)))
  return [head, ...rows].map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ').trimEnd()).join('\n')
}

const ms = (value: number | null): string => (value === null ? '-' : `${value.toFixed(0)} ms`)
const ratio = (value: number): string => value.toFixed(2)
const span = ({ fastestMs, slowestMs }: { fastestMs: number; slowestMs: number }): string => `${fastestMs.toFixed(0)} to ${slowestMs.toFixed(0)}`
const known = (value: number | null): string => (value === null ? '-' : ratio(value))
const megabytes = (bytes: number | null): string => (bytes === null ? '-' : `${(bytes / 2 ** 20).toFixed(0)} MB`)

export function machineText({ cpu, cores, memoryBytes, load, system, node, v8 }: Machine, command: string): string {
  return `${cores} cores (${cpu}), ${(memoryBytes / 2 ** 30).toFixed(0)} GB, ${system}, Node ${node}, V8 ${v8}, load ${load.toFixed(1)} before\n${command}\n`
}

export function scanText({ market, symbols, bars, rounds, contenders, skipped, failed, inside, ownCpuUs, ownCpuGoalUs }: ScanResult): string {
  const rows = contenders.map((one) => [one.name, ms(one.wallMs), span(one), ratio(one.ratio), one.goal === null ? '' : ratio(one.goal), ms(one.cpuMs), known(one.cpuRatio), megabytes(one.peakRssBytes), String(one.hits)])
  return [
    `scan, ${market}: ${symbols.toLocaleString('en')} symbols, ${bars.toLocaleString('en')} bars, medians of ${rounds} rounds`,
    table(['whole process', 'wall', 'least to most', 'wall ÷ limit', 'goal', 'CPU', 'CPU ÷ limit', 'peak RSS', 'hits'], rows),
    `scanner inside the isolate: ${inside.isolateMs.toFixed(1)} ms, ${ratio(inside.ratio)} of the bare loop's ${inside.bareMs.toFixed(1)} ms, ${ratio(inside.mostRatio)} without the slowest hundredth of the symbols of each (goal ${ratio(inside.goal)})`,
    `runtime's own CPU: ${ownCpuUs === null ? 'not known here' : `${ownCpuUs.toFixed(1)} µs a symbol`} (goal ${ownCpuGoalUs})`,
    ...skipped.map((why) => `skipped: ${why}`),
    ...failed.map(({ name, why }) => `left out: ${name}: ${why.replace(/\s+/g, ' ')}`),
    '',
  ].join('\n')
}

export function datesText({ market, symbols, dates, rows, rounds, scanners }: DatesResult): string {
  const µs = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(1))
  return [
    `dates, ${market}: ${symbols.toLocaleString('en')} symbols × ${dates} dates, ${rows.toLocaleString('en')} rows, medians of ${rounds} rounds`,
    table(['whole process', 'wall', 'least to most', 'CPU', 'peak RSS', 'scanned', 'hits'], scanners.map((one) => [one.name, ms(one.wallMs), span(one), ms(one.cpuMs), megabytes(one.peakRssBytes), one.scanned.toLocaleString('en'), one.hits.toLocaleString('en')])),
    table(
      ['µs of CPU for each row beyond those of one date', 'parent', 'workers', 'of both, the script itself', "the runtime's own", 'goal'],
      scanners.map(({ name, perRow, ownGoalUs }) => [name, µs(perRow?.parentUs), µs(perRow?.workersUs), µs(perRow?.scriptUs), µs(perRow?.ownUs), String(ownGoalUs)]),
    ),
    '',
  ].join('\n')
}

export function importText({ rounds, files, skipped, peakRssGoalBytes }: ImportResult): string {
  const tables = files.flatMap(({ file, contenders }) => [
    `import: ${megabytes(file.bytes)}, ${file.rows.toLocaleString('en')} daily bars, ${file.symbols.toLocaleString('en')} symbols × ${file.sessions.toLocaleString('en')} sessions in the order of sessions, medians of ${rounds} rounds`,
    table(['whole process', 'wall', 'wall ÷ limit', 'rows a second', 'CPU', 'peak RSS'], contenders.map((one) => [one.name, ms(one.wallMs), ratio(one.ratio), rate(one.rowsPerSecond), ms(one.cpuMs), megabytes(one.peakRssBytes)])),
  ])
  return [...tables, `goals: as fast as DuckDB, peak RSS below ${megabytes(peakRssGoalBytes)} and the same for both files`, ...skipped.map((why) => `skipped: ${why}`), ''].join('\n')
}

export function scaleText({ market, symbols, dates, rounds, cores, workers, batchMs, batchCpuMs, batches }: ScaleResult): string {
  return [
    `scale, ${market}: ${symbols.toLocaleString('en')} symbols × ${dates} dates on ${cores} cores, medians of ${rounds} rounds`,
    table(['workers', 'whole process', 'executing', 'CPU', 'efficiency a worker'], workers.map((one) => [String(one.workers), ms(one.wallMs), ms(one.executingMs), ms(one.cpuMs), ratio(one.efficiency)])),
    `goal: efficiency 0.95; the process that hands out the work, and keeps the rows, needs a core of its own beside them`,
    `a further batch: ${batchMs.toFixed(2)} ms (goal 3), ${known(batchCpuMs)} ms of CPU, by ${batches.few.toLocaleString('en')} batches against ${batches.many.toLocaleString('en')}, one worker`,
    '',
  ].join('\n')
}

export function startText({ market, symbols, rounds, measures }: StartResult): string {
  const rows = measures.map((one) => [one.name, ms(one.ms), ms(one.fastestMs), one.goalMs === null ? '' : ms(one.goalMs)])
  return `start, ${market}: ${symbols.toLocaleString('en')} symbols, ${rounds} rounds\n${table(['from start to', 'median', 'fastest', 'goal'], rows)}\n`
}

export function liveText({ symbols, watchers, stalled, rounds, playedMs, fanOut, served }: LiveResult): string {
  const rows = fanOut.map((one) => [one.name, ms(one.p50Ms), ms(one.p99Ms), ms(one.cpuMs), one.microsecondsPerMessage === null ? '-' : one.microsecondsPerMessage.toFixed(2), ms(one.loopDelayP99Ms), ms(one.runMs), megabytes(one.rssGrowthBytes), one.messages.toLocaleString('en'), String(one.gaps)])
  const { watched, unwatched } = served
  return [
    `live: ${watchers.toLocaleString('en')} watchers, ${stalled} of them stalled, ${symbols.toLocaleString('en')} symbols, medians of ${rounds} rounds`,
    `a run played in ${ms(playedMs)}, from an event's instant to the watcher:`,
    table(['sent by', 'p50', 'p99', 'CPU', 'µs a message', 'loop p99', 'run', 'RSS grows', 'messages', 'gaps'], rows),
    `strikescan serve, from an outcome to the watcher: p50 ${ms(served.p50Ms)}, p99 ${ms(served.p99Ms)} (goal 100 ms), of which ${ms(served.deliveryP99Ms)} or less until the server has written it; ${served.gaps} gaps in ${served.messages.toLocaleString('en')} messages of all rounds (goal 0)`,
    `the run takes ${ms(served.watchedMs)} watched, ${ms(served.unwatchedMs)} unwatched, ratio ${ratio(served.ratio)} of pairs (goal 1.05); without what its worker waited for a processor ${known(served.ownRatio)}; its worker's own CPU ${known(served.workerCpuRatio)}`,
    `its server process: ${served.microsecondsPerMessage.toFixed(2)} µs of CPU a message and watcher, CPU ${ms(watched.serverCpuMs)} watched, ${ms(unwatched.serverCpuMs)} unwatched; RSS ${megabytes(watched.serverRssBytes)} watched, ${megabytes(unwatched.serverRssBytes)} unwatched; events held ${megabytes(watched.heldBytes)}, not taken by watchers ${megabytes(watched.backlogBytes)}`,
    '',
  ].join('\n')
}

export function unmodifiedText({ symbols, dates, rounds, computeMs, unparsedComputeMs, sharedComputeMs, served, started, authorMs, authorRequests }: UnmodifiedResult): string {
  const row = (name: string, time: number): string[] => [name, ms(time), ratio(time / computeMs)]
  const computes = [row('pure compute: plain Node, answers from memory', computeMs), row('… where no answer has to be parsed', unparsedComputeMs), row('… and all are the same objects', sharedComputeMs)]
  const hosted = [
    ...[row('in a server, executing (goal 1.00)', served.executingMs), row('in a server, the whole run', served.wholeMs)],
    ...[row('with processes started for it, executing', started.executingMs), row('with processes started for it, the whole run', started.wholeMs)],
  ]
  const rows = [...computes, ...hosted, row(`as its author ran it, from ${authorRequests} requests`, authorMs)]
  return `unmodified: ${symbols} symbols × ${dates} dates with sleep(250), medians of ${rounds} rounds\n${table(['', 'wall', '÷ compute'], rows)}\n`
}

const rate = (perSecond: number | null): string => (perSecond === null ? '-' : perSecond >= 1e6 ? `${(perSecond / 1e6).toFixed(2)} M` : `${(perSecond / 1e3).toFixed(1)} k`)

export function greeksText({ rounds, measures, quantLib, skipped }: GreeksResult): string {
  const rows = measures.map((one) => [one.name, one.contracts.toLocaleString('en'), rate(one.rate), rate(one.goal), rate(one.quantLibRate), one.quantLibRate === null ? '-' : ratio(one.rate / one.quantLibRate)])
  return [
    `greeks: one core, medians of ${rounds} rounds; QuantLib ${quantLib ?? ''} is called from Python, whose loop is in its figures`,
    table(['contracts a second', 'contracts', 'strikescan', 'goal', 'QuantLib', '÷ QuantLib'], rows),
    ...skipped.map((why) => `skipped: ${why}`),
    '',
  ].join('\n')
}

export function exploreText({ tickers, rows, latencyMs, requestsPerSecond, cold, warm, bare, limitMs, peer }: ExploreResult): string {
  const ofLimit = (wallMs: number): string => ratio(wallMs / limitMs)
  const own = (name: string, cost: typeof cold): string[] => [name, ms(cost.wallMs), ofLimit(cost.wallMs), cost.callsPerTicker.toFixed(2), ms(cost.cpuMs), megabytes(cost.peakRssBytes), String(cost.success)]
  return [
    `explore: ${rows.toLocaleString('en')} rows over ${tickers.toLocaleString('en')} tickers of the simulated API, ${latencyMs} ms latency, ${requestsPerSecond} requests a second`,
    table(
      ['whole process', 'wall', 'wall ÷ limit', 'calls a ticker', 'CPU', 'peak RSS', 'success'],
      [
        [`limit: ${cold.calls.toLocaleString('en')} requests ÷ rate`, ms(limitMs), '1.00', cold.callsPerTicker.toFixed(2), '-', '-', '-'],
        ['bare loop: the same calls, answers parsed and thrown away', ms(bare.wallMs), ofLimit(bare.wallMs), cold.callsPerTicker.toFixed(2), ms(bare.cpuMs), megabytes(bare.peakRssBytes), '-'],
        own('strikescan explore, cold', cold),
        own('strikescan explore, warm', warm),
        [`one strategy at a time, uncached (${peer.tickers} tickers, scaled)`, ms(peer.scaledMs), ofLimit(peer.scaledMs), peer.callsPerTicker.toFixed(2), '-', '-', '-'],
      ],
    ),
    `goals: cold wall ÷ limit 1.05, 2 calls a ticker cold and 0 warm, CPU below 2 s, peak RSS below 400 MB; beside them ${cold.priceCalls} cold and ${warm.priceCalls} warm for prices of up to 100 tickers each; ${cold.retries} retries`,
    '',
  ].join('\n')
}

export function indicatorsText(results: readonly IndicatorResult[]): string {
  const rows = results.map((one) => [`${one.benchmark}: ${one.contender}`, one.nanosecondsPerValue.toFixed(2), ratio(one.ratio)])
  return `indicators\n${table(['kernel', 'ns a value', '÷ limit'], rows)}\n`
}
