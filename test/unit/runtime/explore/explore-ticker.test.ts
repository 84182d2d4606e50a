import { describe, expect, it } from 'vitest'

import { TickerExploration, type TickerDeps } from '../../../../runtime/explore/explore-ticker.ts'
import type { LiquidityRecord } from '../../../../runtime/explore/preflight.ts'
import type { StrategyRow } from '../../../../runtime/explore/row.ts'
import { ProviderCallError } from '../../../../sdk/option-provider.ts'
import type { OptionChain } from '../../../../sdk/options/chain.ts'
import { makeChain, SPOT, strategyRow, tickerDeps } from './support.ts'

/** 28, 35, 42 and 91 days ahead of the chain's day, and a LEAP. */
const DATES = { early: '2026-12-18', near: '2026-12-24', late: '2026-12-31', far: '2027-02-19', leap: '2027-09-17' }

async function explore(answers: Record<string, OptionChain | Error>, row: Partial<StrategyRow>, change: Parameters<typeof tickerDeps>[1] = {}) {
  const { deps, asked, remembered } = await tickerDeps(answers, change)
  const exploration = new TickerExploration('ABC', deps)
  const outcome = await exploration.explore({ position: 0, row: strategyRow(row) })
  exploration.remember()
  return { outcome: outcome!, asked, remembered, exploration }
}

const chains = (...dates: string[]) => Object.fromEntries(dates.map((date) => [date, makeChain(date)]))

describe('a row whose price is quoted above $1,000', () => {
  it('is computed where the last close contradicts the quote, and asks for that once for all rows', async () => {
    const looked: string[] = []
    const lastClose = async (ticker: string) => (looked.push(ticker), SPOT)
    const { outcome, exploration } = await explore(chains(DATES.near), {}, { quote: 10.1 * SPOT, lastClose })
    expect(outcome).toMatchObject({ explorationStatus: 'Success', dataQuality: [] })
    expect(await exploration.explore({ position: 1, row: strategyRow() })).toMatchObject({ explorationStatus: 'Success' })
    expect(looked).toEqual(['ABC'])
  })

  it('is skipped where nothing contradicts it', async () => {
    for (const close of [null, 9.5 * SPOT]) {
      const { outcome, asked } = await explore(chains(DATES.near), {}, { quote: 10.5 * SPOT, lastClose: async () => close })
      expect([outcome.explorationStatus, outcome.dataQuality, asked]).toEqual(['Skipped_Compute', ['spot_quoted'], []])
    }
  })
})

