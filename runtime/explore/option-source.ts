import type { ChainSource } from '../../sdk/chain-source.ts'
import type { OptionProvider } from '../../sdk/option-provider.ts'
import type { Settings } from '../config/schema.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { findOptionPlugin } from '../market/option-providers.ts'
import { openedBySettings, SIMULATED_SETTINGS, TRADIER_SETTINGS } from '../market/refused-option.ts'
import { namingSettings } from './named-settings.ts'

export type OptionSourceName = 'simulated' | 'files' | 'tradier'

export interface OptionSourceDeps {
  readonly settings: Settings
  /** The imported chains, null where there are none. */
  chainSource(): ChainSource | null
  /** Finds the plugin of a source by its name. */
  readonly findPlugin?: typeof findOptionPlugin | undefined
}

/** What chains are wanted for: hits in bars of a market, or strategies that somebody brings. `simulated`: whether the bars that are there are. */
export interface Explored {
  readonly what: 'hits' | 'strategies'
  readonly simulated: boolean
}

/**
 * Where option chains come from: what the settings name; with `auto` Tradier where a token is set, else imported chains, else the simulated
 * market, unless real bars were imported: they are not explored in a market that never was. Nor are hits in simulated bars in imported
 * chains: they stay in their own market.
 * @throws explore_no_chains, explore_no_token
 */
export function chooseOptionSource({ settings, chainSource }: OptionSourceDeps, { what, simulated }: Explored): OptionSourceName {
  const asked = settings['explore.provider']
  const hasToken = settings['tradier.token'] !== ''
  if (asked === 'tradier' && !hasToken) throw new StrikescanError('explore_no_token')
  if (asked === 'files' && chainSource() === null) throw new StrikescanError('explore_no_chains')
  if (asked !== 'auto') return asked
  // A token goes with a vendor that was chosen, even where it is a simulated one.
  if (hasToken) return 'tradier'
  if (simulated && what === 'hits') return 'simulated'
  if (chainSource() !== null) return 'files'
  if (simulated) return 'simulated'
  throw new StrikescanError('explore_no_chains')
}

/** Opens the source for hits of a date (ISO; null for rows without one): recorded and simulated chains of later days are not seen. */
export async function openOptionSource(name: OptionSourceName, { settings, chainSource, findPlugin = findOptionPlugin }: OptionSourceDeps, date: string | null): Promise<OptionProvider> {
  const plugin = await findPlugin(name)
  if (plugin === null) throw new StrikescanError('explore_no_provider', { provider: name })
  const asOf = date === null ? {} : { asOf: date }
  const options = {
    simulated: { seed: settings['market.simulatedSeed'], symbols: settings['market.simulatedSymbols'], ...asOf },
    files: { source: chainSource(), ...asOf },
    tradier: { baseUrl: settings['tradier.url'], token: settings['tradier.token'] },
  }[name]
  const settingsOf = { simulated: SIMULATED_SETTINGS, files: {}, tradier: TRADIER_SETTINGS }[name]
  const provider = openedBySettings(settingsOf, 'explore_provider_refused', () => plugin.open(options as never))
  return provider.remote ? namingSettings(provider, settingsOf) : provider
}

/** Whether no market ever made the quotes of a source. */
export async function isSourceSimulated(name: OptionSourceName, deps: OptionSourceDeps): Promise<boolean> {
  return name === 'simulated' || (await openOptionSource(name, deps, null)).simulated
}

/**
 * Where an exploration that is asked for now will have its chains from: finds what keeps the source from being opened before anything is
 * registered. @throws as the two above
 */
export async function expectedOptionSource(deps: OptionSourceDeps, explored: Explored): Promise<{ source: string; simulated: boolean }> {
  const { name, simulated } = await openOptionSource(chooseOptionSource(deps, explored), deps, null)
  return { source: name, simulated }
}

/** True where a source serves quotes of now, whatever the date of the hit. */
export const isLive = (name: OptionSourceName): boolean => name === 'tradier'
