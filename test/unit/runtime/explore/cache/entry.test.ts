import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { decodeEntry, encodeEntry, type CacheEntry } from '../../../../../runtime/explore/cache/entry.ts'
import { keyText, type EntryKey } from '../../../../../runtime/explore/cache/entry-key.ts'
import type { OptionChain } from '../../../../../sdk/options/chain.ts'
import { chainOf } from '../fetch/fake-provider.ts'

const key: EntryKey = { identity: 'fake:1', kind: 'chain', ticker: 'AAPL', expiration: '2026-12-18' }
const chain = chainOf('AAPL', '2026-12-18', 5, 1_795_000_000_000)
const entry: CacheEntry = { key, fetchedAt: 1_795_000_000_123, value: chain }
const dates: CacheEntry = { key: { ...key, kind: 'expirations', expiration: '' }, fetchedAt: 1, value: { ticker: 'AAPL', dates: ['2026-12-18'], asOf: 0 } }

const bytesOf = (of: CacheEntry): Uint8Array => encodeEntry(of)!.bytes

describe('the bytes of an entry', () => {
  it('give back what was written', () => {
    expect(decodeEntry(key, bytesOf(entry))).toEqual(entry)
    expect(decodeEntry(dates.key, bytesOf(dates))).toEqual(dates)
    const empty: CacheEntry = { ...entry, value: { ...chain, underlyingPrice: null, contracts: [], refused: [] } }
    expect(decodeEntry(key, bytesOf(empty))).toEqual(empty)
    const quoted: CacheEntry = { ...entry, value: { ...chain, underlyingPrice: null, underlyingQuote: 187.25 } }
    expect(decodeEntry(key, bytesOf(quoted))).toEqual(quoted)
    const leftOut: CacheEntry = { ...dates, value: { ...dates.value, refused: [{ reason: 'past', count: 3 }] } as CacheEntry['value'] }
    expect(decodeEntry(dates.key, bytesOf(leftOut))).toEqual(leftOut)
  })

  it('give back every number that there is', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0 || 0)
    fc.assert(fc.property(number, fc.option(number), fc.string({ unit: 'binary' }), (strike, bid, root) => {
      const value: OptionChain = { ...chain, contracts: [{ ...chain.contracts[0]!, strike, bid, root }] }
      expect(decodeEntry(key, bytesOf({ ...entry, value }))).toEqual({ ...entry, value })
    }), { numRuns: 200 })
  })

  it('are a third of the JSON', () => {
    const large = chainOf('AAPL', '2026-12-18', 100, 1_795_000_000_000)
    expect(bytesOf({ ...entry, value: large }).length).toBeLessThan(JSON.stringify(large).length / 3)
  })

  it('show damage to any one of them', () => {
    const bytes = bytesOf(entry)
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [1, 0x80, 0xff]) {
        const flipped = Uint8Array.from(bytes)
        flipped[at]! ^= mask
        expect(decodeEntry(key, flipped)).toBe(at >= 4 && at < 12 ? 'outdated' : 'damaged')
      }
    }
  })

  it('show a cut anywhere, and what comes after the end', () => {
    const bytes = bytesOf(entry)
    for (let length = 0; length < bytes.length; length++) expect(typeof decodeEntry(key, bytes.subarray(0, length))).toBe('string')
    expect(decodeEntry(key, Buffer.concat([bytes, Buffer.from('x')]))).toBe('damaged')
  })

  it('are of their own key only', () => {
    for (const other of [{ identity: 'fake:2' }, { ticker: 'MSFT' }, { expiration: '2027-01-15' }, { kind: 'expirations' as const }]) {
      expect(decodeEntry({ ...key, ...other }, bytesOf(entry))).toBe('damaged')
    }
  })

  it('are refused where somebody else made them, with a digest that fits', () => {
    const head = Buffer.from(bytesOf(entry)).subarray(0, 12)
    const forged = (text: string, numbers: Float64Array = new Float64Array(0), textBytes = text.length): Uint8Array => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(textBytes)
      const body = Buffer.concat([length, Buffer.from(text), new Uint8Array(numbers.buffer)])
      return Buffer.concat([head, hash('sha256', body, 'buffer').subarray(0, 16), body])
    }
    const said = (value: unknown): string => JSON.stringify({ key: keyText(key), fetchedAt: 1, value })
    const frame = { ticker: 'A', expiration: 'x', underlyingPrice: null, asOf: 1, delayMinutes: 0, refused: [] }
    const none = { occ: [], root: [], expiration: [], same: [] }
    expect(decodeEntry(key, forged(said({ ...frame, contracts: none })))).toMatchObject({ value: { contracts: [] } })
    const wrong = [null, [], {}, { ...none, occ: 'x' }, { ...none, occ: [1] }, { ...none, root: ['A'] }, { ...none, expiration: null }, { ...none, same: 0 }, { ...none, same: [0] }, { ...none, occ: { length: 1e9 } }]
    for (const text of ['', 'null', '[]', '{', said(null), said({}), ...wrong.map((contracts) => said({ ...frame, contracts })), said({ ...frame, asOf: 'x', contracts: none })]) {
      expect(decodeEntry(key, forged(text)), text).toBe('damaged')
    }
    const one = { occ: ['A'], root: 'A', expiration: 'x', same: [] }
    const numbers = (change: Record<number, number> = {}): Float64Array => Object.assign(new Float64Array(22), { 1: 5, 4: 100, ...change })
    expect(decodeEntry(key, forged(said({ ...frame, contracts: one }), numbers()))).toMatchObject({ value: { contracts: [{ occ: 'A', strike: 5, right: 'call', greeks: null }] } })
    for (const change of [{ 0: 2 }, { 0: NaN }, { 1: NaN }, { 1: Infinity }, { 6: -Infinity }, { 15: 0.5 }]) expect(decodeEntry(key, forged(said({ ...frame, contracts: one }), numbers(change)))).toBe('damaged')
    for (const length of [0, 21, 23, 1_000]) expect(decodeEntry(key, forged(said({ ...frame, contracts: one }), new Float64Array(length)))).toBe('damaged')
    for (const length of [0, 1, 0xffff_ffff]) expect(decodeEntry(key, forged(said({ ...frame, contracts: none }), undefined, length))).toBe('damaged')
  })

  it('are none where the answer is not what its type says', () => {
    const first = chain.contracts[0]!
    for (const wrong of [{ strike: NaN }, { bid: Infinity }, { occ: undefined }, { right: 'straddle' }, { adjusted: null }, { greeks: undefined }, { greeks: { ...first.greeks, delta: '0.5' } }]) {
      expect(encodeEntry({ ...entry, value: { ...chain, contracts: [{ ...first, ...wrong } as never] } })).toBeNull()
    }
    for (const wrong of [{ asOf: NaN }, { contracts: undefined }, { refused: null }, { underlyingPrice: NaN }]) expect(encodeEntry({ ...entry, value: { ...chain, ...wrong } as never })).toBeNull()
    expect(encodeEntry({ ...dates, value: { ...dates.value, dates: [20_261_218] } as never })).toBeNull()
  })
})

describe('keys', () => {
  it('differ wherever a part differs, whatever it holds', () => {
    const part = fc.string({ unit: 'binary', maxLength: 4 })
    const any = fc.record({ identity: part, kind: fc.constantFrom('expirations', 'chain'), ticker: part, expiration: part }) as fc.Arbitrary<EntryKey>
    fc.assert(fc.property(any, any, (one, other) => {
      const isSame = (['identity', 'kind', 'ticker', 'expiration'] as const).every((name) => one[name] === other[name])
      expect(keyText(one) === keyText(other)).toBe(isSame)
    }))
    expect(keyText({ ...key, ticker: 'A","B' })).not.toBe(keyText({ ...key, ticker: 'A', expiration: 'B' }))
  })
})