describe('a row whose chain is sound', () => {
  it('asks for the expirations first, then for the one nearest to the target, and for nothing else', async () => {
    const { outcome, asked } = await explore(chains(DATES.early, DATES.near, DATES.late, DATES.far), {})
    expect(asked).toEqual(['expirations', DATES.near])
    expect(outcome).toMatchObject({
      explorationStatus: 'Success',
      sampledExpiration: DATES.near,
      sampledDte: 34,
      sampledAtmStrike: 100,
      sampledLiquidityClass: 'Excellent',
      selectedExpiration: DATES.near,
      finalDte: 34,
      escalatedToFullChain: false,
      apiCalls: 2,
      chainCacheHit: false,
      dataQuality: [],
      greeksSource: 'vendor',
    })
    expect(outcome.escalationReason).toContain('all that Long Call needs')
  })

  it('takes the sampled chain for the whole one where it is the only expiration in range, and still chooses contracts', async () => {
    const { outcome, asked } = await explore(chains(DATES.near, DATES.far), { strategy: 'Iron Condor' })
    expect(asked).toEqual(['expirations', DATES.near])
    expect(outcome.escalatedToFullChain).toBe(false)
    expect(outcome.escalationReason).toContain('only one in range')
    expect(outcome.legs).toHaveLength(4)
    expect(outcome.maxLoss).toBeCloseTo(outcome.capitalRequired! - outcome.mid! * 100, 1)
  })

  it('fetches a later expiration for a strategy that stands on two, and says so', async () => {
    const { outcome, asked } = await explore(chains(DATES.near, DATES.far), { strategy: 'Calendar' })
    expect(asked).toEqual(['expirations', DATES.near, DATES.far])
    expect(outcome.explorationStatus).toBe('Success')
    expect(outcome.escalatedToFullChain).toBe(true)
    expect(outcome.escalationReason).toContain('two expirations')
    expect(new Set(outcome.legs!.map(({ expiration }) => expiration))).toEqual(new Set([DATES.near, DATES.far]))
    expect(outcome.maxProfit).toBeNull()
  })

  it.each([['Covered Call', 100], ['Long Call', 0]])('tells the shares of a contract, and for a %s %i that are held', async (strategy, held) => {
    const { outcome } = await explore(chains(DATES.near, DATES.far), { strategy })
    expect(outcome.legs!.map(({ multiplier }) => multiplier)).toEqual([100])
    expect(outcome.positionShares).toBe(held)
  })

  it('fails as its later chain does where nothing stands in for it', async () => {
    const down = new ProviderCallError('unavailable', 'The vendor is down.', { passing: true })
    const { outcome } = await explore({ [DATES.near]: makeChain(DATES.near), [DATES.far]: down }, { strategy: 'Calendar' })
    expect(outcome).toMatchObject({ explorationStatus: 'Chain_Fetch_Failed', sampledExpiration: DATES.near, sampledLiquidityClass: 'Excellent', parallelError: 'The vendor is down.' })
  })

  it('can be tried again where it lacks a chain that may come, unless it has a position that can be traded', async () => {
    const illiquid = makeChain(DATES.near, { halfSpread: 2, openInterest: 0, volume: 0 })
    const lacking = async (passing: boolean) => {
      const { outcome } = await explore({ [DATES.near]: illiquid, [DATES.late]: new ProviderCallError('malformed', 'Half an answer.', { passing }) }, {})
      return [outcome.explorationStatus, outcome.retryable]
    }
    expect([await lacking(true), await lacking(false)]).toEqual([['Not_Viable', true], ['Not_Viable', undefined]])
  })

  it('keeps a position that is there where another expiration can not be fetched', async () => {
    const down = new ProviderCallError('unavailable', 'The vendor is down.', { passing: true })
    const { deps } = await tickerDeps({ [DATES.near]: makeChain(DATES.near), [DATES.late]: down })
    const exploration = new TickerExploration('ABC', { ...deps, settings: { ...deps.settings, depth: 'range' } })
    const outcome = await exploration.explore({ position: 0, row: strategyRow() })
    expect(outcome).toMatchObject({ explorationStatus: 'Success', selectedExpiration: DATES.near, escalatedToFullChain: true })
    expect(outcome!.explorationReason).toContain('could not be fetched: The vendor is down')
    expect(outcome!.retryable).toBeUndefined()
  })

  it('shares chains among the rows of the ticker', async () => {
    const { deps, asked } = await tickerDeps(chains(DATES.near))
    const exploration = new TickerExploration('ABC', deps)
    await exploration.explore({ position: 0, row: strategyRow() })
    const second = await exploration.explore({ position: 1, row: strategyRow({ strategy: 'Long Straddle' }) })
    expect(asked).toEqual(['expirations', DATES.near])
    expect(second).toMatchObject({ explorationStatus: 'Success', apiCalls: 0, chainCacheHit: true })
  })

  it('computes Greeks where the vendor has none, close to the volatility the quotes were made with', async () => {
    const { outcome } = await explore({ [DATES.near]: makeChain(DATES.near, { greeks: false }) }, {})
    expect(outcome.greeksSource).toBe('computed')
    expect(outcome.impliedVol).toBeCloseTo(0.3, 3)
  })

  it('sets Greeks of the vendor aside that can not be, and says so', async () => {
    const odd = makeChain(DATES.near, { change: (contract) => ({ ...contract, greeks: { ...contract.greeks!, delta: -contract.greeks!.delta! } }) })
    const { outcome } = await explore({ [DATES.near]: odd }, {})
    expect(outcome.greeksSource).toBe('computed')
    expect(outcome.dataQuality).toContain('vendor_greeks_odd')
    expect(outcome.greeksDelta).toBeGreaterThan(0)
  })

  it('infers a missing underlying price from put-call parity', async () => {
    const { outcome } = await explore({ [DATES.near]: makeChain(DATES.near, { underlyingPrice: null }) }, {})
    expect(outcome.explorationStatus).toBe('Success')
    expect(outcome.sampledAtmStrike).toBe(SPOT)
    expect(outcome.dataQuality).toContain('spot_inferred')
  })
})

