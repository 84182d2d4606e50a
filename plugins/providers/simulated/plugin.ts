import type { ProviderPlugin } from '../../../sdk/market.ts'
import { createSimulatedMarket, type SimulatedMarket } from './market.ts'
import type { SimulatedOptions } from './options.ts'

/** The embedded simulated market, the source of bars where no real data was imported. */
export default {
  kind: 'provider',
  name: 'simulated',
  create: createSimulatedMarket,
} satisfies ProviderPlugin<SimulatedOptions, SimulatedMarket>
