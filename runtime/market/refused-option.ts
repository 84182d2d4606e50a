import { ProviderOptionError } from '../../sdk/market.ts'
import type { ErrorCode } from '../errors/registry.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'

/** The settings that give a provider its options, by the names of the options. */
export type SettingOfOption = Readonly<Record<string, string>>

export const SIMULATED_SETTINGS: SettingOfOption = { seed: 'market.simulatedSeed', symbols: 'market.simulatedSymbols' }
export const TRADIER_SETTINGS: SettingOfOption = { baseUrl: 'tradier.url', token: 'tradier.token' }

/** What `open` gives. An option that the provider refuses is told as the setting that the user wrote: as `code`, with `problem` and `mend`. */
export function openedBySettings<T>(settings: SettingOfOption, code: Extract<ErrorCode, 'explore_provider_refused' | 'simulate_option_invalid'>, open: () => T): T {
  try {
    return open()
  } catch (error) {
    if (!(error instanceof ProviderOptionError)) throw error
    const setting = Object.hasOwn(settings, error.option) ? settings[error.option] : undefined
    const problem = setting === undefined ? error.message : `Setting ${setting} ${error.what}.`
    throw new StrikescanError(code, { problem, mend: error.hint }, { cause: error })
  }
}
