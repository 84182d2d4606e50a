import type { GreeksResult } from './greeks/benchmark.ts'
import type { IndicatorResult } from './indicators.ts'
import type { Machine } from './measure/machine.ts'
import type { ScanResult } from './scan/benchmark.ts'
import type { StartResult } from './start/benchmark.ts'

/** A table of columns as wide as their longest cell; numbers stand to the right. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)))
  return [head, ...rows].map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ').trimEnd()).join('\n')
}

const ms = (value: number | null): string => (value === null ? '-' : `${value.toFixed(0)} ms`)
const ratio = (value: number): string => value.toFixed(2)
const megabytes = (bytes: number | null): string => (bytes === null ? '-' : `${(bytes / 2 ** 20).toFixed(0)} MB`)

export function machineText({ cpu, cores, memoryBytes, system, node, v8 }: Machine, command: string): string {
  return `${cores} cores (${cpu}), ${(memoryBytes / 2 ** 30).toFixed(0)} GB, ${system}, Node ${node}, V8 ${v8}\n${command}\n`
}

export function scanText({ market, symbols, bars, rounds, contenders, skipped, inside, ownCpuUs }: ScanResult): string {
  const rows = contenders.map((one) => [one.name, ms(one.wallMs), ratio(one.ratio), ms(one.cpuMs), megabytes(one.peakRssBytes), String(one.hits)])
  return [
    `scan, ${market}: ${symbols.toLocaleString('en')} symbols, ${bars.toLocaleString('en')} bars, medians of ${rounds} rounds`,
    table(['whole process', 'wall', 'wall ÷ limit', 'CPU', 'peak RSS', 'hits'], rows),
    `scanner inside the isolate: ${inside.isolateMs.toFixed(1)} ms, ${ratio(inside.ratio)} of the bare loop's ${inside.bareMs.toFixed(1)} ms (goal 1.05)`,
    `runtime's own CPU: ${ownCpuUs === null ? 'not known here' : `${ownCpuUs.toFixed(1)} µs a symbol`} (goal 15)`,
    ...skipped.map((why) => `skipped: ${why}`),
    '',
  ].join('\n')
}

export function startText({ market, symbols, rounds, measures }: StartResult): string {
  const rows = measures.map((one) => [one.name, ms(one.ms), ms(one.fastestMs), one.goalMs === null ? '' : ms(one.goalMs)])
  return `start, ${market}: ${symbols.toLocaleString('en')} symbols, ${rounds} rounds\n${table(['from start to', 'median', 'fastest', 'goal'], rows)}\n`
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

export function indicatorsText(results: readonly IndicatorResult[]): string {
  const rows = results.map((one) => [`${one.benchmark}: ${one.contender}`, one.nanosecondsPerValue.toFixed(2), ratio(one.ratio)])
  return `indicators\n${table(['kernel', 'ns a value', '÷ limit'], rows)}\n`
}
