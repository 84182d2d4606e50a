import { StrikescanError } from '../errors/strikescan-error.ts'
import type { Settings } from '../config/schema.ts'
import { chooseOptionSource, openOptionSource, type OptionSourceDeps } from '../explore/option-source.ts'
import { placeChain, sortChain } from '../explore/prepared-chain.ts'
import type { ExplorationService } from '../explore/service.ts'
import { exploreSettings } from '../explore/settings.ts'
import type { SpotSource } from '../explore/underlying-price.ts'
import { ProviderCallError } from '../../sdk/option-provider.ts'
import type { OptionChain } from '../../sdk/options/chain.ts'
import { dayFromIso, isoFromDay } from '../market/days.ts'
import type { Snapshot } from '../market/snapshot.ts'
import { cursorOfName, nameOfCursor, pageOf, type Page, type PageQuery } from './cursors.ts'

export interface SymbolView {
  symbol: string
  bars: number
  firstDate: string
  lastDate: string
}

export interface BarView {
  date: string
  open: number
  high: number
  low: number
  close: number
  volume: number
}

export interface ChainView {
  source: string
  simulated: boolean
  expirations: readonly string[]
  /** Dollars per share that an exploration of the chain stands on, for rows without a close, and who tells it; null where nothing does. */
  underlying: { price: number; source: Exclude<SpotSource, 'row'> } | null
  chain: unknown
}

/** Symbols in the order of the snapshot, those that begin with `prefix`. @throws cursor_invalid */
export function symbolPage({ index }: Snapshot, { cursor, limit, prefix = '' }: PageQuery & { readonly prefix?: string | undefined }): Page<SymbolView> {
  const { symbols, counts, firstDays, lastDays } = index
  const beginning = prefix.trim().toUpperCase()
  const after = nameOfCursor(cursor)
  const first = after === null || after < beginning ? firstFrom(symbols, beginning, false) : firstFrom(symbols, after, true)
  const found: SymbolView[] = []
  for (let at = first; at < symbols.length && found.length <= limit && symbols[at]!.startsWith(beginning); at++) {
    found.push({ symbol: symbols[at]!, bars: counts[at]!, firstDate: isoFromDay(firstDays[at]!), lastDate: isoFromDay(lastDays[at]!) })
  }
  return pageOf(found, limit, ({ symbol }) => cursorOfName(symbol))
}

/** Place of the first symbol from a name on, or past it. */
function firstFrom(symbols: readonly string[], name: string, past: boolean): number {
  let [low, high] = [0, symbols.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const symbol = symbols[middle]!
    if (symbol < name || (past && symbol === name)) low = middle + 1
    else high = middle
  }
  return low
}

/** Daily bars of a symbol, both dates included. @throws symbol_unknown, dates_invalid, dates_inverted */
export function barsOf(snapshot: Snapshot, symbol: string, { from, to }: { from?: string | undefined; to?: string | undefined }): BarView[] {
  const position = snapshot.indexOf(symbol.trim().toUpperCase())
  if (position < 0) throw new StrikescanError('symbol_unknown', { symbol: symbol.slice(0, 40) })
  const [first, last] = [dayOf(from, -Infinity), dayOf(to, Infinity)]
  if (first > last) throw new StrikescanError('dates_inverted', { from: from!, to: to! })
  const reader = snapshot.openReader()
  try {
    const { day, open, high, low, close, volume } = reader.read(position)
    const bars: BarView[] = []
    for (let at = 0; at < day.length; at++) {
      if (day[at]! < first || day[at]! > last) continue
      bars.push({ date: isoFromDay(day[at]!), open: open[at]!, high: high[at]!, low: low[at]!, close: close[at]!, volume: volume[at]! })
    }
    return bars
  } finally {
    reader.close()
  }
}

function dayOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const day = dayFromIso(text)
  if (Number.isNaN(day)) throw new StrikescanError('dates_invalid', { text: text.slice(0, 40) })
  return day
}

/** The option chain that a strategy would be explored with now, through the same cache and pace. @throws explore_…, chain_none, expiration_unknown, dates_invalid */
export async function chainOf(deps: OptionSourceDeps & { service(): ExplorationService }, market: { simulated: boolean }, name: string, expiration?: string): Promise<ChainView> {
  const symbol = name.trim().toUpperCase()
  const shown = symbol.slice(0, 40)
  dayOf(expiration, 0)
  const provider = await openOptionSource(chooseOptionSource(deps, { what: 'strategies', ...market }), deps, null)
  const session = await deps.service().begin({ provider, runNumber: NO_RUN, date: null, forceFull: false, refreshSince: null, signal: new AbortController().signal })
  // As for a row without a close: a chain that has to be fetched carries a quote of its underlying.
  session.plan([symbol], new Set([symbol]))
  const ticker = session.openTicker(symbol)
  try {
    const { access } = ticker.deps
    const { dates } = (await access.expirations(symbol)).value
    if (dates.length === 0) throw new StrikescanError('chain_none', { symbol: shown })
    const wanted = expiration ?? dates[0]!
    if (!dates.includes(wanted)) throw new StrikescanError('expiration_unknown', { symbol: shown, expiration: wanted, known: listed(dates) })
    const { value: chain } = await access.chain(symbol, wanted)
    return { source: provider.name, simulated: provider.simulated, expirations: dates, underlying: underlyingOf(chain, deps.settings), chain }
  } catch (error) {
    if (!(error instanceof ProviderCallError)) throw error
    if (error.failure === 'unknown_ticker') throw new StrikescanError('chain_none', { symbol: shown }, { cause: error })
    throw new StrikescanError('chain_unavailable', { symbol: shown, problem: error.message, mend: mendOf(error) }, { cause: error })
  } finally {
    ticker.close()
  }
}

/** What to do about a call that failed, which says itself what may be wrong with a setting. */
function mendOf({ failure, passing, retryAt, remedy }: ProviderCallError): string {
  const otherSource = 'explore.provider says where chains come from'
  if (remedy !== null) return `Mend the ${remedy.option} as the message says${passing ? ', or try again in a while' : ': asking again changes nothing'}.`
  if (failure === 'rate_limited') return retryAt === null ? 'Try again in a minute: the source has answered as many requests as it grants.' : `Try again after ${new Date(retryAt).toISOString()}, when the source grants more requests.`
  return passing ? `Try again in a while; ${otherSource}.` : `Asking again changes nothing; ${otherSource}.`
}

function underlyingOf(chain: OptionChain, settings: Settings): ChainView['underlying'] {
  const sorted = sortChain(chain, exploreSettings(settings).carry, false)
  const placed = 'unusable' in sorted ? sorted : placeChain(sorted, null)
  if (!('unusable' in placed)) return { price: placed.spot, source: placed.spotSource as Exclude<SpotSource, 'row'> }
  return chain.underlyingPrice === null ? null : { price: chain.underlyingPrice, source: 'chain' }
}

/** What is asked for here belongs to no run. */
const NO_RUN = 0
const LISTED = 12
const listed = (names: readonly string[]): string => names.slice(0, LISTED).join(', ') + (names.length > LISTED ? ', …' : '')
