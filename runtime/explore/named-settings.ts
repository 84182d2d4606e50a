import { ProviderCallError, type OptionProvider, type ProviderCall } from '../../sdk/option-provider.ts'
import type { SettingOfOption } from '../market/refused-option.ts'

/** A provider whose failures name what users wrote, the setting, in place of the option that it was opened with. */
export function namingSettings(provider: OptionProvider, settings: SettingOfOption): OptionProvider {
  const { name, simulated, identity, remote, callsPerMinute, prices } = provider
  const named = <T>(answer: Promise<T>): Promise<T> => answer.catch((error: unknown) => Promise.reject(withSetting(error, settings)))
  return {
    name,
    simulated,
    identity,
    remote,
    callsPerMinute,
    expirations: (ticker, call) => named(provider.expirations(ticker, call)),
    chain: (ticker, expiration, call) => named(provider.chain(ticker, expiration, call)),
    ...(provider.facts && { facts: (ticker: string) => provider.facts!(ticker) }),
    ...(prices && { prices: { mostTickers: prices.mostTickers, ask: (tickers: readonly string[], call: ProviderCall) => named(prices.ask(tickers, call)) } }),
  }
}

function withSetting(error: unknown, settings: SettingOfOption): unknown {
  if (!(error instanceof ProviderCallError) || error.remedy === null) return error
  const { failure, message, passing, retryAt, reached, remedy: { option, mend } } = error
  const setting = Object.hasOwn(settings, option) ? settings[option] : undefined
  return setting === undefined ? error : new ProviderCallError(failure, message, { passing, retryAt, reached, remedy: { option: `setting ${setting}`, mend } })
}
