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

/**
 * Where option chains come from: what the settings name; with `auto` the simulated market for a simulated run (no other
 * knows its symbols), else Tradier where a token is set, else imported chains, else the simulated market, unless real
 * bars were imported: hits in them are not explored in a market that never was.
 * @throws explore_no_chains, explore_no_token
 */
export function chooseOptionSource({ settings, chainSource }: OptionSourceDeps, market: { simulated: boolean }): OptionSourceName {
  const asked = settings['explore.provider']
  const hasToken = settings['tradier.token'] !== ''
  if (asked === 'tradier' && !hasToken) throw new StrikescanError('explore_no_token')
  if (asked === 'files' && chainSource() === null) throw new StrikescanError('explore_no_chains')
  if (asked !== 'auto') return asked
  // A token goes with a vendor that was chosen, even where it is a simulated one.
  if (hasToken) return 'tradier'
  if (market.simulated) return 'simulated'
  if (chainSource() === null) throw new StrikescanError('explore_no_chains')
  return 'files'
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

/**
 * Where an exploration that is asked for now will have its chains from: finds what keeps the source from being opened before anything is
 * registered. @throws as the two above
 */
export async function expectedOptionSource(deps: OptionSourceDeps, market: { simulated: boolean }): Promise<{ source: string; simulated: boolean }> {
  const { name, simulated } = await openOptionSource(chooseOptionSource(deps, market), deps, null)
  return { source: name, simulated }
}

/** True where a source serves quotes of now, whatever the date of the hit. */
export const isLive = (name: OptionSourceName): boolean => name === 'tradier'
