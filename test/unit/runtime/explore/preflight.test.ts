import { describe, expect, it } from 'vitest'

import { preflight } from '../../../../runtime/explore/preflight.ts'
import { strategyRow } from './support.ts'

const facts = { price: 50, marketCap: 1e9, optionVolume: 0 }
const SHORT = { horizon: 'SHORT', rights: ['call'] } as const
const LEAP = { horizon: 'LEAP', rights: ['call'] } as const
const known = { class: 'Thin', horizon: 'LEAP', right: 'call', date: '2026-11-19' } as const

describe('tier 0', () => {
  it('never skips what nobody knows', () => {
    expect(preflight(strategyRow(), SHORT, null, [])).toBeNull()
    expect(preflight(strategyRow(), SHORT, { price: null, marketCap: null, optionVolume: null }, [])).toBeNull()
    expect(preflight(strategyRow(), SHORT, { ...facts, optionVolume: null }, [])).toBeNull()
    expect(preflight(strategyRow(), SHORT, { ...facts, marketCap: null }, [])).toBeNull()
  })

  it('takes what the row says before what the provider knows', () => {
    expect(preflight(strategyRow(), SHORT, facts, [])).toMatch(/small cap \(\$1\.00 billion\)/)
    expect(preflight(strategyRow({ optionVolume: 1 }), SHORT, facts, [])).toBeNull()
    expect(preflight(strategyRow({ marketCap: 5e9 }), SHORT, facts, [])).toBeNull()
    expect(preflight(strategyRow({ close: 1_000.01 }), SHORT, null, [])).toMatch(/\$1,000\.01 is above \$1,000/)
    expect(preflight(strategyRow({ close: 1_000 }), SHORT, { ...facts, price: 2_000, optionVolume: 9 }, [])).toBeNull()
  })

  it('lets a high price pass that another one contradicts, but not one that has grown', () => {
    const quoted = (price: number) => ({ price, marketCap: null, optionVolume: null })
    expect(preflight(strategyRow(), SHORT, quoted(6_400), [], 640)).toBeNull()
    expect(preflight(strategyRow(), SHORT, quoted(6_400), [], 5_800)).toMatch(/\$6,400 is above/)
    expect(preflight(strategyRow(), SHORT, quoted(1_050), [], 980)).toMatch(/\$1,050 is above/)
    expect(preflight(strategyRow({ close: 6_400 }), SHORT, quoted(640), [])).toBeNull()
    expect(preflight(strategyRow({ close: 6_400 }), SHORT, null, [], 640)).toBeNull()
    // A price that is too low skips nothing, and what is small and still stays so.
    expect(preflight(strategyRow(), SHORT, { ...facts, price: 6_400 }, [], 640)).toMatch(/small cap/)
  })

  it('lets a high price pass of which anything is known', () => {
    expect(preflight(strategyRow({ close: 1_500 }), SHORT, null, [known])).toBeNull()
  })

  it('goes by what was seen for the same horizon, and by the absence of options for all', () => {
    expect(preflight(strategyRow(), LEAP, null, [{ ...known, class: 'Illiquid' }])).toMatch(/LEAP calls were illiquid.*2026-11-19/)
    expect(preflight(strategyRow(), SHORT, null, [{ ...known, class: 'Illiquid' }])).toBeNull()
    expect(preflight(strategyRow(), SHORT, null, [{ ...known, class: 'none', horizon: 'any', right: 'any' }])).toMatch(/no options were listed/)
  })
  it('goes by the types of contracts that were looked at, of both where nothing says which', () => {
    const puts = { class: 'Illiquid', horizon: 'SHORT', right: 'put', date: '2026-11-19' } as const
    const both = { ...puts, right: 'any', date: '2026-11-18' } as const
    expect(preflight(strategyRow(), SHORT, null, [puts])).toBeNull()
    expect(preflight(strategyRow(), { ...SHORT, rights: ['put'] }, null, [puts])).toMatch(/SHORT puts were illiquid.*2026-11-19/)
    expect(preflight(strategyRow(), { ...SHORT, rights: ['call', 'put'] }, null, [puts])).toMatch(/puts were/)
    expect(preflight(strategyRow(), SHORT, null, [both])).toMatch(/SHORT options were illiquid.*2026-11-18/)
    expect(preflight(strategyRow(), SHORT, null, [both, { ...puts, class: 'Good', right: 'call' }])).toBeNull()
  })
})
