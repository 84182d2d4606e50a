import { describe, expect, test } from 'vitest'

import { createClock } from '../../../../runtime/guest/environment/clock.ts'
import { dayFromIso } from '../../../../runtime/guest/fetch/days.ts'
import { createFetch } from '../../../../runtime/guest/fetch/fetch.ts'
import type { GuestBars } from '../../../../runtime/guest/fetch/types.ts'

const asOfDay = dayFromIso('2026-03-13')
const LENGTH = 60
const SPLIT_AT = 40

/** Bars around 100, for one of them ten times that before the split. */
function barsOf(factor: number, crash = 1): GuestBars {
  const price = (i: number) => (i < SPLIT_AT ? 100 * factor : 100 * crash) + (i % 3)
  const column = (value: (i: number) => number) => Float64Array.from({ length: LENGTH }, (_, i) => value(i))
  const volume = column((i) => (i < SPLIT_AT ? 1_000 / factor : i === SPLIT_AT && crash !== 1 ? 20_000 : 1_000))
  return { length: LENGTH, day: Int32Array.from({ length: LENGTH }, (_, i) => asOfDay - LENGTH + 1 + i), open: column(price), high: column(price), low: column(price), close: column(price), volume }
}

const store = new Map([['PLAIN', barsOf(1)], ['SPLIT', barsOf(10)], ['CRASH', barsOf(1, 0.5)]])

async function notesOf(url: string, fieldsRead: string[] = []): Promise<string[]> {
  const notes: string[] = []
  const market = { bars: (symbol: string) => store.get(symbol) ?? null, symbols: () => [...store.keys()], asOfDay, sessions: () => store.get('PLAIN')!.day, fieldsRead, note: (code: string, text: string) => void notes.push(`${code}: ${text}`) }
  await (await createFetch({ market, clock: createClock(Date.parse('2026-03-13T20:30:00Z')) }).fetch(url)).text()
  return notes
}

const POLYGON = 'https://api.polygon.io/v2/aggs/ticker'
const YAHOO = 'https://query1.finance.yahoo.com'

describe('prices as traded where the vendor adjusts them', () => {
  test.each([
    ['Polygon', `${POLYGON}/SPLIT/range/1/day/2026-01-01/2026-03-13`],
    ['Polygon by weeks', `${POLYGON}/SPLIT/range/1/week/2026-01-01/2026-03-13`],
    ['Yahoo', `${YAHOO}/v8/finance/chart/SPLIT?range=3mo&interval=1d&events=split`],
    ['Yahoo as CSV', `${YAHOO}/v7/finance/download/SPLIT?range=3mo&interval=1d`],
  ])('are said of %s where the bars show a split', async (_, url) => {
    expect(await notesOf(url)).toEqual([expect.stringMatching(/^adjusted_ignored: .*SPLIT jump by a split on 2026-02-22/)])
  })

  test.each([
    ['without a split', `${POLYGON}/PLAIN/range/1/day/2026-01-01/2026-03-13`],
    ['in a crash', `${POLYGON}/CRASH/range/1/day/2026-01-01/2026-03-13`],
    ['after the split', `${POLYGON}/SPLIT/range/1/day/2026-03-01/2026-03-13`],
    ['where raw prices were asked for', `${POLYGON}/SPLIT/range/1/day/2026-01-01/2026-03-13?adjusted=false`],
    ['of Yahoo without a split', `${YAHOO}/v8/finance/chart/PLAIN?range=3mo&interval=1d`],
  ])('are not %s', async (_, url) => {
    expect(await notesOf(url)).toEqual([])
  })
})

describe('fields that daily bars do not hold', () => {
  test('are named where the script reads them and asked for the answer that has them at the vendor', async () => {
    const said = 'fields_not_there: '
    expect(await notesOf(`${POLYGON}/PLAIN/prev`, ['vw', 'marketCap'])).toEqual([`${said}Polygon: aggregates come from daily bars, and the script reads fields that these do not hold: vw`])
    expect(await notesOf(`${YAHOO}/v7/finance/quote?symbols=PLAIN`, ['vw', 'marketCap', 'trailingPE'])).toEqual([expect.stringMatching(/: marketCap, trailingPE$/)])
    expect(await notesOf('https://data.alpaca.markets/v2/stocks/PLAIN/bars?timeframe=1Day&start=2026-03-01', ['n'])).toEqual([expect.stringMatching(/: n$/)])
    expect(await notesOf(`${YAHOO}/v8/finance/chart/PLAIN?range=3mo`, ['vw', 'marketCap'])).toEqual([])
  })
})
