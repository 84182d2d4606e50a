import { describe, expect, it } from 'vitest'

import { TickerExploration } from '../../../../runtime/explore/explore-ticker.ts'
import type { ExplorationOutcome, StrategyRow } from '../../../../runtime/explore/row.ts'
import { ProviderCallError } from '../../../../sdk/option-provider.ts'
import type { OptionChain } from '../../../../sdk/options/chain.ts'
import { makeChain, SPOT, strategyRow, tickerDeps, type ChainShape } from './support.ts'

const [NEAR, FAR, LEAP] = ['2026-12-24', '2027-02-19', '2027-09-17'] as const
const SHORT = strategyRow({ horizon: 'SHORT' })
const OWN = strategyRow({ dteMin: 80, dteMax: 100 })
const LONG = strategyRow({ horizon: 'LEAP', strategy: 'LEAP Call' })

/** A chain that states no price and whose quotes lean to one that is a little, or a good deal, higher. */
const leaning = (date: string, by: number, shape: ChainShape = {}): OptionChain =>
  makeChain(date, { underlyingPrice: null, change: (contract) => (contract.right === 'call' ? { ...contract, bid: contract.bid! + by, ask: contract.ask! + by } : contract), ...shape })
const CHAINS = { [NEAR]: leaning(NEAR, 0.1), [FAR]: leaning(FAR, 0.6), [LEAP]: leaning(LEAP, 1) }

/** Rows `from` and on of all, as after a break before that row. */
async function explore(answers: Record<string, OptionChain | Error>, rows: readonly StrategyRow[], from = 0): Promise<{ outcomes: ExplorationOutcome[]; asked: string[] }> {
  const { deps, asked } = await tickerDeps(answers)
  const exploration = new TickerExploration('ABC', deps, () => rows)
  const outcomes: ExplorationOutcome[] = []
  for (let position = from; position < rows.length; position++) outcomes.push((await exploration.explore({ position, row: rows[position]! }))!)
  return { outcomes, asked }
}

const priceOf = ({ explorationReason }: ExplorationOutcome): string => /price (\S+ by put-call parity[^,]*),/.exec(explorationReason)?.[1] ?? explorationReason

describe('the price of a ticker of which only put-call parity tells', () => {
  it('is that of the nearest expiration that its rows look at, whatever their order, and costs no further call', async () => {
    const { outcomes, asked } = await explore(CHAINS, [LONG, OWN, SHORT])
    const near = `$${(SPOT + 0.1).toFixed(2)} by put-call parity`
    expect(outcomes.map(priceOf)).toEqual([`${near} of ${NEAR}`, `${near} of ${NEAR}`, near])
    expect(asked.toSorted()).toEqual([NEAR, FAR, LEAP, 'expirations'].toSorted())
    expect((await explore(CHAINS, [SHORT, LONG, OWN])).outcomes.map(priceOf)).toEqual([near, `${near} of ${NEAR}`, `${near} of ${NEAR}`])
    for (const { explorationStatus, dataQuality } of outcomes) expect([explorationStatus, dataQuality]).toEqual(['Success', ['spot_inferred']])
  })

  it('is the same after a break, though the row that looked at it is done', async () => {
    const rows = [SHORT, LONG, OWN]
    const whole = (await explore(CHAINS, rows)).outcomes
    const rest = (await explore(CHAINS, rows, 1)).outcomes
    const apart = ({ apiCalls: _, chainCacheHit: __, ...outcome }: ExplorationOutcome) => outcome
    expect(rest.map(apart)).toEqual(whole.slice(1).map(apart))
  })

  it('is each its own where quotes contradict one price for all, as of an index whose options are on its futures', async () => {
    const { outcomes } = await explore({ [NEAR]: leaning(NEAR, 0.1), [FAR]: leaning(FAR, 0, { spot: 130, strikes: Array.from({ length: 41 }, (_, at) => 90 + at * 2) }) }, [SHORT, OWN])
    expect(outcomes.map(priceOf)).toEqual(['$100.10 by put-call parity', '$130.00 by put-call parity'])
  })

  it('is the quote that another expiration came with, where parity lets this one have it', async () => {
    const quoted = { ...leaning(NEAR, 0.1), underlyingQuote: SPOT + 0.2 }
    const { outcomes } = await explore({ ...CHAINS, [NEAR]: quoted }, [LONG, SHORT])
    const reasons = outcomes.map(({ explorationReason }) => /price (\S+ by the vendor's quote[^,]*),/.exec(explorationReason)?.[1])
    expect(reasons).toEqual([`$100.20 by the vendor's quote of ${NEAR}`, "$100.20 by the vendor's quote"])
    for (const { dataQuality } of outcomes) expect(dataQuality).toEqual(['spot_quoted'])
  })

  it('is that of the next one where the nearest can not be fetched, and comes before a close for LEAPs of those rows', async () => {
    const down = new ProviderCallError('unavailable', 'The vendor is down.', { passing: true })
    const { outcomes } = await explore({ ...CHAINS, [NEAR]: down }, [SHORT, OWN, { ...LONG, close: SPOT + 1.5 }])
    expect(outcomes[0]!).toMatchObject({ explorationStatus: 'Chain_Fetch_Failed', retryable: true })
    expect(priceOf(outcomes[1]!)).toBe(`$${(SPOT + 0.6).toFixed(2)} by put-call parity`)
    expect(priceOf(outcomes[2]!)).toBe(`$${(SPOT + 0.6).toFixed(2)} by put-call parity of ${FAR}`)
  })
})