describe('a row whose sample fails on quality', () => {
  const thin = (date: string) => makeChain(date, { halfSpread: 1.5, openInterest: 3, volume: 0 })

  it('looks at the next nearest expirations in range and goes on with one that serves', async () => {
    const { outcome, asked } = await explore({ [DATES.near]: thin(DATES.near), [DATES.late]: makeChain(DATES.late) }, {})
    expect(asked).toEqual(['expirations', DATES.near, DATES.late])
    expect(outcome).toMatchObject({ explorationStatus: 'Success', sampledExpiration: DATES.late })
    expect(outcome.explorationReason).toContain(DATES.near)
  })

  it('ends as Not_Viable with what each expiration showed, and remembers the ticker as illiquid', async () => {
    const { outcome, remembered } = await explore({ [DATES.near]: thin(DATES.near), [DATES.late]: thin(DATES.late) }, {})
    expect(outcome).toMatchObject({ explorationStatus: 'Not_Viable', sampledExpiration: DATES.near, sampledLiquidityClass: 'Illiquid', legs: null })
    expect(outcome.explorationReason).toContain(DATES.near)
    expect(outcome.explorationReason).toContain(DATES.late)
    expect(remembered).toEqual([{ class: 'Illiquid', horizon: 'SHORT', right: 'call', date: '2026-11-20' }])
  })

  it('takes a chain of zeros for a matter of quality, and one that can not be fetched for none of the others', async () => {
    const zeros = makeChain(DATES.near, { change: (contract) => ({ ...contract, bid: 0, ask: 0, volume: 0, openInterest: 0 }) })
    const down = new ProviderCallError('unavailable', 'The vendor is down.', { passing: true })
    const { outcome } = await explore({ [DATES.near]: zeros, [DATES.late]: makeChain(DATES.late) }, {})
    expect(outcome).toMatchObject({ explorationStatus: 'Success', sampledExpiration: DATES.late })
    const { outcome: mixed } = await explore({ [DATES.near]: thin(DATES.near), [DATES.late]: down }, {})
    expect(mixed).toMatchObject({ explorationStatus: 'Not_Viable', sampledExpiration: DATES.near })
    expect(mixed.explorationReason).toMatch(/Illiquid.*could not be fetched: The vendor is down/)
  })

  it('is none of those whose strategy needs the other type of contracts, nor remembered of those', async () => {
    const badPuts = makeChain(DATES.near, { change: (contract) => (contract.right === 'put' ? { ...contract, bid: 0.05, ask: 9 } : contract) })
    const bearish = { strategy: 'Calendar', tradeBias: 'bearish' } as const
    const { remembered } = await explore({ [DATES.near]: badPuts }, bearish)
    expect(remembered).toEqual([{ class: 'Illiquid', horizon: 'SHORT', right: 'put', date: '2026-11-20' }])
    for (const tradeBias of [null, 'bullish', 'neutral'] as const) {
      const { outcome } = await explore({ [DATES.near]: badPuts, [DATES.late]: makeChain(DATES.late) }, { ...bearish, tradeBias }, { liquidity: () => remembered })
      expect(outcome).toMatchObject({ explorationStatus: 'Success', sampledExpiration: DATES.near })
    }
  })

  it('says so where the quotes have both sides but are crossed', async () => {
    const crossed = makeChain(DATES.near, { change: (contract) => ({ ...contract, bid: 4.5, ask: 4.25 }) })
    const { outcome } = await explore({ [DATES.near]: crossed }, {})
    expect(outcome).toMatchObject({ explorationStatus: 'Not_Viable', dataQuality: ['crossed'] })
    expect(outcome.explorationReason).toContain('no call near $100.00 has a quote with both sides that is not crossed: the 100 call has its bid of 4.5 above its ask of 4.25')
  })

  it('says nothing of the horizon where the row has days of its own', async () => {
    const { remembered } = await explore({ [DATES.near]: thin(DATES.near) }, { dteMin: 30, dteMax: 40 })
    expect(remembered).toEqual([])
  })

  it('looks no further than the settings let it', async () => {
    const { deps, asked } = await tickerDeps({ [DATES.near]: thin(DATES.near), [DATES.late]: thin(DATES.late) })
    await new TickerExploration('ABC', { ...deps, settings: { ...deps.settings, extraExpirations: 0 } }).explore({ position: 0, row: strategyRow() })
    expect(asked).toEqual(['expirations', DATES.near])
  })
})

