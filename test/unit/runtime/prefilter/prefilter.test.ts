import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeFunnels } from '../../../../runtime/prefilter/funnel.ts'
import { prefilter, type PrefilterCandidate, type PrefilterVerdict } from '../../../../runtime/prefilter/prefilter.ts'
import type { PrefilterSettings } from '../../../../runtime/scan/run.ts'

const settings: PrefilterSettings = { minVolume: 1_000_000, minPrice: 1, maxPrice: 500, limit: 300, activateAbove: 0, window: 20 }
const session = { date: '2026-11-20', closure: null }

function candidate(symbol: string, values: Partial<PrefilterCandidate> = {}): PrefilterCandidate {
  return {
    symbol,
    barOnDate: true,
    bars: 250,
    meanVolume: 2_000_000,
    meanDollarVolume: 100_000_000,
    lastClose: 50,
    firstBar: '2021-11-16',
    lastBar: '2026-11-20',
    ...values,
  }
}

const one = (values: Partial<PrefilterCandidate>, changed: Partial<PrefilterSettings> = {}, date: { date: string; closure: string | null } = session) =>
  prefilter([candidate('AAPL', values)], { ...settings, ...changed }, date).verdicts[0]!
const reasonOf = (verdict: PrefilterVerdict) => (verdict.outcome === 'kept' ? null : verdict.reason)

describe('prefilter by volume and price', () => {
  it('wants mean volume strictly above the minimum', () => {
    expect(one({ meanVolume: 1_000_000 })).toEqual({
      symbol: 'AAPL',
      outcome: 'rejected',
      step: 'volume',
      reason: 'mean volume 1,000,000 over 20 sessions is not above 1,000,000',
    })
    expect(one({ meanVolume: 1_000_000.05 })).toEqual({ symbol: 'AAPL', outcome: 'kept', rank: 1 })
    expect(one({ meanVolume: 0 }, { minVolume: 0 })).toMatchObject({ outcome: 'rejected', step: 'volume' })
  })

  it('takes the price bounds as within', () => {
    expect(one({ lastClose: 1 }).outcome).toBe('kept')
    expect(one({ lastClose: 500 }).outcome).toBe('kept')
    expect(one({ lastClose: 0.84 })).toEqual({ symbol: 'AAPL', outcome: 'rejected', step: 'price', reason: 'close 0.84 is below 1.00' })
    expect(reasonOf(one({ lastClose: 500.01 }))).toBe('close 500.01 is above 500.00')
  })

  it('words reasons with the numbers as a trader reads them', () => {
    expect(reasonOf(one({ meanVolume: 412_300 }))).toBe('mean volume 412,300 over 20 sessions is not above 1,000,000')
    expect(reasonOf(one({ meanVolume: 999_999.7, bars: 7 }))).toBe('mean volume 999,999 over 7 sessions is not above 1,000,000')
    expect(reasonOf(one({ meanVolume: 12, bars: 1 }))).toBe('mean volume 12 over 1 session is not above 1,000,000')
    expect(reasonOf(one({ lastClose: 0.9999 }))).toBe('close 0.9999 is below 1.00')
    expect(reasonOf(one({ lastClose: 0.99999 }))).toBe('close 0.99999 is below 1.00')
    expect(reasonOf(one({ lastClose: 2500 }, { maxPrice: 12.5 }))).toBe('close 2500.00 is above 12.50')
    expect(reasonOf(one({ meanVolume: 0.5 }))).toBe('mean volume 0.5 over 20 sessions is not above 1,000,000')
  })

  it('rejects, not keeps, what is not a number', () => {
    expect(one({ meanVolume: Number.NaN })).toMatchObject({ step: 'volume', reason: 'mean volume over 20 sessions is not known' })
    expect(one({ lastClose: Number.NaN })).toMatchObject({ step: 'price', reason: 'the last close is not known' })
  })
})

