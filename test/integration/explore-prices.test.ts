import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { openHost } from '../../runtime/host.ts'
import { command } from './support/command-line.ts'
import { startSimulatedApi } from './support/simulated-api.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'strikescan-explore-prices-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Explored {
  run: { warnings: unknown[]; explore: { calls: number; priceCalls: number; plan: { calls: number } } }
  exploration: { Ticker: string; explorationStatus: string; explorationReason: string; dataQuality: string[]; apiCalls: number }[]
}

async function explore(settings: readonly string[], home: string, lines: readonly string[]): Promise<Explored & { code: number | null; err: string }> {
  const file = join(folder, `${home}.csv`)
  writeFileSync(file, ['Ticker,Strategy,Close', ...lines, ''].join('\n'))
  const finished = await command(['explore', file, '--home', join(folder, home), ...settings, '--set', 'explore.attempts=2', '--json'])
  return { ...(JSON.parse(finished.out) as Explored), ...finished }
}

it('rows without a close are explored at the vendor\'s quote, asked for once for all tickers and kept with the chains', async () => {
  const api = await startSimulatedApi()
  const quotes = () => [...api.asked].filter(([path]) => path.startsWith('/v1/markets/quotes?')).map(([path, times]) => [decodeURIComponent(path.split('=')[1]!), times])
  try {
    const lines = ['SPY,Long Call,', 'TLT,Covered Call,', 'QQQ,Long Put,', 'SPY,Long Put,', 'NOSUCH,Long Call,', 'IWM,Long Call,1']
    const cold = await explore(api.settings, 'home', lines)
    expect(cold.code, cold.err).toBe(0)
    expect(quotes()).toEqual([['SPY,TLT,QQQ,NOSUCH', 1]])
    // One ticker of them lists no options, and its row with a close of its own asks for no quote.
    expect(cold.run.explore).toMatchObject({ calls: 10, priceCalls: 1, plan: { calls: 11 } })
    const [spy, tlt, qqq, again, unknown, priced] = cold.exploration
    for (const row of [spy!, tlt!, qqq!, again!]) {
      expect(row, row.explorationReason).toMatchObject({ explorationStatus: 'Success', dataQuality: expect.arrayContaining(['spot_quoted']) })
      expect(row.explorationReason).toContain("by the vendor's quote")
    }
    expect(unknown!.explorationStatus).toBe('No_Expirations')
    expect(priced!.dataQuality).toEqual(expect.arrayContaining(['spot_inferred', 'close_disagrees']))
    expect(cold.exploration.map(({ apiCalls }) => apiCalls)).toEqual([2, 2, 2, 0, 1, 2])
    // Of the ticker without options no chain is known, so a chain and a price are planned for.
    const warm = await explore(api.settings, 'home', lines)
    expect(warm.run.explore).toMatchObject({ calls: 0, priceCalls: 0, plan: { calls: 2 } })
    const reasons = ({ exploration }: Explored) => exploration.slice(0, 4).map(({ explorationReason }) => explorationReason)
    expect(reasons(warm)).toEqual(reasons(cold))
    const dear = await explore(api.settings, 'dear', ['BKNG,Long Call,', 'BKNG,Long Put,', 'AAPL,Long Call,'])
    expect(dear.exploration.map(({ explorationStatus, apiCalls }) => [explorationStatus, apiCalls])).toEqual([['Skipped_Compute', 0], ['Skipped_Compute', 0], ['Success', 2]])
    expect(dear.exploration[0]!.dataQuality).toEqual(['spot_quoted'])
    expect(dear.run.explore).toMatchObject({ calls: 3, priceCalls: 1 })
    expect(await tellersOf(api.settings, 'TLT')).toEqual(['quote', 'quote'])
    expect(quotes().slice(1)).toEqual([['BKNG,AAPL', 1], ['TLT', 2]])
  } finally {
    await api.close()
  }
})

/** Who tells the price of the underlying in the first two chains of a ticker, as they are shown. */
async function tellersOf(settings: readonly string[], ticker: string): Promise<unknown[]> {
  const host = await viewer(settings)
  try {
    const { expirations, underlying } = await host.chain(ticker)
    return [underlying?.source, (await host.chain(ticker, expirations[1])).underlying?.source]
  } finally {
    await host.close()
  }
}

function viewer(settings: readonly string[]): ReturnType<typeof openHost> {
  const set = Object.fromEntries(settings.filter((_, at) => at % 2 === 1).map((pair) => pair.split(/=(.*)/s) as [string, string]))
  return openHost({ home: join(folder, 'viewed'), env: {}, set: { ...set, 'explore.attempts': '1' }, overrides: {} })
}

it('an exploration of which nothing was answered fails, and says which setting to look at', async () => {
  const api = await startSimulatedApi(['--faults', '401=1'])
  try {
    const tickers = Array.from({ length: 40 }, (_, at) => `T${String.fromCharCode(65 + at % 26, 65 + Math.floor(at / 26))}`)
    const refused = await explore(api.settings, 'refused', tickers.map((ticker) => `${ticker},Long Call,50`))
    expect(refused.code).toBe(1)
    expect(refused.exploration).toHaveLength(40)
    for (const row of refused.exploration) expect(row).toMatchObject({ explorationStatus: 'API_Error', explorationReason: expect.stringContaining('; setting tradier.token: ') })
    // A token that is refused is not tried for every ticker.
    expect(refused.run.explore.calls).toBeLessThan(20)
    expect(refused.run.warnings).toEqual([expect.objectContaining({ code: 'explore_no_answer', message: expect.stringMatching(/^not one call to tradier was answered; .*setting tradier\.token: /) })])
    const host = await viewer(api.settings)
    // A vendor on this machine makes its quotes up, which is known before the first of them comes.
    expect((await host.submitExploration({ strategies: [{ ticker: 'SPY', strategy: 'Long Call' }] })).market).toMatchObject({ source: 'tradier', simulated: true })
    await expect(host.chain('SPY')).rejects.toMatchObject({ code: 'chain_unavailable', hint: 'Mend the setting tradier.token as the message says: asking again changes nothing.' })
    await host.close()
  } finally {
    await api.close()
  }
})

it('one ticker that spoils the call for prices takes the quote from no other, and one line says so', async () => {
  const api = await startSimulatedApi(['--faults', '500@HYG=1'])
  try {
    const { run, exploration, err } = await explore(api.settings, 'failing', ['SPY,Long Call,', 'TLT,Covered Call,', 'HYG,Long Call,'])
    expect(exploration.map(({ explorationStatus }) => explorationStatus)).toEqual(['Success', 'Success', 'API_Error'])
    for (const row of exploration.slice(0, 2)) expect(row.dataQuality).toEqual(expect.arrayContaining(['spot_quoted']))
    // Two attempts for all three, and one for the half without the faulty one.
    expect(run.explore.priceCalls).toBe(3)
    expect(err.match(/the prices of 3 tickers \(SPY to HYG\).*asked for in parts, all prices came but those of HYG, which are inferred from put-call parity/g)).toHaveLength(1)
  } finally {
    await api.close()
  }
})
