import { setImmediate as breathe } from 'node:timers/promises'

import type { Settings } from '../config/schema.ts'
import { begunSettings, resumedSettings, type BegunSettings } from '../explore/begun-settings.ts'
import type { ExplorationStop } from '../explore/engine.ts'
import { Exploration } from '../explore/exploration.ts'
import { HitStrategies } from '../explore/hit-strategies.ts'
import { chooseOptionSource, isLive, isSourceSimulated, openOptionSource, type OptionSourceDeps, type OptionSourceName } from '../explore/option-source.ts'
import type { ExplorationReport } from '../explore/report.ts'
import type { StrategyRow } from '../explore/row.ts'
import type { ExplorationService } from '../explore/service.ts'
import type { Journal } from '../journal/journal.ts'
import { dayFromIso } from '../market/days.ts'
import type { Snapshot } from '../market/snapshot.ts'
import type { ExploreOptions, Run } from './run.ts'
import { RunNotes } from './run-notes.ts'
import type { Settlement } from './settlement.ts'

/** What a run needs to explore its hits. */
export interface HitExplorationDeps extends OptionSourceDeps {
  readonly settings: Settings
  readonly journal: Journal
  service(): ExplorationService
}

export interface HitExplorationOptions {
  readonly deps: HitExplorationDeps
  readonly runNumber: number
  readonly run: Run
  readonly options: ExploreOptions
  readonly settlement: Settlement
  /** True where the hits' strategy rows were stored before: the exploration is resumed. */
  readonly isStored: boolean
  /** What it began with then. */
  readonly begun: BegunSettings | undefined
  /** Told once all strategy rows are stored, with what their exploration begins with; it begins once this has been written down. */
  stored(begun: BegunSettings): Promise<void>
  openSnapshot(): Promise<Snapshot>
  warn(code: string, message: string, count: number, samples: readonly string[]): void
  progress(message: string, share: number, etaMs: number | null): void
}

const ROWS_AT_ONCE = 1_000

/** What a run says whose bars and chains are of two markets. */
const otherMarket = (simulated: boolean): string =>
  simulated
    ? 'hits in simulated bars were explored in option chains of a real market, as explore.provider or tradier.token asks: their closes are no prices there and were not used'
    : 'hits in imported bars were explored in simulated option chains, as the settings ask: their closes are no prices there and were not used'

/** The way of a run's hits through the exploration engine: strategy rows first, stored as a whole, then their chains. */
export class HitExploration {
  readonly #options: HitExplorationOptions
  #exploration: Exploration | null = null
  #stop: ExplorationStop | null = null

  constructor(options: HitExplorationOptions) {
    this.#options = options
  }

  stop(how: ExplorationStop): void {
    this.#stop ??= how
    this.#exploration?.stop(how)
  }

  /** Explores what is open. @throws what the option source refuses, and what the journal throws */
  async carryOut(): Promise<ExplorationReport> {
    const { deps, run, runNumber, options, settlement, warn, progress, isStored } = this.#options
    // Chosen first: a run that has nowhere to look says so before it stores anything.
    const source = this.#stop === null ? chooseOptionSource(deps, { what: 'hits', simulated: run.market.simulated }) : 'simulated'
    if (!isStored) await this.#store(source)
    const notes = new RunNotes(run, deps.settings)
    const settings = this.#settings(source, notes)
    this.#exploration = new Exploration({
      service: deps.service(),
      settings,
      earlier: run.explore,
      store: deps.journal.explorations,
      runNumber,
      workers: deps.settings['explore.workers'],
      forceFull: options.forceFull ?? false,
      refreshSince: options.refresh === true ? Date.parse(run.startedAt ?? run.createdAt) : null,
      openProvider: (date) => openOptionSource(source, deps, date),
      // Rows may be read before the end, and say where their chains come from.
      opened: (report) => void (run.explore = report),
      settle: (rows) => settlement.explored(rows),
      flush: () => settlement.flushed(),
      whenFree: (work) => deps.journal.whenFree(work),
      log: (level, symbol, text) => notes.log(settlement, { level, symbol: symbol === '' ? null : symbol, text, batch: null }),
      warn: (code, message) => warn(code, message, 1, []),
      progress,
    })
    if (this.#stop !== null) this.#exploration.stop(this.#stop)
    const report = await this.#exploration.carryOut()
    notes.close()
    return report
  }

  /** Those it began with, as far as they decide over rows: a resume ends as the run would have without a break. */
  #settings(source: OptionSourceName, notes: RunNotes): Settings {
    const { deps, run, begun, settlement } = this.#options
    if (begun === undefined || this.#stop !== null) return deps.settings
    const { settings, kept } = resumedSettings(run.id, begun, source, deps.settings)
    if (kept.length > 0) notes.log(settlement, { level: 'warn', symbol: null, text: `goes on with the settings it began with: ${kept.join(', ')}`, batch: null })
    return settings
  }

  /** Makes strategy rows of the hits, in the order of the hits. What a break leaves half stored is stored anew. */
  async #store(source: OptionSourceName): Promise<void> {
    const { deps, run, runNumber, warn, stored, openSnapshot } = this.#options
    const { settings, journal } = deps
    const isOtherMarket = (await isSourceSimulated(source, deps)) !== run.market.simulated
    const strategies = new HitStrategies({
      bullish: settings['explore.directions.bullish'],
      bearish: settings['explore.directions.bearish'],
      neutral: settings['explore.directions.neutral'],
    })
    await journal.whenFree(() => journal.explorations.clear(runNumber))
    const snapshot = await openSnapshot()
    const reader = snapshot.openReader()
    let position = 0
    let waiting: StrategyRow[] = []
    const write = async (): Promise<void> => {
      await journal.whenFree(() => journal.explorations.add(runNumber, position, waiting))
      position += waiting.length
      waiting = []
    }
    try {
      for (const hit of journal.rows(runNumber, { status: ['hit'] })) {
        if (waiting.length === 0) await breathe()
        const { lastClose } = reader.recent(snapshot.indexOf(hit.symbol), dayFromIso(hit.date), 1)
        for (const row of strategies.of(hit, Number.isFinite(lastClose) ? lastClose : null)) {
          // A vendor that quotes now does so for every date alike: its chains are fetched once. A close of one market is no price of another.
          waiting.push({ ...row, ...(isLive(source) && { date: null }), ...(isOtherMarket && { close: null }) })
        }
        if (waiting.length >= ROWS_AT_ONCE) await write()
      }
      await write()
    } finally {
      reader.close()
    }
    for (const { code, message, count, samples } of strategies.warnings()) warn(code, message, count, samples)
    if (isOtherMarket && position > 0) warn('explored_in_other_market', otherMarket(run.market.simulated), position, [])
    await stored(begunSettings(source, settings))
  }
}
