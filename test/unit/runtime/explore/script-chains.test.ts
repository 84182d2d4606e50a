import { describe, expect, it } from 'vitest'

import type { OptionProvider, OptionProviderPlugin } from '../../../../sdk/option-provider.ts'
import type { Settings } from '../../../../runtime/config/schema.ts'
import { ScriptChains } from '../../../../runtime/explore/script-chains.ts'
import type { ChainAnswer } from '../../../../runtime/worker/chain-answer.ts'
import { MAX_FRAME_BYTES } from '../../../../runtime/worker/frames.ts'

const OPTION = {
  occ: 'AAPL  261218C00150000', root: 'AAPL', right: 'call', style: 'american', strike: 150, multiplier: 100, bid: 1, ask: 2, bidSize: 1, askSize: 1, last: null,
  volume: null, openInterest: null, impliedVol: null, greeks: null, quotedAt: null,
}

function chainsOf(contracts: object[]) {
  const asked = { sources: 0 }
  const provider = {
    simulated: false,
    expirations: async () => ({ dates: ['2026-12-18'], asOf: 0 }),
    chain: async () => ({ underlyingPrice: 1, asOf: 0, delayMinutes: 0, contracts }),
  } as unknown as OptionProvider
  const chains = new ScriptChains(
    {
      settings: {} as Settings,
      chainSource: () => (asked.sources++, {} as never),
      findPlugin: async () => ({ open: () => provider }) as unknown as OptionProviderPlugin<never>,
    },
    { simulated: false },
  )
  return { asked, answer: async (expiration: string | null, asOf = '2026-11-20') => JSON.parse(await chains.answer({ ticker: 'AAPL', expiration }, asOf)) as ChainAnswer }
}

describe('what scripts are told of option chains', () => {
  it('comes from the chains as they were when the first was asked for, whatever the date', async () => {
    const { asked, answer } = chainsOf([OPTION])
    for (const date of ['2026-11-18', '2026-11-19', '2026-11-20']) expect(await answer(null, date)).toMatchObject({ kind: 'expirations', dates: ['2026-12-18'] })
    expect(asked.sources).toBe(1)
  })

  it('is never more than a worker takes: the script hears why, and what it asks next is answered', async () => {
    const { answer } = chainsOf(new Array(64).fill({ ...OPTION, occ: 'A'.repeat(MAX_FRAME_BYTES / 64) }))
    expect(await answer('2026-12-18')).toEqual({ kind: 'none', reason: 'failed', message: 'The chain of AAPL for 2026-12-18 is larger than a script can be given' })
    expect(await answer(null)).toMatchObject({ kind: 'expirations' })
  })
})
