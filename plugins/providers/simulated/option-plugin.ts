import type { OptionProviderPlugin } from '../../../sdk/option-provider.ts'
import { createSimulatedOptionMarket, type SimulatedOptionMarket } from './chains/market.ts'
import type { SimulatedOptionOptions } from './chains/options.ts'

/** The simulated option market, the source of chains where no real ones were imported and no vendor is set. */
export default {
  kind: 'option-provider',
  name: 'simulated',
  open: createSimulatedOptionMarket,
} satisfies OptionProviderPlugin<SimulatedOptionOptions> & { open(options: SimulatedOptionOptions): SimulatedOptionMarket }
