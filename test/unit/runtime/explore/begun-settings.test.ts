import { describe, expect, it } from 'vitest'

import { begunSettings, resumedSettings } from '../../../../runtime/explore/begun-settings.ts'
import { loadConfig } from '../../../../runtime/config/load.ts'
import { detectHardware } from '../../../../runtime/config/hardware.ts'
import type { Settings } from '../../../../runtime/config/schema.ts'

const settings = (overrides: Record<string, unknown> = {}): Settings => loadConfig({ file: null, env: {}, overrides, hardware: detectHardware('.') }).values
const begun = JSON.parse(JSON.stringify(begunSettings('tradier', settings({ 'tradier.url': 'https://one.example', 'tradier.token': 'secret-of-a-test' })))) as ReturnType<typeof begunSettings>

describe('settings of an exploration that goes on', () => {
  it('are those over rows as it began, and all others as they are now', () => {
    const now = settings({ 'tradier.url': 'https://one.example', 'explore.horizon': 'LEAP', 'explore.riskFreeRate': 0.05, 'explore.workers': 3, 'explore.cacheHours': 1 })
    const { settings: taken, kept } = resumedSettings('run-1', begun, 'tradier', now)
    expect(kept).toEqual(['explore.horizon=SHORT (now LEAP)', 'explore.riskFreeRate=0.04 (now 0.05)'])
    expect([taken['explore.horizon'], taken['explore.riskFreeRate'], taken['explore.workers'], taken['explore.cacheHours']]).toEqual(['SHORT', 0.04, 3, 1])
  })

  it('say nothing where none was changed', () => {
    expect(resumedSettings('run-1', begun, 'tradier', settings({ 'tradier.url': 'https://one.example' })).kept).toEqual([])
  })

  it.each([
    ['another source', 'simulated', {}, /began with explore\.provider=tradier tradier\.url=https:\/\/one\.example, and the settings now give explore\.provider=simulated market\.simulatedSeed=1 market\.simulatedSymbols=5000/],
    ['another address', 'tradier', { 'tradier.url': 'https://other.example' }, /now give explore\.provider=tradier tradier\.url=https:\/\/other\.example/],
  ] as const)('are refused with %s', (_, source, overrides, message) => {
    expect(() => resumedSettings('run-1', begun, source, settings(overrides))).toThrow(message)
  })

  it('tell how to set them back, as a command line takes it', () => {
    const hint = 'Set it back, as in --set explore.provider=tradier --set tradier.url=https://one.example, and resume; or start the exploration again.'
    expect(() => resumedSettings('run-1', begun, 'simulated', settings())).toThrow(expect.objectContaining({ hint }))
  })

  it('keep no secret', () => {
    expect(JSON.stringify(begun)).not.toContain('secret')
  })
})
