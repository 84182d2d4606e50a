import { expect, it } from 'vitest'

import { namingSettings } from '../../../../runtime/explore/named-settings.ts'
import { ProviderCallError, type OptionProvider, type ProviderCall } from '../../../../sdk/option-provider.ts'

const CALL: ProviderCall = { signal: new AbortController().signal, onRate: () => {} }
const SETTINGS = { token: 'vendor.token' }

const failing = (error: unknown): OptionProvider => {
  const fail = () => Promise.reject(error)
  return { name: 'vendor', simulated: false, identity: 'vendor:1', remote: true, callsPerMinute: 5, expirations: fail, chain: fail, prices: { mostTickers: 7, ask: fail } }
}
const failures = ({ expirations, chain, prices }: OptionProvider) =>
  Promise.all([expirations('A', CALL), chain('A', '2026-12-18', CALL), prices!.ask(['A'], CALL)].map((answer) => (answer as Promise<unknown>).then(() => null, (error: unknown) => error)))

it('an option that failed is named as the setting that users wrote, in whatever was asked for', async () => {
  const error = new ProviderCallError('rate_limited', 'It said no.', { passing: true, retryAt: 5, remedy: { option: 'token', mend: 'give another' } })
  for (const failure of await failures(namingSettings(failing(error), SETTINGS))) {
    expect(failure).toMatchObject({ failure: 'rate_limited', message: 'It said no.', passing: true, retryAt: 5, remedy: { option: 'setting vendor.token', mend: 'give another' } })
  }
})

it('other failures pass as they are, and so does everything else of a provider', async () => {
  const bare = new ProviderCallError('timed_out', 'Nothing came.', { passing: true })
  const unnamed = new ProviderCallError('refused', 'No.', { passing: false, remedy: { option: 'constructor', mend: 'see' } })
  for (const error of [bare, unnamed, new Error('stopped')]) expect(new Set(await failures(namingSettings(failing(error), SETTINGS)))).toEqual(new Set([error]))
  const plain = failing(bare)
  expect(namingSettings(plain, SETTINGS)).toMatchObject({ name: 'vendor', simulated: false, identity: 'vendor:1', remote: true, callsPerMinute: 5, prices: { mostTickers: 7 } })
  const { prices: _, ...priceless } = plain
  expect(namingSettings(priceless, SETTINGS).prices).toBeUndefined()
  expect(namingSettings(plain, SETTINGS).facts).toBeUndefined()
  const facts = { price: 3, marketCap: null, optionVolume: null }
  expect(namingSettings({ ...plain, facts: () => facts }, SETTINGS).facts!('A')).toBe(facts)
})
