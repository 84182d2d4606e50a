import type { ChainSource } from '../../sdk/chain-source.ts'
import type { MarketProvider } from '../../sdk/market.ts'
import type { NewsSource } from '../../sdk/news.ts'
import type { Config } from '../config/load.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { dayFromIso, isoFromDay } from '../market/days.ts'
import { importSummary, type ImportOptions, type ImportProgress, type ImportReport, type ImportSummary } from '../market/import/report.ts'
import type { ImportRecord } from '../market/catalogue.ts'
import { ChainStore, type ChainSummary } from '../market/chains/chain-store.ts'
import { NewsStore, type NewsSummary } from '../market/news/news-store.ts'
import { findProvider } from '../market/providers.ts'
import { openedBySettings, SIMULATED_SETTINGS } from '../market/refused-option.ts'
import type { Snapshot } from '../market/snapshot.ts'
import type { BarStore } from '../market/store.ts'
import { chosenPrefilter, configuredPrefilter } from '../prefilter/layers.ts'
import { resolvePrefilterSettings } from '../prefilter/settings.ts'
import type { PrefilterSettings, RunRequest } from '../scan/run.ts'
import { distinctSymbols, resolveScope } from '../scan/scope.ts'
import { PrefilterPreviews, type PrefilterPreview } from './prefilter-preview.ts'

export interface MarketReport {
  source: string
  simulated: boolean
  snapshot: string
  symbols: number
  bars: number
  sessions: number
  firstDate: string | null
  lastDate: string | null
  /** Symbols that have bars of an open day after the last session, on which most have none; null where there are none. */
  newer: { date: string; symbols: number } | null
  imports: ImportRecord[]
  /** What the last import of bars came to, null where there was none. */
  lastImport: ImportSummary | null
  /** Imported option chains, null where there are none. */
  chains: ChainSummary | null
  /** Imported news, null where there are none. */
  news: NewsSummary | null
}

const SIMULATED = 'simulated'
const IMPORTED = { source: 'import', simulated: false }
const DAMAGED = Symbol('damaged')

/** The market data of a state folder as runs see it. */
export class Markets {
  readonly #home: string
  readonly #config: Config
  readonly #store: BarStore
  readonly #previews = new PrefilterPreviews()
  #chains: ChainStore | null = null
  #news: NewsStore | null = null
  readonly #given: MarketProvider | null
  #opened: (snapshot: Snapshot) => void = () => {}

  /** @param given the market that runs see in place of any other */
  constructor(home: string, config: Config, store: BarStore, given: MarketProvider | null = null) {
    this.#given = given
    this.#home = home
    this.#config = config
    this.#store = store
  }

  /** Most commands need no chains: the store of them is opened, and made, when it is asked for. */
  chains(): ChainStore {
    this.#chains ??= ChainStore.open(this.#home)
    return this.#chains
  }

  /** As that of chains. */
  news(): NewsStore {
    this.#news ??= NewsStore.open(this.#home)
    return this.#news
  }

