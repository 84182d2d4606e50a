import type { Settings } from '../config/schema.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import type { OptionSourceName } from './option-source.ts'

/** Settings that decide over rows, whatever the source. Those of pace, retries and cache do not: a resume takes them as they are then. */
const OF_ROWS = [
  'explore.horizon', 'explore.depth', 'explore.extraExpirations', 'explore.riskFreeRate', 'explore.dividendYield', 'explore.historyDays', 'explore.staleMinutes',
  'liquidity.spreadShort', 'liquidity.spreadMedium', 'liquidity.spreadLeap', 'liquidity.interestShort', 'liquidity.interestMedium', 'liquidity.interestLeap',
] as const satisfies readonly (keyof Settings)[]
/** Settings that say which market a source is. */
const OF_SOURCE = { simulated: ['market.simulatedSeed', 'market.simulatedSymbols'], files: [], tradier: ['tradier.url'] } as const satisfies Record<OptionSourceName, readonly (keyof Settings)[]>

/** What an exploration began with, kept with its plan so that a resume does the same. */
export interface BegunSettings {
  readonly source: OptionSourceName
  readonly ofSource: Readonly<Partial<Settings>>
  readonly ofRows: Readonly<Partial<Settings>>
}

export function begunSettings(source: OptionSourceName, settings: Settings): BegunSettings {
  return { source, ofSource: pick(settings, OF_SOURCE[source]), ofRows: pick(settings, OF_ROWS) }
}

/**
 * The settings for an exploration that goes on: those over rows as it began, the others as they are now. `kept` lists, in the form
 * `explore.depth=range (now needed)`, those that were changed meanwhile.
 * @throws explore_source_changed where its chains would now come from somewhere else
 */
export function resumedSettings(run: string, begun: BegunSettings, source: OptionSourceName, now: Settings): { settings: Settings; kept: string[] } {
  const [before, after] = [describeSource(begun.source, begun.ofSource), describeSource(source, pick(now, OF_SOURCE[source]))]
  if (before !== after) throw new StrikescanError('explore_source_changed', { run, before, after, back: `--set ${before.replaceAll(' ', ' --set ')}` })
  const kept = Object.entries(begun.ofRows).flatMap(([key, value]) => {
    const current = now[key as keyof Settings]
    return said(value) === said(current) ? [] : [`${key}=${said(value)} (now ${said(current)})`]
  })
  return { settings: { ...now, ...begun.ofRows }, kept }
}

function describeSource(source: OptionSourceName, settings: Partial<Settings>): string {
  const details = Object.entries(settings).map(([key, value]) => `${key}=${said(value)}`)
  return [`explore.provider=${source}`, ...details].join(' ')
}

const said = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value))

function pick(settings: Settings, keys: readonly (keyof Settings)[]): Partial<Settings> {
  return Object.fromEntries(keys.map((key) => [key, settings[key]]))
}
