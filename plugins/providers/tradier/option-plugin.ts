import type { OptionProviderPlugin } from '../../../sdk/option-provider.ts'
import { checkOptions, type TradierOptions } from './options.ts'
import { tradierProvider } from './provider.ts'

/** Option chains of Tradier, live, from its sandbox, or from a server of the same shapes such as `strikescan simulate`. */
export default {
  kind: 'option-provider',
  name: 'tradier',
  open: (options) => tradierProvider(checkOptions(options)),
} satisfies OptionProviderPlugin<TradierOptions>
