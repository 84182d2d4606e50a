import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { StrikescanError } from '../../../../runtime/errors/strikescan-error.ts'
import type { InjectionPlan } from '../../../../runtime/intake/plan.ts'
import { dayFromIso } from '../../../../runtime/market/days.ts'
import { Snapshot } from '../../../../runtime/market/snapshot.ts'
import type { RunRequest } from '../../../../runtime/scan/run.ts'
import { distinctSymbols, firstDate, namedScope, resolveScope, type RunScope } from '../../../../runtime/scan/scope.ts'

const SESSIONS = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20', '2026-11-23']
const market = marketOf(['AAPL', 'IBM', 'MSFT'])
const NOTHING = { symbols: null, dates: null }

function marketOf(symbols: string[], sessions = SESSIONS): Snapshot {
  const days = sessions.map(dayFromIso)
  const each = <T>(value: T): T[] => symbols.map(() => value)
  return new Snapshot('market', {
    formatVersion: 1, id: '0'.repeat(16), provider: 'import', simulated: false, symbols, counts: each(1), firstDays: each(days[0] ?? 0), lastDays: each(days.at(-1) ?? 0), sessions: days, flags: {},
  } as never)
}

const scope = (request: Partial<RunRequest>, declared: Partial<typeof NOTHING | { symbols: string[]; dates: string[] }> = {}, snapshot = market): RunScope =>
  resolveScope({ filename: 'x.js', source: new Uint8Array(), ...request }, { ...NOTHING, ...declared }, snapshot)

function refusal(work: () => unknown): StrikescanError {
  try {
    work()
  } catch (error) {
    if (error instanceof StrikescanError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('symbols', () => {
  it.each<[string, Partial<RunRequest>, string[] | null, string[]]>([
    ['of the request', { symbols: ['msft', ' ibm '] }, ['AAPL'], ['MSFT', 'IBM']],
    ['of the script', {}, ['ibm', 'AAPL', 'IBM', ''], ['IBM', 'AAPL']],
    ['of the market, where nobody names any', {}, null, ['AAPL', 'IBM', 'MSFT']],
    ['of the market, where all are asked for', { universe: 'all' }, ['IBM'], ['AAPL', 'IBM', 'MSFT']],
    ['that no market knows', { symbols: ['NOPE'] }, null, ['NOPE']],
  ])('%s', (_, request, declared, expected) => {
    expect(scope(request, declared === null ? {} : { symbols: declared }).symbols).toEqual(expected)
  })

  it.each<[string, () => unknown, string?]>([
    ['an empty list', () => scope({ symbols: [] })],
    ['a list of blanks', () => scope({ symbols: [' ', ''] })],
    ['a market without any', () => scope({}, {}, marketOf([]))],
    ['a list of the script that is empty', () => scope({}, { symbols: [] }), 'symbols_list_empty'],
  ])('are refused: %s', (_, work, code = 'symbols_none') => {
    expect(refusal(work).code).toBe(code)
  })

  it('are each named once, in the order given, however they are written', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('aapl', ' AAPL', 'Ibm', 'IBM\t', 'brk.b', '', ' ')), (symbols) => {
        const distinct = distinctSymbols(symbols)
        expect(distinct).toEqual(distinctSymbols(distinct))
        expect(new Set(distinct).size).toBe(distinct.length)
        const order = distinct.map((symbol) => symbols.findIndex((each) => each.trim().toUpperCase() === symbol))
        expect(order).toEqual(order.toSorted((a, b) => a - b))
      }),
    )
  })
})

