import type { NewsProviderPlugin } from '../../../sdk/news.ts'
import { createSimulatedNews, type SimulatedNewsOptions } from './news/source.ts'

/** The simulated market's news, the source for runs over simulated bars. */
export default {
  kind: 'news-provider',
  name: 'simulated',
  open: createSimulatedNews,
} satisfies NewsProviderPlugin<SimulatedNewsOptions>
