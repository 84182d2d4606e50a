import type { ScriptChains } from '../explore/script-chains.ts'
import type { ScriptNews } from '../explore/script-news.ts'
import type { ExecutorEvents } from './executor.ts'
import type { RunFiles } from './run-files.ts'
import type { RunNotes } from './run-notes.ts'
import type { RunScope } from './scope.ts'
import type { Settlement } from './settlement.ts'
import type { Unit } from './units.ts'

/** What of a run hears its workers. */
export interface Ears {
  readonly notes: RunNotes
  readonly files: RunFiles
  scope(): RunScope | null
  settlement(): Settlement
  /** True while a sample is scanned: what is printed and noted then, the run says again. */
  isTrial(): boolean
  warn(code: string, text: string, count: number): void
  ended: ExecutorEvents['ended']
  /** Answer what scripts ask of options and of news. */
  readonly chains: ScriptChains
  readonly news: ScriptNews
  /** ISO date as of which is answered what a script asks before it is at any date. */
  loadedAsOf(): string
}

/** Makes events, log lines and warnings of the run of what its workers say. */
export function voicesOf(ears: Ears): ExecutorEvents {
  const symbolOf = (unit: Unit | null, item: number): string | null => {
    const scope = ears.scope()
    return unit === null || scope === null || item < 0 ? null : (scope.symbols[symbolIndexOf(unit, item, scope.dates.length)] ?? null)
  }
  return {
    ...(ears.ended !== undefined && { ended: ears.ended }),
    worker: ({ id, pid, rssBytes, cpuPercent, item, note }) => {
      const symbol = item === null ? null : symbolOf(item.unit, item.item)
      ears.settlement().event({ type: 'worker', id, pid, rssBytes, cpuPercent, symbol, note })
    },
    log: ({ level, item, text }, unit) => {
      if (!ears.isTrial()) ears.notes.log(ears.settlement(), { level, symbol: symbolOf(unit, item), text, batch: unit?.kind === 'whole' ? unit.id : null })
    },
    dropped: (lines) => {
      if (!ears.isTrial()) ears.notes.dropped(lines)
    },
    note: ({ code, text, count }) => {
      if (!ears.isTrial()) ears.warn(code, text, count)
    },
    files: (written, unit) => {
      if (ears.isTrial()) return
      ears.files.keep(written, unit?.id ?? 0)
      ears.settlement().touch()
    },
    ask: (ask, unit) => {
      const asOf = dateOf(unit, ears.scope()) ?? ears.loadedAsOf()
      return 'news' in ask ? ears.news.answer(ask.news, asOf) : ears.chains.answer(ask, asOf)
    },
  }
}

/** The date up to which a unit sees the market. */
function dateOf(unit: Unit | null, scope: RunScope | null): string | undefined {
  if (unit === null || scope === null) return undefined
  if (unit.kind !== 'whole') return scope.dates[unit.dateIndex]
  return unit.dateIndexes.map((index) => scope.dates[index]!).sort().at(-1)
}

function symbolIndexOf(unit: Unit, item: number, dateCount: number): number {
  if (unit.kind !== 'whole') return Math.floor(unit.positions[item]! / dateCount)
  return unit.symbolIndexes[Math.floor(item / unit.dateIndexes.length)]!
}
