import { expect, it } from 'vitest'

import { TickerExploration, type TickerDeps } from '../../../../runtime/explore/explore-ticker.ts'
import { makeChain, AS_OF, strategyRow, tickerDeps } from './support.ts'

const SUNDAY = Date.parse('2026-11-22T18:00:00Z')
const EXPIRATION = '2026-11-30'

/** Quotes of Friday, 15:45, at 30%, beside a list of expirations of an instant. */
async function explored(listedAt: number) {
  const { deps } = await tickerDeps({ [EXPIRATION]: makeChain(EXPIRATION, { greeks: false }) })
  const access: TickerDeps['access'] = {
    ...deps.access,
    expirations: async (ticker) => {
      const { value, fromCache } = await deps.access.expirations(ticker)
      return { value: { ...value, asOf: listedAt }, fromCache }
    },
  }
  const exploration = new TickerExploration('ABC', { ...deps, access })
  return (await exploration.explore({ position: 0, row: strategyRow({ dteMin: 7, dteMax: 10 }) }))!
}

it('counts days from today on a weekend, and time to expiration from the quotes', async () => {
  const sunday = await explored(SUNDAY)
  expect(sunday).toMatchObject({ explorationStatus: 'Success', sampledDte: 8, finalDte: 8, selectedExpiration: EXPIRATION, greeksSource: 'computed' })
  expect(sunday.impliedVol).toBeCloseTo(0.3, 3)
  expect(sunday.explorationReason).toContain('as of 2026-11-20T20:45:00Z')
  const friday = await explored(AS_OF)
  expect(friday).toMatchObject({ sampledDte: 10, finalDte: 10, impliedVol: sunday.impliedVol, greeksTheta: sunday.greeksTheta })
})