describe('a row that can not be explored', () => {
  it.each([
    ['names an unknown strategy', { strategy: 'Long Banana' }, 'Evaluation_Error', /^the strategy "Long Banana" is unknown; known are .*Iron Condor/],
    ['misspells its strategy', { strategy: 'irn-condors' }, 'Evaluation_Error', /^the strategy "irn-condors" is unknown \(did you mean Iron Condor\?\); known are .*Calendar/],
    ['names no strategy', { strategy: ' ' }, 'Evaluation_Error', /no strategy/],
    ['has cells that can not be read', { problems: ['Close is abc.'] }, 'Evaluation_Error', /Close is abc/],
    ['asks for days that its strategy does not have', { strategy: 'LEAP Call', dteMin: 30, dteMax: 45 }, 'Not_Viable', /180 days.*30 to 45/],
  ] as const)('%s', async (_, row, status, reason) => {
    const { outcome, asked } = await explore(chains(DATES.near), row)
    expect(outcome.explorationStatus).toBe(status)
    expect(outcome.explorationReason).toMatch(reason)
    expect(asked).toEqual([])
  })

  it('is flagged where its chains are of a day before the hit, and has none where they are of long before', async () => {
    const sound = await explore(chains(DATES.near), { date: '2026-11-20' })
    expect([sound.outcome.explorationStatus, sound.outcome.dataQuality]).toEqual(['Success', []])
    const behind = await explore(chains(DATES.near), { date: '2026-11-23' })
    expect([behind.outcome.explorationStatus, behind.outcome.dataQuality]).toEqual(['Success', ['stale']])
    expect(behind.outcome.explorationReason).toContain('on or before 2026-11-23 are of 2026-11-20, 3 days before')
    const old = await explore(chains(DATES.near), { date: '2026-12-01' })
    expect(old).toMatchObject({ asked: ['expirations'], outcome: { explorationStatus: 'No_Chain_Data', explorationReason: expect.stringMatching(/11 days before, which is too long ago/) } })
  })

  it('says which expirations are nearest where none is in range', async () => {
    const { outcome } = await explore(chains(DATES.early, DATES.far), {})
    expect(outcome.explorationStatus).toBe('No_Expirations')
    expect(outcome.explorationReason).toMatch(/30 to 45.*2026-12-18 \(28 days\).*2027-02-19 \(91 days\)/)
  })

  it('says so where no options are listed, and remembers it', async () => {
    const { outcome, remembered } = await explore({}, {})
    expect(outcome.explorationStatus).toBe('No_Expirations')
    expect(remembered).toEqual([{ class: 'none', horizon: 'any', right: 'any', date: '2026-11-20' }])
  })

  it('does not take a ticker without a recording for one without options', async () => {
    const undated = await explore({}, {}, { recorded: true })
    expect(undated.outcome).toMatchObject({ explorationStatus: 'No_Expirations', explorationReason: 'no option chains of ABC were imported' })
    expect(undated.remembered).toEqual([])
    const dated = await explore({}, { date: '2026-11-20' }, { recorded: true })
    expect(dated.outcome.explorationReason).toBe('no option chains of ABC were imported that were recorded on 2026-11-20 or before')
  })

  it.each([
    ['an empty chain', { ...makeChain(DATES.near), contracts: [] }, 'No_Chain_Data', /empty/],
    ['a chain of zeros', makeChain(DATES.near, { change: (c) => ({ ...c, bid: 0, ask: 0, volume: 0, openInterest: 0 }) }), 'No_Chain_Data', /zeros/],
    ['only adjusted contracts', makeChain(DATES.near, { change: (c) => ({ ...c, adjusted: true }) }), 'No_Chain_Data', /adjusted/],
    ['no contracts of the type', makeChain(DATES.near, { change: (c) => (c.right === 'call' ? null : c) }), 'No_Chain_Data', /no calls/],
    ['strikes from before a split', makeChain(DATES.near, { strikes: [300, 310, 320, 330] }), 'No_Suitable_Strikes', /at the money/],
    ['no quote with both sides', makeChain(DATES.near, { change: (c) => ({ ...c, bid: 0 }) }), 'Not_Viable', /both sides/],
  ] as const)('%s', async (_, chain, status, reason) => {
    const { outcome } = await explore({ [DATES.near]: chain }, {})
    expect(outcome.explorationStatus).toBe(status)
    expect(outcome.explorationReason).toMatch(reason)
  })

  it.each([
    ['unavailable', 'Chain_Fetch_Failed'],
    ['malformed', 'Chain_Fetch_Failed'],
    ['timed_out', 'Timed_Out'],
  ] as const)('a chain that is %s', async (failure, status) => {
    const { outcome } = await explore({ [DATES.near]: new ProviderCallError(failure, 'The vendor is down.', { passing: true }) }, {})
    expect(outcome).toMatchObject({ explorationStatus: status, sampledExpiration: DATES.near, parallelError: 'The vendor is down.' })
  })

  it('asks once for what failed, however many rows want it', async () => {
    const { deps, asked } = await tickerDeps({ [DATES.near]: new ProviderCallError('malformed', 'Half an answer.', { passing: false }) })
    const exploration = new TickerExploration('ABC', deps)
    for (const strategy of ['Long Call', 'Long Put', 'Long Call']) {
      expect(await exploration.explore({ position: 0, row: strategyRow({ strategy }) })).toMatchObject({ explorationStatus: 'Chain_Fetch_Failed' })
    }
    expect(asked).toEqual(['expirations', DATES.near])
  })

  it.each([
    ['quotes', 'Low_Liquidity'],
    ['strikes', 'No_Suitable_Strikes'],
    ['expiration', 'No_Expirations'],
    [undefined, 'No_Suitable_Strikes'],
  ] as const)('whose strategy lacks %s is %s', async (lack, status) => {
    const { deps } = await tickerDeps(chains(DATES.near))
    const refusing = { ...deps.findStrategy('Long Call')!, select: () => ({ legs: null, reason: 'nothing suits', ...(lack !== undefined && { lack }) }) }
    const exploration = new TickerExploration('ABC', { ...deps, findStrategy: () => refusing })
    const outcome = await exploration.explore({ position: 0, row: strategyRow() })
    expect(outcome).toMatchObject({ explorationStatus: status, explorationReason: `${DATES.near}: nothing suits`, sampledExpiration: DATES.near, legs: null })
  })

  it('lists what each expiration lacked, and is what came nearest to a position', async () => {
    const { deps } = await tickerDeps(chains(DATES.near, DATES.late))
    const refusing = { ...deps.findStrategy('Long Call')!, select: ({ near }: { near: { expiration: string } }) => ({ legs: null, reason: 'no', lack: near.expiration === DATES.near ? ('strikes' as const) : ('quotes' as const) }) }
    const outcome = await new TickerExploration('ABC', { ...deps, findStrategy: () => refusing }).explore({ position: 0, row: strategyRow() })
    expect(outcome).toMatchObject({ explorationStatus: 'Low_Liquidity', explorationReason: `${DATES.near}: no; ${DATES.late}: no`, escalatedToFullChain: true })
  })

  it('ends as Evaluation_Error where a strategy breaks, and the next row goes on', async () => {
    const { deps } = await tickerDeps(chains(DATES.near))
    const broken = { ...deps.findStrategy('Long Call')!, select: () => { throw new Error('a bug in the strategy') } }
    const exploration = new TickerExploration('ABC', { ...deps, findStrategy: (name) => (name === 'Broken' ? broken : deps.findStrategy(name)) })
    expect(await exploration.explore({ position: 0, row: strategyRow({ strategy: 'Broken' }) })).toMatchObject({ explorationStatus: 'Evaluation_Error' })
    expect(await exploration.explore({ position: 1, row: strategyRow() })).toMatchObject({ explorationStatus: 'Success' })
  })
})

