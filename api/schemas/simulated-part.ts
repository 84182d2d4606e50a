import type { Run } from '../../runtime/host.ts'

/** What of a run is simulated: all that it shows, or of bars and chains only the one, where the other is real. */
export type SimulatedPart = 'all' | 'bars' | 'chains'

/**
 * What of a run is simulated, null where nothing is. The chains of a scan's hits may come from elsewhere than its bars; an exploration has chains
 * alone.
 */
export function simulatedPart({ kind, market, explore }: Pick<Run, 'kind' | 'market' | 'explore'>): SimulatedPart | null {
  const bars = market.simulated
  // Before a source is open there are no chains yet.
  const chains = explore === null || explore.provider === '' ? null : explore.simulated
  if (kind === 'exploration') return bars || chains === true ? 'all' : null
  if (chains === null || chains === bars) return bars ? 'all' : null
  return bars ? 'bars' : 'chains'
}

/** The word that stands wherever something simulated is shown: `SIMULATED`, and of what where not all is. */
export const simulatedWord = (part: SimulatedPart): string => (part === 'all' ? 'SIMULATED' : `SIMULATED ${part}`)