  /** Number of the present state of the imported news; null where there are none. */
  currentNews(): number | null {
    return NewsStore.exists(this.#home) ? this.news().current() : null
  }

  /** The imported news of a state; null where that is gone. */
  newsSource(state: number): NewsSource | null {
    return NewsStore.exists(this.#home) ? this.news().source(state) : null
  }

  /** The imported option chains as they are now, for the provider of files; null where there are none. */
  chainSource(): ChainSource | null {
    return ChainStore.exists(this.#home) ? this.chains().source() : null
  }

  /** True where nothing was imported. */
  get isSimulated(): boolean {
    return this.#store.currentOf('imported') === null
  }

  /** A snapshot by its id; without one the imported market, else the simulated one, which is made where it is not there yet. */
  async open(id: string | null, onBuilding: (message: string) => void = () => {}): Promise<Snapshot> {
    if (id !== null) return this.#store.snapshot(id)
    const snapshot = await this.#openCurrent(onBuilding)
    this.#opened(snapshot)
    return snapshot
  }

  /** Has `listener` told of the current market whenever it is opened. */
  whenOpened(listener: (snapshot: Snapshot) => void): void {
    this.#opened = listener
  }

  async importBars(paths: readonly string[], options: ImportOptions, onProgress?: (progress: ImportProgress) => void): Promise<ImportReport> {
    return this.#store.importBars(paths, options, onProgress)
  }

  async #openCurrent(onBuilding: (message: string) => void): Promise<Snapshot> {
    if (this.#given !== null) return this.#store.buildFromProvider(this.#given)
    const imported = this.#store.currentOf('imported')
    if (imported !== null) return imported
    const plugin = await findProvider(SIMULATED)
    if (plugin === null) throw new StrikescanError('market_empty')
    const { values } = this.#config
    const options = { seed: values['market.simulatedSeed'], symbols: values['market.simulatedSymbols'] }
    const provider = openedBySettings(SIMULATED_SETTINGS, 'simulate_option_invalid', () => plugin.create(options as never))
    return this.#store.buildFromProvider(provider, ({ symbolsDone }) => onBuilding(`making the simulated market: ${symbolsDone} symbols`))
  }

  /** What a run that is asked for now will see, unless data is imported before it starts. */
  expected(): { source: string; simulated: boolean } {
    if (this.#given !== null) return { source: this.#given.name, simulated: this.#given.simulated }
    const imported = readable(() => this.imported())
    if (imported === DAMAGED) return IMPORTED
    if (imported !== null) return { source: imported.provider, simulated: imported.simulated }
    const provided = readable(() => this.provided())
    return { source: provided === null || provided === DAMAGED ? SIMULATED : provided.provider, simulated: true }
  }

  /** The imported market, null where there is none: what can be said without waiting. */
  imported(): Snapshot | null {
    return this.#store.currentOf('imported')
  }

  /** The simulated market as it was last made, null where it was not: another may be made for a run, as large. */
  provided(): Snapshot | null {
    return this.#store.currentOf('provided')
  }

  async report(): Promise<MarketReport> {
    const snapshot = await this.open(null)
    const { sessions } = snapshot
    const lastImport = this.#store.lastImport()
    return {
      source: snapshot.provider,
      simulated: snapshot.simulated,
      snapshot: snapshot.id,
      symbols: snapshot.symbols.length,
      bars: snapshot.barCount,
      sessions: sessions.length,
      firstDate: sessions.length === 0 ? null : isoFromDay(sessions[0]!),
      lastDate: sessions.length === 0 ? null : isoFromDay(sessions.at(-1)!),
      newer: newerBars(snapshot),
      imports: this.#store.summary().imports,
      lastImport: lastImport === null ? null : importSummary(lastImport),
      chains: ChainStore.exists(this.#home) ? this.chains().summary() : null,
      news: NewsStore.exists(this.#home) ? this.news().summary() : null,
    }
  }

  /** Throws `snapshot_gone` where a run can not have the market any more that it is tied to. */
  checkKept(id: string | null): void {
    if (id !== null) this.#store.checkKept(id)
  }

  /** Holds a snapshot's content against its name. Throws `snapshot_gone`, `snapshot_damaged`. */
  async verify(id: string): Promise<void> {
    await this.#store.verify(id)
  }

  /** Forgets all market data but the snapshots in `used`; gives their ids. */
  async reset(used: ReadonlySet<string>): Promise<string[]> {
    const kept = await this.#store.reset(used)
    if (ChainStore.exists(this.#home)) await this.chains().reset()
    if (NewsStore.exists(this.#home)) await this.news().reset()
    return kept
  }

  /** What the prefilter would keep as of the last session, or of `asOf`. @throws prefilter_…, symbols_none, dates_invalid, dates_none */
  async preview({ symbols, universe, asOf, prefilter }: Pick<RunRequest, 'symbols' | 'universe' | 'asOf' | 'prefilter'>, declared?: Partial<PrefilterSettings>): Promise<PrefilterPreview> {
    const asked = prefilter === false ? undefined : prefilter
    const settings = resolvePrefilterSettings(configuredPrefilter(this.#config.values), declared, chosenPrefilter(this.#config), asked)
    const snapshot = await this.open(null)
    const names = symbols === undefined || universe === 'all' ? null : distinctSymbols(symbols)
    if (names?.length === 0) throw new StrikescanError('symbols_none')
    // The date that a run without dates would have; lists of a script are no matter of it.
    const { dates } = resolveScope({ ...(names === null ? { universe: 'all' } : { symbols: names }), asOf }, { symbols: null, dates: null }, snapshot)
    return this.#previews.preview(snapshot, dayFromIso(dates[0]!), names, settings)
  }

  close(): void {
    this.#store.close()
    this.#chains?.close()
    this.#news?.close()
  }
}

/** A snapshot as far as it can be read: a run over one that is damaged says so itself, in a row for each symbol that was named. */
function readable(open: () => Snapshot | null): Snapshot | null | typeof DAMAGED {
  try {
    return open()
  } catch (error) {
    if (error instanceof StrikescanError) return DAMAGED
    throw error
  }
}

function newerBars({ sessions, thinSessions, index }: Snapshot): MarketReport['newer'] {
  const [last, newest] = [sessions.at(-1), thinSessions.at(-1)]
  if (last === undefined || newest === undefined || newest <= last) return null
  return { date: isoFromDay(newest), symbols: index.lastDays.filter((day) => day > last).length }
}