describe('prefilter by dollar volume', () => {
  it('keeps the first by dollar volume and says the rank of the others', () => {
    const { verdicts, funnel } = prefilter(
      [candidate('A', { meanDollarVolume: 1 }), candidate('B', { meanDollarVolume: 3 }), candidate('C', { meanDollarVolume: 2 })],
      { ...settings, limit: 2 },
      session,
    )
    expect(verdicts).toEqual([
      { symbol: 'A', outcome: 'rejected', step: 'limit', reason: 'rank 3 by dollar volume, limit 2' },
      { symbol: 'B', outcome: 'kept', rank: 1 },
      { symbol: 'C', outcome: 'kept', rank: 2 },
    ])
    expect(funnel).toMatchObject({ applied: true, in: 3, kept: 2 })
  })

  it('breaks ties by the order asked for, and puts what is not a number last', () => {
    const names = ['Z', 'A', 'M']
    const tied = prefilter(names.map((name) => candidate(name)), { ...settings, limit: 2 }, session)
    expect(tied.verdicts.map((verdict) => verdict.outcome)).toEqual(['kept', 'kept', 'rejected'])
    const unknown = prefilter([candidate('N', { meanDollarVolume: Number.NaN }), candidate('B')], { ...settings, limit: 1 }, session)
    expect(unknown.verdicts.map((verdict) => verdict.outcome)).toEqual(['rejected', 'kept'])
  })
})

describe('prefilter of symbols without a bar on the date', () => {
  const absent = { barOnDate: false }
  it('says which of day, symbol and history is at fault', () => {
    expect(reasonOf(one({ ...absent, lastBar: '2026-10-30' }))).toBe('no bar on 2026-11-20; its last bar before is 2026-10-30')
    expect(reasonOf(one({ ...absent, lastBar: null, bars: 0, firstBar: '2026-11-24' }))).toBe('no bar on 2026-11-20; its first bar is 2026-11-24')
    expect(reasonOf(one({ ...absent, lastBar: null, bars: 0, firstBar: null }))).toBe('AAPL is not in the market data')
    expect(reasonOf(one(absent, {}, { date: '2026-11-26', closure: 'Thanksgiving Day' }))).toBe('no bar on 2026-11-26: the exchange is closed (Thanksgiving Day)')
  })

  it('takes a stray bar on a holiday as a bar', () => {
    expect(one({}, {}, { date: '2026-11-26', closure: 'Thanksgiving Day' }).outcome).toBe('kept')
  })

  it('finds them whether or not the prefilter applies', () => {
    for (const off of [null, { ...settings, activateAbove: 100 }]) {
      const { verdicts, funnel } = prefilter([candidate('A', absent), candidate('B', { meanVolume: 1, lastClose: 9999 })], off, session)
      expect(verdicts.map((verdict) => verdict.outcome)).toEqual(['no_data', 'kept'])
      expect(verdicts[1]).toEqual({ symbol: 'B', outcome: 'kept', rank: null })
      if (off) expect(funnel).toMatchObject({ applied: false, in: 2, kept: 1 })
      else expect(funnel).toBeNull()
    }
  })

  it('applies only above the number of symbols asked for, those without data included', () => {
    const asked = (count: number) => Array.from({ length: count }, (_, index) => candidate(`S${index}`, index % 2 ? { meanVolume: 1 } : absent))
    const kept = (count: number) => prefilter(asked(count), { ...settings, activateAbove: 100 }, session).funnel!
    expect(kept(100)).toMatchObject({ applied: false, kept: 50 })
    expect(kept(101)).toMatchObject({ applied: true, kept: 0 })
  })
})

/** Numbers of everyday size, so that many symbols pass: doubles of any size are mostly next to nothing. */
const price = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 50, max: 60_000 }).map((cents) => cents / 100) },
  { weight: 1, arbitrary: fc.double({ min: 0.0001, max: 2000, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 500, Number.NaN) },
)
const shares = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 500_000, max: 5_000_000 }) }, { weight: 1, arbitrary: fc.double({ min: 0, max: 5e6 }) }, { weight: 1, arbitrary: fc.constantFrom(1_000_000, Number.NaN) })
const anyCandidates = fc.array(
  fc.record({
    barOnDate: fc.boolean(),
    bars: fc.nat(2000),
    meanVolume: shares,
    meanDollarVolume: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(Number.NaN)),
    lastClose: price,
  }),
  { maxLength: 120 },
)
const anySettings = fc.record({ limit: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 40 })), activateAbove: fc.nat(60) })