describe('a day that few symbols have bars of', () => {
  const days = SESSIONS.map(dayFromIso)
  const newest = dayFromIso('2026-11-24')
  const watched = new Snapshot('market', {
    formatVersion: 1, id: '0'.repeat(16), provider: 'import', simulated: false, symbols: ['AAPL', 'IBM', 'NEWCO'], counts: [7, 6, 1],
    firstDays: [days[0], days[0], newest], lastDays: [newest, days.at(-1), newest], sessions: days, thinSessions: [newest], flags: {},
  } as never)

  it.each<[string, Partial<RunRequest>, string[]]>([
    ['is the last session of those that have it', { symbols: ['NEWCO', 'AAPL'] }, ['2026-11-24']],
    ['is that of a list where most have it', { symbols: ['NEWCO', 'AAPL', 'IBM', 'NOPE'] }, ['2026-11-24']],
    ['is none of a list where half of the symbols have none', { symbols: ['NEWCO', 'IBM'] }, ['2026-11-23']],
    ['is one of such a list that is told to go so far', { symbols: ['NEWCO', 'IBM'], from: '2026-11-23', to: '2026-11-24' }, ['2026-11-23', '2026-11-24']],
    ['is one of such a list as of that day', { symbols: ['NEWCO', 'IBM'], asOf: '2026-11-24' }, ['2026-11-24']],
    ['is none for those that end before it', { symbols: ['IBM'] }, ['2026-11-23']],
    ['is none for a symbol that is not there', { symbols: ['NOPE'] }, ['2026-11-23']],
    ['is none of the whole market', { universe: 'all' }, ['2026-11-23']],
    ['lies in a range of a symbol that has it', { symbols: ['AAPL'], from: '2026-11-23' }, ['2026-11-23', '2026-11-24']],
    ['is not seen where nothing after an earlier day is', { symbols: ['AAPL'], asOf: '2026-11-23' }, ['2026-11-23']],
    ['is scanned where it is asked for', { universe: 'all', dates: ['2026-11-24'] }, ['2026-11-24']],
  ])('%s', (_, request, dates) => {
    expect(scope(request, {}, watched).dates).toEqual(dates)
  })

  it('is one for the symbols that a script names', () => {
    expect(scope({}, { symbols: ['NEWCO'] }, watched).dates).toEqual(['2026-11-24'])
  })
})

describe('dates', () => {
  it.each<[string, Partial<RunRequest>, string[] | null, string[], string]>([
    ['default to the last session', {}, null, ['2026-11-23'], '2026-11-23'],
    ['default to the last session as of a date', { asOf: '2026-11-22' }, null, ['2026-11-20'], '2026-11-22'],
    ['of the script', {}, ['2026-11-17', '2026-11-17'], ['2026-11-17'], '2026-11-17'],
    ['of the request come first', { dates: ['2026-11-19', ' 2026-11-18'] }, ['2026-11-17'], ['2026-11-19', '2026-11-18'], '2026-11-19'],
    ['need not be sessions', { dates: ['2026-11-21'] }, null, ['2026-11-21'], '2026-11-21'],
    ['of a range are its sessions', { from: '2026-11-18', to: '2026-11-21' }, ['2026-11-17'], ['2026-11-18', '2026-11-19', '2026-11-20'], '2026-11-20'],
    ['of a range without an end', { from: '2026-11-20' }, null, ['2026-11-20', '2026-11-23'], '2026-11-23'],
    ['of a range without a start', { to: '2026-11-17' }, null, ['2026-11-16', '2026-11-17'], '2026-11-17'],
    ['of a range that ends with the as-of date', { from: '2026-11-18', asOf: '2026-11-19' }, null, ['2026-11-18', '2026-11-19'], '2026-11-19'],
  ])('%s', (_, request, declared, dates, asOf) => {
    expect(scope(request, declared === null ? {} : { dates: declared })).toMatchObject({ dates, asOf })
  })

  it.each<[string, Partial<RunRequest>, string]>([
    ['up to 2020-01-01', { asOf: '2020-01-01' }, 'as-of'],
    ['up to 2020-01-01', { to: '2020-01-01' }, 'end'],
    ['from 2030-01-01 on', { from: '2030-01-01' }, 'start'],
    ['between 2026-11-21 and 2026-11-22', { from: '2026-11-21', to: '2026-11-22' }, 'range'],
  ])('without a session name what was asked for: %s', (range, request) => {
    expect(refusal(() => scope(request))).toMatchObject({ code: 'dates_none', message: `The market has no session ${range}.`, hint: 'Its sessions run from 2026-11-16 to 2026-11-23.' })
  })

  it.each<[string, string, () => unknown]>([
    ['a text that is none', 'dates_invalid', () => scope({ dates: ['yesterday'] })],
    ['a day that no month has', 'dates_invalid', () => scope({ dates: ['2026-02-30'] })],
    ['another order', 'dates_invalid', () => scope({ from: '20/11/2026' })],
    ['an as-of date that is none', 'dates_invalid', () => scope({ asOf: 'now' })],
    ['a date of the script that is none', 'dates_invalid', () => scope({}, { dates: ['2026-13-01'] })],
    ['a range that runs backwards', 'dates_inverted', () => scope({ from: '2026-11-20', to: '2026-11-19' })],
    ['a range without a session', 'dates_none', () => scope({ from: '2026-11-21', to: '2026-11-22' })],
    ['an as-of date before the first session', 'dates_none', () => scope({ asOf: '2020-01-01' })],
    ['a market without sessions', 'dates_none', () => scope({}, {}, marketOf(['A'], []))],
    ['a date after the as-of date', 'as_of_before_dates', () => scope({ dates: ['2026-11-20'], asOf: '2026-11-19' })],
    ['a range past the as-of date', 'as_of_before_dates', () => scope({ from: '2026-11-18', to: '2026-11-20', asOf: '2026-11-19' })],
  ])('are refused: %s', (_, code, work) => {
    const error = refusal(work)
    expect(error.code).toBe(code)
    expect(`${error.message} ${error.hint}`).not.toMatch(/[{}]|undefined|NaN/)
  })
})

