import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { createSimulatedOptionMarket } from '../../../plugins/providers/simulated/chains/market.ts'
import { listTickers } from '../../../plugins/providers/simulated/tickers.ts'
import { daysToExpiration } from '../../../sdk/options/index.ts'

const LAUNCHER = fileURLToPath(new URL('../../../api/cli/strikescan.js', import.meta.url))
/** What the settings have where nobody changes them. */
const MARKET = { seed: 1, symbols: 5_000 }
/** Days to expiration of the horizon MEDIUM. */
const MEDIUM_DAYS = [45, 60] as const

/** Tickers whose options trade most and that list an expiration of the horizon MEDIUM, most traded first. @throws where the market has fewer */
export async function liquidTickers(count: number): Promise<string[]> {
  const market = createSimulatedOptionMarket(MARKET)
  const traded = listTickers(MARKET.seed, MARKET.symbols)
    .map((ticker) => ({ ticker, volume: market.facts(ticker)?.optionVolume ?? 0 }))
    .filter(({ volume }) => volume > 0)
    .sort((one, other) => other.volume - one.volume)
  const found: string[] = []
  const call = { signal: new AbortController().signal, onRate: () => {} }
  for (const { ticker } of traded) {
    const { dates, asOf } = await market.expirations(ticker, call)
    const days = dates.map((date) => daysToExpiration(asOf, date))
    if (days.some((dte) => dte >= MEDIUM_DAYS[0] && dte <= MEDIUM_DAYS[1])) found.push(ticker)
    if (found.length === count) return found
  }
  throw new Error(`the simulated market has ${found.length} tickers of ${count}`)
}

/** `strikescan simulate` as a process of its own. */
export async function startSimulated(args: readonly string[]): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [LAUNCHER, 'simulate', '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const [line] = (await Promise.race([once(lines, 'line'), ended.then(() => [''])])) as [string]
  const url = /^listening on (http:\S+)$/.exec(line)?.[1]
  if (url === undefined) throw new Error('strikescan simulate does not start')
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