describe('what a vendor lists that is left out', () => {
  it('of expirations stands in the reason of a row that finds none, and in the log once', async () => {
    const { deps } = await tickerDeps(chains(DATES.far))
    const { access } = deps
    const refused = [{ reason: 'past', count: 2 }, { reason: 'no date', count: 1 }]
    const listing: TickerDeps['access'] = {
      ...access,
      expirations: async (ticker) => {
        const { value, fromCache } = await access.expirations(ticker)
        // The last is of the day before the answer: a provider's list need not be clean.
        return { value: { ...value, dates: ['2026-11-19', ...value.dates], refused }, fromCache }
      },
    }
    const exploration = new TickerExploration('ABC', { ...deps, access: listing })
    const outcomes = [await exploration.explore({ position: 0, row: strategyRow() }), await exploration.explore({ position: 1, row: strategyRow({ strategy: 'Long Put' }) })]
    for (const outcome of outcomes) expect(outcome).toMatchObject({ explorationStatus: 'No_Expirations', dataQuality: ['entries_refused'], explorationReason: expect.stringMatching(/nearest is 2027-02-19.*\(left out: 2 past, 1 no date, 1 past\)$/) })
    expect(exploration.takeRemarks()).toEqual(['the list of expirations of ABC, as of 2026-11-20, held entries that were left out: 2 past, 1 no date, 1 past'])
    expect(exploration.takeRemarks()).toEqual([])
  })

  it('of a chain is flagged, and counted in the log', async () => {
    const { outcome, exploration } = await explore({ [DATES.near]: { ...makeChain(DATES.near), refused: [{ reason: 'expired', count: 3 }, { reason: 'another ticker', count: 1 }] } }, {})
    expect(outcome).toMatchObject({ explorationStatus: 'Success', dataQuality: ['entries_refused'] })
    expect(exploration.takeRemarks()).toEqual([`the chain of ${DATES.near} held entries that were left out: 3 expired, 1 another ticker`])
  })
})

