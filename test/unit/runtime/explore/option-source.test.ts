import { describe, expect, it } from 'vitest'

import type { ChainSource } from '../../../../sdk/chain-source.ts'
import type { Settings } from '../../../../runtime/config/schema.ts'
import { chooseOptionSource, type Explored } from '../../../../runtime/explore/option-source.ts'

const IMPORTED = {} as ChainSource
const choose = (what: Explored['what'], simulated: boolean, { chains = null as ChainSource | null, token = '', provider = 'auto' } = {}) =>
  chooseOptionSource({ settings: { 'explore.provider': provider, 'tradier.token': token } as Settings, chainSource: () => chains }, { what, simulated })

describe('where option chains come from', () => {
  it('is Tradier where a token is set, else what was imported, else the simulated market', () => {
    for (const simulated of [true, false]) {
      expect(choose('strategies', simulated, { token: 't', chains: IMPORTED })).toBe('tradier')
      expect(choose('strategies', simulated, { chains: IMPORTED })).toBe('files')
    }
    expect(choose('strategies', true)).toBe('simulated')
    expect(() => choose('strategies', false)).toThrow(expect.objectContaining({ code: 'explore_no_chains' }))
  })

  it('is the market of their bars for hits, unless the settings name another', () => {
    expect(choose('hits', true, { chains: IMPORTED })).toBe('simulated')
    expect(choose('hits', false, { chains: IMPORTED })).toBe('files')
    expect(choose('hits', true, { chains: IMPORTED, provider: 'files' })).toBe('files')
    expect(choose('hits', true, { token: 't' })).toBe('tradier')
    expect(() => choose('hits', false)).toThrow(expect.objectContaining({ code: 'explore_no_chains' }))
  })
})
