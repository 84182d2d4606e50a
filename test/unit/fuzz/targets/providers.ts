import fc from 'fast-check'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

import { ProviderCallError } from '../../../../sdk/option-provider.ts'
import { callOf, entry, open, saying, server, TOKEN } from '../../plugins/providers/tradier/support.ts'
import { hostile } from '../support/mutations.ts'
import { target, type Target } from '../support/run.ts'

const market = await server(saying(''))
const provider = open(market.url)

const RECORDED = fileURLToPath(new URL('../../../../../shared/data/api_responses/tradier_2024/', import.meta.url))
const recorded = existsSync(RECORDED) ? ['options_expirations_PLTR.json', 'options_chain_PLTR_2026-06-18_excerpt.json'].map((name) => readFileSync(RECORDED + name)) : []
const ANSWERS = [
  ...recorded,
  ...[{ options: { option: [entry(), entry({ symbol: 'PLTR260618P00015000', option_type: 'put' })] } }, { options: { option: entry() } }, { options: null }, { options: 'null' }, { expirations: { date: ['2026-06-18', '2026-07-17'] } }, { expirations: { date: '2026-06-18' } }, { quotes: { quote: [{ symbol: 'PLTR', last: 25.5 }, { symbol: 'BRK/B', last: null, close: 480 }], unmatched_symbols: { symbol: 'X' } } }, { quotes: { quote: { symbol: 'PLTR', prevclose: 25 } } }, { errors: { error: ['no'] } }, { fault: { faultstring: 'Rate limit', detail: { errorcode: 'x' } } }].map((answer) => Buffer.from(JSON.stringify(answer))),
]

/** What a call gives, null for one that the vendor's answer does not allow. */
async function answerOf<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof ProviderCallError)) throw error
    expect(error.message).toMatch(/^[^\p{Cc}]{10,600}$/u)
    expect(error.message).not.toContain(TOKEN)
    return null
  }
}

const cents = fc.option(fc.integer({ min: 0, max: 1_000_000 }).map((value) => value / 100))
const count = fc.option(fc.nat(1_000_000))
const quoted = fc.uniqueArray(fc.record({ strike: fc.integer({ min: 1, max: 9_999_999 }), right: fc.constantFrom('call', 'put'), bid: cents, ask: cents, last: cents, bidsize: count, asksize: count, volume: count, open_interest: count, bid_date: fc.integer({ min: 1_719_000_000_000, max: 1_719_590_000_000 }) }), { minLength: 1, maxLength: 8, selector: ({ strike, right }) => `${strike} ${right}` })

export const providerTargets: readonly Target[] = [
  target('tradier: whatever is answered, it is a chain that can stand or a failed call', { quick: 50 }, [fc.oneof({ weight: 2, arbitrary: hostile(ANSWERS) }, { weight: 1, arbitrary: fc.constantFrom(...ANSWERS) }), fc.constantFrom(200, 200, 200, 429, 500)], async (body, status) => {
    market.handle = saying(Buffer.from(body), status)
    const dates = (await answerOf(provider.expirations('PLTR', callOf())))?.dates ?? []
    expect(dates.every((date, index) => /^\d{4}-\d\d-\d\d$/.test(date) && (index === 0 || date > dates[index - 1]!))).toBe(true)
    for (const [ticker, price] of (await answerOf(provider.prices!.ask(['PLTR', 'BRK.B'], callOf()))) ?? []) expect([['PLTR', 'BRK.B'].includes(ticker), price > 0 && price <= 1e7]).toEqual([true, true])
    for (const { occ, strike, expiration, bid, ask, last, volume, openInterest } of (await answerOf(provider.chain('PLTR', '2026-06-18', callOf())))?.contracts ?? []) {
      expect([occ, expiration]).toEqual([expect.stringMatching(/^PLTR.{2}260618[CP]\d{8}$/), '2026-06-18'])
      expect(strike).toBe(Number(occ.slice(-8)) / 1_000)
      for (const value of [bid, ask, last, volume, openInterest]) expect(value === null || (Number.isFinite(value) && value >= 0)).toBe(true)
    }
  }),

  target('tradier: every value of a chain comes through as it was sent', { quick: 25 }, [quoted], async (sent) => {
    const options = sent.map(({ strike, right, ...values }) => entry({ symbol: `PLTR260618${right === 'call' ? 'C' : 'P'}${String(strike).padStart(8, '0')}`, option_type: right, strike: strike / 1_000, ask_date: 0, ...values }))
    market.handle = saying(JSON.stringify({ options: { option: options.length === 1 ? options[0] : options } }))
    const { contracts, refused } = await provider.chain('PLTR', '2026-06-18', callOf())
    expect(refused).toEqual([])
    const shown = (rows: readonly unknown[][]) => rows.map((row) => row.join(' ')).sort()
    expect(shown(contracts.map(({ strike, right, bid, ask, last, bidSize, askSize, volume, openInterest, quotedAt }) => [strike, right, bid, ask, last, bidSize, askSize, volume, openInterest, quotedAt]))).toEqual(
      shown(sent.map(({ strike, right, bid, ask, last, bidsize, asksize, volume, open_interest, bid_date }) => [strike / 1_000, right, bid, ask, last, bidsize, asksize, volume, open_interest, bid_date])),
    )
  }),
]
