import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { blockBytes, blockOf, type BarBlock } from '../../../../runtime/guest/market/bars.ts'
import { KeptBars, type BarSource } from '../../../../runtime/guest/market/kept-bars.ts'

const MEGABYTE = 2 ** 20
const DAYS = 60
const SYMBOLS = ['AAA', 'BBB', 'CCC']

/** The session days of a symbol: each has gaps of its own. Every value tells of its symbol, its column and its day. */
const daysOf = (symbol: string): number[] => Array.from({ length: DAYS }, (_, day) => day).filter((day) => (day * 7 + SYMBOLS.indexOf(symbol)) % 5 !== 0)
const valueOf = (symbol: string, column: number, day: number): number => SYMBOLS.indexOf(symbol) * 10_000 + column * 1_000 + day

/** A host as of a day that can be moved, and what it was asked. */
function makeHost() {
  const asked: string[] = []
  const kept: string[] = []
  const host = { asOfDay: 0, asked, fails: false }
  const between = (symbol: string, from: number, to: number): number[] => daysOf(symbol).filter((day) => day >= from && day <= to)
  const source: BarSource = {
    readBars: (symbol, fromDay) => {
      asked.push(`read ${symbol}`)
      if (!SYMBOLS.includes(symbol)) return undefined
      const days = between(symbol, fromDay, host.asOfDay)
      const buffer = new ArrayBuffer(blockBytes(days.length))
      const block = blockOf(buffer, days.length)
      days.forEach((day, i) => {
        block.day[i] = day
        ;[block.open, block.high, block.low, block.close, block.volume].forEach((column, c) => (column[i] = valueOf(symbol, c, day)))
      })
      return buffer
    },
    keep: (symbol) => void kept.push(symbol),
    readNewer: (afterDay) => {
      asked.push('newer')
      if (host.fails) throw new RangeError('Maximum call stack size exceeded')
      const values = kept.flatMap((symbol) => {
        const days = between(symbol, afterDay + 1, host.asOfDay)
        return [days.length, ...days.flatMap((day) => [day, ...[0, 1, 2, 3, 4].map((c) => valueOf(symbol, c, day))])]
      })
      return Float64Array.from(values).buffer
    },
    reading: (place) => void asked.push(`reading ${kept[place]}`),
  }
  return Object.assign(host, { source })
}

const daysIn = (block: BarBlock): number[] => [...block.day.subarray(0, block.length)]

/** Everything that a block's columns hold, room included. */
function everythingIn(block: BarBlock): number[] {
  return [...block.day, ...[block.open, block.high, block.low, block.close, block.volume].flatMap((column) => [...column].filter((value) => value !== 0).map((value) => value % 1_000))]
}

describe('bars kept inside from one date to the next', () => {
  it('asks the host once for a symbol, once for each later date, and tells it of each look', () => {
    const host = makeHost()
    const bars = new KeptBars(host.source, MEGABYTE)
    for (const asOfDay of [20, 21, 22]) {
      host.asOfDay = asOfDay
      for (const symbol of SYMBOLS) bars.at(symbol, 3, asOfDay)
    }
    expect(host.asked).toEqual([
      ...SYMBOLS.map((symbol) => `read ${symbol}`),
      ...[21, 22].flatMap(() => ['newer', ...SYMBOLS.map((symbol) => `reading ${symbol}`)]),
    ])
  })

  it('gives what the host would give, whatever was asked before, and holds nothing of a later day', () => {
    const question = fc.record({ symbol: fc.constantFrom(...SYMBOLS, 'NONE'), from: fc.nat(DAYS), asOf: fc.nat(DAYS - 1) })
    const most = fc.constantFrom(-1, 0, 900, 2_000, MEGABYTE)
    fc.assert(
      fc.property(fc.array(question, { maxLength: 30 }), most, (questions, mostBytes) => {
        const host = makeHost()
        const bars = new KeptBars(host.source, mostBytes)
        const earlier: { block: BarBlock; days: number[] }[] = []
        for (const { symbol, from, asOf } of questions) {
          host.asOfDay = asOf
          const block = bars.at(symbol, from, asOf)
          if (symbol === 'NONE') {
            expect(block).toBeNull()
            continue
          }
          const wanted = daysOf(symbol).filter((day) => day >= from && day <= asOf)
          const days = daysIn(block!)
          expect(days.filter((day) => day >= from)).toEqual(wanted)
          if (wanted.length === 0) expect(days).toEqual([])
          // Without a gap, where more is given than was asked for.
          expect(days).toEqual(daysOf(symbol).filter((day) => day >= (days[0] ?? 0) && day <= (days.at(-1) ?? -1)))
          expect(days.map((_, i) => block!.close[i])).toEqual(days.map((day) => valueOf(symbol, 3, day)))
          expect(days.map((_, i) => block!.volume[i])).toEqual(days.map((day) => valueOf(symbol, 4, day)))
          expect(Math.max(-1, ...everythingIn(block!))).toBeLessThanOrEqual(asOf)
          earlier.push({ block: block!, days })
        }
        // What was handed out before still says what it said.
        for (const { block, days } of earlier) expect(daysIn(block)).toEqual(days)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps nothing that reaches beyond the date, whoever gave it', () => {
    const host = makeHost()
    const bars = new KeptBars(host.source, MEGABYTE)
    // While a script loads, its clock stands at the beginning and the host gives all it has.
    host.asOfDay = DAYS
    expect(daysIn(bars.at('AAA', 0, 0)!)).toEqual(daysOf('AAA'))
    host.asOfDay = 20
    expect(everythingIn(bars.at('AAA', 0, 20)!).filter((day) => day > 20)).toEqual([])
    expect(daysIn(bars.at('AAA', 0, 20)!)).toEqual(daysOf('AAA').filter((day) => day <= 20))
  })

  it('keeps no more than it may', () => {
    const host = makeHost()
    host.asOfDay = 40
    const bars = new KeptBars(host.source, blockBytes(daysOf('AAA').filter((day) => day <= 40).length))
    for (const symbol of ['AAA', 'BBB', 'AAA', 'BBB']) bars.at(symbol, 0, 40)
    expect(host.asked).toEqual(['read AAA', 'read BBB', 'reading AAA', 'read BBB'])
  })

  it('reads each time once a change was cut short, so that no bar is there twice', () => {
    const host = makeHost()
    const bars = new KeptBars(host.source, MEGABYTE)
    host.asOfDay = 20
    bars.at('AAA', 0, 20)
    host.asOfDay = 30
    host.fails = true
    expect(() => bars.at('AAA', 0, 30)).toThrow(RangeError)
    host.fails = false
    expect(daysIn(bars.at('AAA', 0, 30)!)).toEqual(daysOf('AAA').filter((day) => day <= 30))
    expect(host.asked).toEqual(['read AAA', 'newer', 'read AAA'])
  })
})
