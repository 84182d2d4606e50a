import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ProviderCallError } from '../../../../../sdk/option-provider.ts'
import { callOf, entry, open, saying, server, TOKEN } from './support.ts'

const market = await server(saying(''))
const provider = open(market.url)

const names = ['options', 'option', 'expirations', 'expiration', 'date', 'quotes', 'quote', 'last', 'close', 'unmatched_symbols', 'errors', 'error', 'fault', 'faultstring', 'detail', 'greeks', 'symbol', 'strike', '__proto__', 'constructor', 'length', 'toString']
const scalar = fc.oneof(fc.constantFrom<unknown>(null, 'null', '', 0, -1, 1e300, 'NaN', '2026-06-18', 'PLTR260618C00015000', true, '1e999', TOKEN), fc.double(), fc.string())
const { document } = fc.letrec<{ document: unknown }>((tie) => ({
  document: fc.oneof({ maxDepth: 5, withCrossShrink: true }, scalar, fc.array(tie('document'), { maxLength: 4 }), fc.dictionary(fc.constantFrom(...names), tie('document'), { maxKeys: 4 })),
}))
const wrapped = fc.oneof(document, document.map((option) => ({ options: { option } })), document.map((expirations) => ({ expirations })), document.map((quote) => ({ quotes: { quote } })))
/** A contract some of whose fields hold anything. */
const contract = fc.dictionary(fc.constantFrom(...Object.keys(entry()), 'greeks'), fc.oneof(scalar, document), { maxKeys: 4 }).map(entry)

/** What every call makes of one body. */
async function outcomes(body: string | Buffer, status: number): Promise<void> {
  market.handle = saying(body, status)
  for (const answer of [() => provider.expirations('PLTR', callOf()), () => provider.chain('PLTR', '2026-06-18', callOf()), () => provider.prices!.ask(['PLTR', 'BRK.B'], callOf())]) {
    const result = await answer().catch((error: unknown) => error)
    if (result instanceof ProviderCallError) {
      expect(result.message).not.toContain(TOKEN)
      expect(result.message).toMatch(/^[^\p{Cc}]{10,600}$/u)
      continue
    }
    if (result instanceof Error) throw result
    if (result instanceof Map) expect([...(result as Map<string, number>)].every(([ticker, price]) => ['PLTR', 'BRK.B'].includes(ticker) && price > 0 && Number.isFinite(price))).toBe(true)
    else check(result as { contracts?: readonly Record<string, unknown>[]; dates?: readonly string[] })
  }
}

function check({ contracts = [], dates = [] }: { contracts?: readonly Record<string, unknown>[]; dates?: readonly string[] }): void {
  expect(dates.every((date) => /^\d{4}-\d\d-\d\d$/.test(date))).toBe(true)
  for (const each of contracts) {
    expect(each).toMatchObject({ occ: expect.stringMatching(/^.{6}260618[CP]\d{8}$/), strike: expect.any(Number), expiration: '2026-06-18' })
    for (const name of ['bid', 'ask', 'last', 'volume', 'openInterest', 'bidSize', 'askSize', 'impliedVol', 'quotedAt']) {
      const value = each[name] as number | null
      expect(value === null || (Number.isFinite(value) && value >= 0)).toBe(true)
    }
  }
}

describe('whatever comes', () => {
  const runs = { numRuns: 400 }

  it('arbitrary JSON gives an answer that can stand or a ProviderCallError', async () => {
    await fc.assert(fc.asyncProperty(wrapped, fc.constantFrom(200, 200, 200, 400, 401, 429, 500, 503), (body, status) => outcomes(JSON.stringify(body) ?? '', status)), runs)
  })

  it('so do chains whose fields hold anything', async () => {
    await fc.assert(fc.asyncProperty(fc.array(contract, { minLength: 1, maxLength: 5 }), (option) => outcomes(JSON.stringify({ options: { option } }), 200)), runs)
  })

  it('so do bytes', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)), fc.string({ unit: 'binary' })), fc.constantFrom(200, 204, 302, 404, 500), (body, status) => outcomes(body, status)), { numRuns: 200 })
  })

  it('so does the beginning of a true answer, whatever its length', async () => {
    const whole = JSON.stringify({ options: { option: [entry(), entry()] } })
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), (length) => outcomes(whole.slice(0, length), 200)), { numRuns: 100 })
  })

  it('so do documents that are deep or wide', async () => {
    await outcomes('['.repeat(100_000) + ']'.repeat(100_000), 200)
    await outcomes('{"options":{"option":'.repeat(20_000), 200)
    await outcomes(JSON.stringify({ options: { option: Array(200_000).fill(null) } }), 200)
    await outcomes(JSON.stringify({ expirations: { date: Array(100_000).fill('2026-06-18') } }), 200)
    await outcomes(`<${'title'.repeat(100_000)}`, 200)
    await outcomes(`${' '.repeat(1_000_000)}x`, 500)
  })
})