describe('a range that is open above', () => {
  const bare = makeChain(DATES.near, { change: (contract) => (contract.strike === SPOT ? contract : { ...contract, bid: 0 }) })
  const spread = { strategy: 'Call Credit Spread', dteMin: 30 }

  it('is looked at from its beginning, no further than the nearest expiration that serves', async () => {
    const { outcome, asked } = await explore({ ...chains(DATES.late, DATES.far, DATES.leap), [DATES.near]: bare }, spread)
    expect(asked).toEqual(['expirations', DATES.near, DATES.late])
    expect(outcome).toMatchObject({ explorationStatus: 'Success', selectedExpiration: DATES.late, escalatedToFullChain: true })
    expect(outcome.escalationReason).toBe(`the sampled expiration offers Call Credit Spread no contracts; the nearest 1 of the other 3 expirations in range (${DATES.late}) was looked at too`)
    expect(outcome.explorationReason).toContain('asked for 30 or more')
  })

  it('is looked at as a whole where none serves', async () => {
    const { outcome, asked } = await explore({ [DATES.near]: bare, [DATES.late]: { ...bare, expiration: DATES.late, contracts: [] } }, spread)
    expect(asked).toEqual(['expirations', DATES.near, DATES.late])
    expect(outcome.explorationStatus).toBe('Low_Liquidity')
  })
})

