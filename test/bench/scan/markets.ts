import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { openHost } from '../../../runtime/host.ts'

/** A market in a state folder of its own. */
export interface BenchMarket {
  name: string
  home: string
  /** Folder of its snapshot. */
  snapshot: string
  symbols: number
  bars: number
  simulated: boolean
}

const REAL_BARS = fileURLToPath(new URL('../../../../shared/data/daily_bars/pystock/', import.meta.url))

/** The real bars beside the repository, imported into `home`; null where they are not there. */
export async function realMarket(home: string): Promise<BenchMarket | null> {
  if (!existsSync(REAL_BARS)) return null
  const files = readdirSync(REAL_BARS).filter((name) => name.endsWith('.csv.gz'))
  const host = await openHost({ home, overrides: {}, env: {} })
  try {
    await host.importBars(files.map((name) => join(REAL_BARS, name)))
    return describe('real bars', home, await host.market())
  } finally {
    await host.close()
  }
}

/** A simulated market, made in `home`. Runs in it must not be told another number of symbols. */
export async function simulatedMarket(home: string, symbols: number): Promise<BenchMarket> {
  const host = await openHost({ home, overrides: { 'market.simulatedSymbols': symbols }, env: {} })
  try {
    return describe('simulated', home, await host.market())
  } finally {
    await host.close()
  }
}

function describe(name: string, home: string, market: { snapshot: string; symbols: number; bars: number; simulated: boolean }): BenchMarket {
  const { symbols, bars, simulated } = market
  return { name, home, snapshot: join(home, 'market/snapshots', market.snapshot), symbols, bars, simulated }
}
