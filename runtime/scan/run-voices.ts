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
  /** While a sample is scanned, what hears its workers instead: what counts of it is said again behind it. */
  trial(): TrialEars | null
  warn(code: string, text: string, count: number): void
  ended: ExecutorEvents['ended']
  /** Answer what scripts ask of options and of news. */
  readonly chains: ScriptChains
  readonly news: ScriptNews
  /** ISO date as of which is answered what a script asks before it is at any date. */
  loadedAsOf(): string
}

/** What hears the workers of a trial; `say` tells the run what was said. */
export interface TrialEars {
  reached(unit: Unit, item: number): void
  hear(unit: Unit | null, item: number, characters: number, say: () => void): void
  spoil(): void
}

/** Makes events, log lines and warnings of the run of what its workers say. */
export function voicesOf(ears: Ears): ExecutorEvents {
  const symbolOf = (unit: Unit | null, item: number): string | null => {
    const scope = ears.scope()
    if (unit === null || scope === null || item < 0) return null
    // In a trial, the symbols of the second way stand behind all others.
    return scope.symbols[symbolIndexOf(unit, item, scope.dates.length) % scope.symbols.length] ?? null
  }
  const told = (unit: Unit | null, item: number, characters: number, say: () => void): void => {
    const trial = ears.trial()
    if (trial === null) say()
    else trial.hear(unit, item, characters, say)
  }
  return {
    ...(ears.ended !== undefined && { ended: ears.ended }),
    worker: ({ id, pid, rssBytes, cpuPercent, item, note }) => {
      const symbol = item === null ? null : symbolOf(item.unit, item.item)
      ears.settlement().event({ type: 'worker', id, pid, rssBytes, cpuPercent, symbol, note })
      if (item !== null) ears.trial()?.reached(item.unit, item.item)
    },
    log: ({ level, item, text }, unit) =>
      told(unit, item, text.length, () => {
        const batch = unit?.kind === 'whole' ? unit.id : null
        ears.notes.log(ears.settlement(), { level, symbol: symbolOf(unit, item), text, batch })
      }),
    dropped: (lines) => {
      const trial = ears.trial()
      if (trial === null) ears.notes.dropped(lines)
      else trial.spoil()
    },
    note: ({ code, text, count }, unit) => told(unit, -1, text.length, () => ears.warn(code, text, count)),
    files: (written, unit) =>
      told(unit, -1, written.reduce((sum, { text }) => sum + text.length, 0), () => {
        ears.files.keep(written, unit?.id ?? 0)
        ears.settlement().touch()
      }),
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