it('refuses more rows than a run can hold', () => {
  const many = marketOf(Array.from({ length: 5_000 }, (_, at) => `S${at}`), Array.from({ length: 4_001 }, (_, at) => new Date(at * 86_400_000).toISOString().slice(0, 10)))
  expect(refusal(() => scope({ universe: 'all', from: '1970-01-01' }, {}, many)).code).toBe('rows_too_many')
})

describe('what is known of a run before its script has run', () => {
  const planned = (symbols: string[] | null, dates: string[] | null): InjectionPlan =>
    ({ symbols: symbols === null ? null : { staticValue: symbols }, dates: dates === null ? null : { staticValue: dates } }) as unknown as InjectionPlan

  it.each<[string, Partial<RunRequest>, string[] | null, string]>([
    ['of the dates asked for', { dates: ['2026-11-19', '2026-11-17', '2026-11-20'] }, ['2026-11-16'], '2026-11-17'],
    ['of a range', { from: '2026-11-14', to: '2026-11-19' }, null, '2026-11-16'],
    ['of the dates that the script names', {}, ['2026-11-20', '2026-11-18'], '2026-11-18'],
    ['is the session looked back from', { asOf: '2026-11-22' }, null, '2026-11-20'],
    ['is the last session, where nobody says', {}, null, '2026-11-23'],
    ['is the last session, where what is asked for cannot be', { dates: ['tomorrow'] }, null, '2026-11-23'],
  ])('the first date %s', (_, request, dates, expected) => {
    expect(firstDate(request, planned(null, dates), market)).toBe(expected)
  })

  it.each<[string, Partial<RunRequest>, InjectionPlan | null, string[] | null]>([
    ['the request', { symbols: ['ibm'] }, null, ['IBM']],
    ["the script's text", {}, planned(['MSFT'], null), ['MSFT']],
    ['nobody', {}, planned(null, null), null],
    ['nobody, where all of the market is asked for', { universe: 'all' }, planned(['MSFT'], null), null],
    ['a request that cannot be', { symbols: ['ibm'], dates: ['tomorrow'] }, null, null],
  ])('symbols named by %s', (_, request, plan, expected) => {
    expect(namedScope(request, plan, market)?.symbols ?? null).toEqual(expected)
  })
})
