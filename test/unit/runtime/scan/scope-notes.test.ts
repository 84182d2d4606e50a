import { describe, expect, it } from 'vitest'

import { dayFromIso } from '../../../../runtime/market/days.ts'
import type { SnapshotIndex } from '../../../../runtime/market/snapshot-index.ts'
import { scopeNotes } from '../../../../runtime/scan/scope-notes.ts'

const SYMBOLS = ['AAPL', 'BRK.B', 'MSFT', 'T', 'TSLA']
const SESSIONS = ['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-24', '2026-11-25', '2026-11-27'].map(dayFromIso)
const market = {
  symbols: SYMBOLS,
  sessions: Int32Array.from(SESSIONS),
  thinSessions: new Int32Array(),
  indexOf: (symbol: string) => SYMBOLS.indexOf(symbol),
  index: { lastDays: SYMBOLS.map(() => SESSIONS.at(-1)!) } as unknown as SnapshotIndex,
}
const notes = (symbols: string[], dates: string[]) => scopeNotes({ symbols, dates, asOf: dates.at(-1)! }, market, true)

describe('what a run asks for and the market does not have', () => {
  it('is nothing where there is all of it', () => {
    expect(notes(SYMBOLS, ['2026-11-20', '2026-11-18'])).toEqual([])
  })

  it.each([
    ['APPL', 'APPL (did you mean AAPL?)'],
    ['MSTF', 'MSTF (did you mean MSFT?)'],
    ['BRK-B', 'BRK-B (did you mean BRK.B?)'],
    // Any ticker of one letter is near to any other.
    ['X', 'X'],
    ['QQQQQ', 'QQQQQ'],
    ['M'.repeat(5_000), 'M'.repeat(5_000)],
  ])('names the symbol %s and the one that was meant', (symbol, sample) => {
    expect(notes(['MSFT', symbol], ['2026-11-20'])).toMatchObject([{ code: 'symbols_unknown', count: 1, samples: [sample] }])
  })

  it.each([
    ['2026-11-21', 'Saturday'],
    ['2026-11-26', 'Thanksgiving Day'],
    ['2026-11-30', 'after the last bars, of 2026-11-27'],
    ['2026-11-17', 'before the first bars, of 2026-11-18'],
    ['2026-11-23', 'no bars of that day'],
  ])('says why %s has no bars', (date, why) => {
    expect(notes(['MSFT'], [date, '2026-11-20'])).toMatchObject([{ code: 'dates_without_session', count: 1, samples: [`${date} (${why})`] }])
  })

  it('takes the sessions of the store for what they are, and says so of an empty one', () => {
    const saturday = { ...market, sessions: Int32Array.of(dayFromIso('2026-11-21')) }
    expect(scopeNotes({ symbols: ['T'], dates: ['2026-11-21'], asOf: '2026-11-21' }, saturday, true)).toEqual([])
    expect(scopeNotes({ symbols: ['T'], dates: ['2026-11-20'], asOf: '2026-11-20' }, { ...market, sessions: new Int32Array() }, true)[0]!.samples).toEqual(['2026-11-20 (there are no bars)'])
  })

  it('names symbols with bars of a later day, unless the run was told where to end', () => {
    const newer = dayFromIso('2026-11-30')
    const watched = { ...market, thinSessions: Int32Array.of(newer), index: { lastDays: SYMBOLS.map((symbol) => (symbol === 'TSLA' ? newer : SESSIONS.at(-1)!)) } as unknown as SnapshotIndex }
    const scope = { symbols: [...SYMBOLS], dates: ['2026-11-27'], asOf: '2026-11-27' }
    expect(scopeNotes(scope, watched, false)).toMatchObject([{ code: 'bars_newer', count: 1, samples: ['TSLA (to 2026-11-30)'] }])
    expect(scopeNotes(scope, watched, true)).toEqual([])
    expect(scopeNotes({ ...scope, symbols: ['AAPL', 'NOPE'] }, watched, false)).toMatchObject([{ code: 'symbols_unknown' }])
    // Of those that go along to that day the older are named.
    const taken = { symbols: ['TSLA', 'T', 'NOPE'], dates: ['2026-11-30'], asOf: '2026-11-30' }
    expect(scopeNotes(taken, watched, false)).toMatchObject([{ code: 'symbols_unknown' }, { code: 'bars_older', count: 1, samples: ['T (to 2026-11-27)'] }])
    expect(scopeNotes(taken, watched, true)).toMatchObject([{ code: 'symbols_unknown' }])
    expect(scopeNotes({ symbols: ['TSLA'], dates: ['2026-11-30'], asOf: '2026-11-30' }, watched, false)).toEqual([])
  })

  it('counts all and names a few', () => {
    const [note] = notes(Array.from({ length: 40 }, (_, index) => `ZZZ${index}`), ['2026-11-20'])
    expect(note).toMatchObject({ count: 40 })
    expect(note!.samples).toHaveLength(5)
  })
})
