import type { Settings } from '../config/schema.ts'
import type { ExploreSettings } from './explore-ticker.ts'

const MINUTE_MS = 60_000

/** The settings that decide over rows, as the engine takes them. */
export function exploreSettings(settings: Settings): ExploreSettings {
  const bounds = (key: 'liquidity.spreadShort' | 'liquidity.spreadMedium' | 'liquidity.spreadLeap' | 'liquidity.interestShort' | 'liquidity.interestMedium' | 'liquidity.interestLeap') =>
    settings[key] as [number, number, number, number]
  return {
    horizon: settings['explore.horizon'],
    extraExpirations: settings['explore.extraExpirations'],
    depth: settings['explore.depth'],
    carry: { rate: settings['explore.riskFreeRate'], dividendYield: settings['explore.dividendYield'] },
    staleMs: settings['explore.staleMinutes'] * MINUTE_MS,
    thresholds: {
      spread: { SHORT: bounds('liquidity.spreadShort'), MEDIUM: bounds('liquidity.spreadMedium'), LEAP: bounds('liquidity.spreadLeap') },
      openInterest: { SHORT: bounds('liquidity.interestShort'), MEDIUM: bounds('liquidity.interestMedium'), LEAP: bounds('liquidity.interestLeap') },
    },
  }
}
