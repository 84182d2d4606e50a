import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import type { MarketProvider, SymbolBars } from '../../sdk/market.ts'
import type { NewsProviderPlugin } from '../../sdk/news.ts'
import type { OptionProvider, OptionProviderPlugin } from '../../sdk/option-provider.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { findProvider } from './providers.ts'
import { openedBySettings, SIMULATED_SETTINGS } from './refused-option.ts'
import { closingInstantMs } from './session-close.ts'

const FOLDER = fileURLToPath(new URL('../../plugins/providers/', import.meta.url))
const SIMULATED = 'simulated'

/** What the simulated market has beside what every market provider has. */
interface WholeMarket extends MarketProvider {
  readonly sessions: Int32Array
  barsOf(symbol: string): SymbolBars | null
}

export interface SimulatedOptions {
  readonly options: OptionProvider
  /** Epoch milliseconds of its last session's close. */
  readonly asOf: number
  /** Daily bars of a ticker, null where the market has none such. */
  bars(ticker: string): SymbolBars | null
}

/** An option provider by its name, found as `plugins/providers/NAME/option-plugin.*`; null where there is none. */
export function findOptionPlugin(name: string, folder: string = FOLDER): Promise<OptionProviderPlugin<never> | null> {
  return findPlugin(join(folder, name), name, /^option-plugin\.[jt]s$/)
}

/** A source of news by its name, found as `plugins/providers/NAME/news-plugin.*`; null where there is none. */
export function findNewsPlugin(name: string): Promise<NewsProviderPlugin<never> | null> {
  return findPlugin(join(FOLDER, name), name, /^news-plugin\.[jt]s$/)
}

async function findPlugin<Plugin>(home: string, name: string, wanted: RegExp): Promise<Plugin | null> {
  const file = /^[\w-]+$/.test(name) && existsSync(home) ? readdirSync(home).find((entry) => wanted.test(entry)) : undefined
  if (file === undefined) return null
  const { default: plugin } = (await import(pathToFileURL(join(home, file)).href)) as { default: Plugin }
  return plugin
}

/**
 * The simulated market with its option chains, to be served or explored without a store.
 * @throws simulate_unavailable where the plugin is not installed; simulate_option_invalid where an option is outside its range
 */
export async function openSimulatedOptions(options: { seed: number; symbols: number }): Promise<SimulatedOptions> {
  const [plugin, barPlugin] = await Promise.all([findOptionPlugin(SIMULATED), findProvider(SIMULATED)])
  if (plugin === null || barPlugin === null) throw new StrikescanError('simulate_unavailable')
  const { market, provider } = openedBySettings(SIMULATED_SETTINGS, 'simulate_option_invalid', () => ({ market: barPlugin.create(options as never) as WholeMarket, provider: plugin.open(options as never) }))
  return {
    options: provider,
    asOf: closingInstantMs(market.sessions.at(-1)!),
    bars: (ticker) => market.barsOf(ticker),
  }
}