describe('prefilter, whatever comes', () => {
  it('gives one verdict a symbol in order, and counts that add up', () => {
    const seen = { kept: 0, volume: 0, price: 0, limit: 0, no_data: 0 }
    fc.assert(
      fc.property(anyCandidates, anySettings, (drawn, changed) => {
        const asked = drawn.map((values, index) => candidate(`S${index}`, values))
        const { funnel, verdicts } = prefilter(asked, { ...settings, ...changed }, session)
        expect(verdicts.map((verdict) => verdict.symbol)).toEqual(asked.map((entry) => entry.symbol))
        expect(funnel!.in).toBe(asked.length)
        expect(funnel!.steps.reduce((sum, step) => sum + step.removed, 0) + funnel!.kept).toBe(funnel!.in)
        expect(funnel!.applied).toBe(asked.length > changed.activateAbove)
        const kept = verdicts.flatMap((verdict, index) => (verdict.outcome === 'kept' ? [{ ...verdict, ...drawn[index]! }] : []))
        expect(kept).toHaveLength(funnel!.kept)
        if (!funnel!.applied) return
        for (const verdict of verdicts) seen[verdict.outcome === 'rejected' ? verdict.step : verdict.outcome]++
        expect(kept.length).toBeLessThanOrEqual(changed.limit)
        for (const entry of kept) expect(entry.barOnDate && entry.meanVolume > 1e6 && entry.lastClose >= 1 && entry.lastClose <= 500).toBe(true)
        expect(kept.map((entry) => entry.rank).sort((a, b) => a! - b!)).toEqual(kept.map((_, index) => index + 1))
        // Nobody past the limit outweighs one who was kept.
        const least = Math.min(...kept.map((entry) => entry.meanDollarVolume))
        verdicts.forEach((verdict, index) => {
          if (verdict.outcome === 'rejected' && verdict.step === 'limit') expect(asked[index]!.meanDollarVolume > least).toBe(false)
        })
      }),
      { seed: 20_261_122, numRuns: 300 },
    )
    // None of these ends is left out by what was drawn.
    expect(Object.entries(seen).filter(([, count]) => count < 20)).toEqual([])
  })

  it('was applied over dates where it was on any of them', () => {
    const ofDate = (count: number) => prefilter(Array.from({ length: count }, (_, index) => candidate(`S${index}`)), { ...settings, activateAbove: 2 }, session).funnel!
    expect([[3, 2], [2, 3], [2, 2]].map((counts) => mergeFunnels(counts.map(ofDate))!.applied)).toEqual([true, true, false])
  })

  it('merges over dates without losing a count', () => {
    fc.assert(
      fc.property(fc.array(anyCandidates, { minLength: 1, maxLength: 4 }), (dates) => {
        const funnels = dates.map((drawn) => prefilter(drawn.map((values, index) => candidate(`S${index}`, values)), settings, session).funnel!)
        const merged = mergeFunnels(funnels)!
        expect(merged.in).toBe(dates.reduce((sum, drawn) => sum + drawn.length, 0))
        expect(merged.steps.map((step) => step.name)).toEqual(['no_data', 'volume', 'price', 'limit'])
        expect(merged.steps.reduce((sum, step) => sum + step.removed, 0) + merged.kept).toBe(merged.in)
      }),
    )
  })

  it('refuses to merge what was filtered differently, and merges nothing to nothing', () => {
    const funnel = (changed: Partial<PrefilterSettings>) => prefilter([], { ...settings, ...changed }, session).funnel!
    expect(() => mergeFunnels([funnel({}), funnel({ limit: 5 })])).toThrow(RangeError)
    expect(mergeFunnels([])).toBeNull()
  })

  it('screens a whole market in milliseconds', () => {
    const asked = Array.from({ length: 6548 }, (_, index) =>
      candidate(`S${index}`, { meanVolume: (index * 7919) % 3_000_000, meanDollarVolume: (index * 104_729) % 1_000_003, lastClose: (index % 600) + 0.5 }),
    )
    prefilter(asked, settings, session)
    // Of the processor, and the least of several: others use the machine too.
    const times = Array.from({ length: 9 }, () => {
      const start = process.threadCpuUsage()
      prefilter(asked, settings, session)
      const { user, system } = process.threadCpuUsage(start)
      return (user + system) / 1000
    })
    expect(Math.min(...times)).toBeLessThan(30)
  })
})