describe('answers that are from the cache', () => {
  const HOUR = 3_600_000
  /** A row of a market that goes on, `ageMs` after its chains came: Friday, 15:45 in New York. */
  async function later(ageMs: number, date = DATES.near) {
    const { deps } = await tickerDeps(chains(date))
    const access = { ...deps.access, expirations: async (ticker: string) => ({ ...(await deps.access.expirations(ticker)), ageMs }) }
    return (await new TickerExploration('ABC', { ...deps, access }).explore({ position: 0, row: strategyRow({ dteMin: 0, dteMax: 60 }) }))!
  }

  it('are stale once their quotes are older than trading time allows, and their days count from now', async () => {
    const friday = { finalDte: 34, sampledDte: 34, dataQuality: [] }
    expect(await later(0)).toMatchObject(friday)
    expect(await later(2 * HOUR)).toMatchObject(friday)
    expect(await later(48 * HOUR)).toMatchObject({ finalDte: 32, dataQuality: [] })
    const monday = await later(66 * HOUR)
    expect(monday).toMatchObject({ explorationStatus: 'Success', finalDte: 31, sampledDte: 31, dataQuality: ['stale'] })
    // The Greeks are those of the quotes.
    expect(monday.greeksDelta).toBe((await later(0)).greeksDelta)
  })

  it('offer nothing that has ended since', async () => {
    expect(await later(HOUR, '2026-11-20')).toMatchObject({ explorationStatus: 'No_Chain_Data', explorationReason: expect.stringContaining('had ended since the quotes were made') })
    expect(await later(24 * HOUR, '2026-11-20')).toMatchObject({ explorationStatus: 'No_Expirations' })
  })
})

describe('tier 0', () => {
  const known = (record: LiquidityRecord): Partial<TickerDeps> => ({ liquidity: () => [record] })

  it.each<[string, Partial<StrategyRow>, Partial<TickerDeps>, RegExp]>([
    ['a price above $1,000 of which nothing is known', { close: 1_200 }, {}, /above \$1,000/],
    ['a small cap whose options do not trade', { marketCap: 1e9, optionVolume: 0 }, {}, /small cap/],
    ['known to be illiquid', {}, known({ class: 'Illiquid', horizon: 'SHORT', right: 'any', date: '2026-11-19' }), /illiquid.*2026-11-19/],
    ['known to have no options', {}, known({ class: 'none', horizon: 'any', right: 'any', date: '2026-11-19' }), /no options/],
  ])('%s is skipped before any call', async (_, row, change, reason) => {
    const { outcome, asked } = await explore(chains(DATES.near), row, change)
    expect(outcome).toMatchObject({ explorationStatus: 'Skipped_Compute', explorationSkipped: true })
    expect(outcome.skipReason).toMatch(reason)
    expect(asked).toEqual([])
    const forced = await explore(chains(DATES.near), row, { ...change, forceFull: true })
    expect(forced.outcome.explorationSkipped).toBe(false)
  })

  it('goes by the vendor\'s quote where a row brings no close, and waits for none that decides nothing', async () => {
    const near = chains(DATES.near)
    const { outcome, asked } = await explore(near, {}, { quote: 1_200 })
    expect(outcome).toMatchObject({ explorationStatus: 'Skipped_Compute', explorationReason: expect.stringContaining('the price of $1,200 is above $1,000') })
    expect(asked).toEqual([])
    expect((await explore(near, {}, { quote: 999 })).outcome.explorationStatus).toBe('Success')
    expect((await explore(near, { close: 100 }, { quote: 1_200 })).outcome.explorationStatus).toBe('Success')
    expect((await explore(near, {}, { quote: 1_200, facts: () => ({ price: 100, marketCap: null, optionVolume: null }) })).outcome.explorationStatus).toBe('Success')
    expect((await explore(near, {}, { quote: 1_200, ...known({ class: 'Good', horizon: 'LEAP', right: 'call', date: '2026-11-19' }) })).outcome.explorationStatus).toBe('Success')
    expect((await explore(near, {}, { quote: 1_200, forceFull: true })).outcome.explorationStatus).toBe('Success')
    const smallCap = { facts: () => ({ price: null, marketCap: 1e9, optionVolume: 0 }) }
    expect((await explore(near, {}, { quote: 20, ...smallCap })).outcome.explorationReason).toMatch(/small cap/)
  })

  it('does not take one horizon for another, and does not skip what nobody knows', async () => {
    const asLeap = known({ class: 'Illiquid', horizon: 'LEAP', right: 'call', date: '2026-11-19' })
    expect((await explore(chains(DATES.near), {}, asLeap)).outcome.explorationStatus).toBe('Success')
    expect((await explore(chains(DATES.near), { marketCap: 1e9 })).outcome.explorationStatus).toBe('Success')
  })
})
