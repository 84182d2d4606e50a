import { expect, test } from 'vitest'
import type { ChainSource } from '../../../../../sdk/chain-source.ts'
import plugin from '../../../../../plugins/providers/files/option-plugin.ts'
import { CBOE_HEADER, cboeRow, fileOf, newStore } from '../../../runtime/market/chains/chain-files.ts'

const call = { signal: new AbortController().signal, onRate: () => {} }

async function recorded(): Promise<ChainSource> {
  const store = newStore()
  const text = (bid: string) => [CBOE_HEADER, cboeRow('AAPL260814C00250000', { bid }), cboeRow('AAPL260821C00250000', { bid })].join('\n')
  await store.importChains([fileOf('AAPL_chain_20260807_194024.csv', text('1.0')), fileOf('AAPL_chain_20260810_194443.csv', text('2.0'))])
  return store.source()!
}

test('serves the newest recording that is not after the date', async () => {
  const source = await recorded()
  for (const [asOf, bid, instant] of [['2026-08-07', 1, '2026-08-07T19:25:24Z'], ['2026-08-09', 1, '2026-08-07T19:25:24Z'], ['2026-08-10', 2, '2026-08-10T19:29:43Z'], [undefined, 2, '2026-08-10T19:29:43Z']] as const) {
    const provider = plugin.open({ source, ...(asOf === undefined ? {} : { asOf }) })
    const { dates, ...rest } = await provider.expirations('AAPL', call)
    expect([dates, rest]).toEqual([['2026-08-14', '2026-08-21'], { ticker: 'AAPL', asOf: Date.parse(instant) }])
    const chain = await provider.chain('AAPL', '2026-08-14', call)
    expect(chain).toMatchObject({ ticker: 'AAPL', expiration: '2026-08-14', asOf: Date.parse(instant), contracts: [{ bid }] })
    expect(provider.facts!('AAPL')).toEqual({ price: null, marketCap: null, optionVolume: 10 })
  }
})

test('a ticker, a date or an expiration without a recording has no options', async () => {
  const source = await recorded()
  const provider = plugin.open({ source, asOf: '2026-08-06' })
  expect(await provider.expirations('AAPL', call)).toEqual({ ticker: 'AAPL', dates: [], asOf: Date.parse('2026-08-06T21:00:00Z') })
  expect((await provider.chain('MSFT', '2026-08-14', call)).contracts).toEqual([])
  expect((await plugin.open({ source }).chain('AAPL', '2026-09-18', call)).contracts).toEqual([])
  expect(provider.facts!('MSFT')).toBeNull()
})

test('is local, not simulated, and named by what it serves', async () => {
  const source = await recorded()
  const provider = plugin.open({ source, asOf: '2026-08-07' })
  expect(provider).toMatchObject({ name: 'files', simulated: false, remote: false, callsPerMinute: null })
  expect(provider.identity).toContain(source.identity)
  expect(provider.identity).not.toBe(plugin.open({ source, asOf: '2026-08-10' }).identity)
})

test('a damaged recording, an aborted call and wrong options', async () => {
  const source = await recorded()
  const broken: ChainSource = { identity: 'x', newest: () => { throw new Error('The recording is damaged.') } }
  await expect(plugin.open({ source: broken }).expirations('AAPL', call)).rejects.toMatchObject({ name: 'ProviderCallError', failure: 'malformed', passing: false, message: 'The recording is damaged.' })
  const reason = new Error('nobody waits')
  await expect(plugin.open({ source }).chain('AAPL', '2026-08-14', { ...call, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  for (const options of [{}, { source: null }, { source, asOf: 'soon' }, { source, asOf: '2026-02-30' }, { source, other: 1 }]) {
    expect(() => plugin.open(options as never)).toThrow(expect.objectContaining({ name: 'ProviderOptionError' }))
  }
})
