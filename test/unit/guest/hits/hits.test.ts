import { describe, expect, test } from 'vitest'

import { rowsOfCsv } from '../../../../runtime/guest/hits/csv.ts'
import { HitCollector } from '../../../../runtime/guest/hits/hits.ts'

function collect(value: unknown) {
  const notes: string[] = []
  const hits = new HitCollector(10_000, { asNull: 0, note: (code) => void notes.push(code) })
  const isList = hits.take(value, true)
  const found = (JSON.parse(hits.json) as { hits: { symbol: string; date: string | null }[] }).hits
  return { isList, hasList: hits.hasList, notes, found: found.map(({ symbol, date }) => (date === null ? symbol : `${symbol} ${date}`)) }
}

describe('what a script gives as its hits', () => {
  function* steps(): Generator<object> {
    yield { symbol: 'A' }
    yield { ticker: 'B', date: 1795107600000 }
  }
  async function* later(): AsyncGenerator<object> {
    yield { symbol: 'A' }
  }

  test('a generator, a Set, dates in other forms', () => {
    expect(collect(steps()).found).toEqual(['A', 'B 2026-11-19'])
    expect(collect(new Set(['A', 'B'])).found).toEqual(['A', 'B'])
    expect(collect([{ symbol: 'A', date: new Date('2026-11-20') }, { symbol: 'A', Date: '11/19/2026' }]).found).toEqual(['A 2026-11-20', 'A 2026-11-19'])
  })

  test('a date that cannot be read is said; the name of a weekday is none', () => {
    expect(collect([{ symbol: 'A', date: 'soon' }])).toMatchObject({ found: ['A'], notes: ['date_unread'] })
    expect(collect([{ symbol: 'A', day: 'Friday' }])).toMatchObject({ found: ['A'], notes: [] })
  })

  test('an async generator that nobody goes through does nothing', () => {
    expect(collect(later())).toMatchObject({ hasList: false, found: [] })
  })

  test('what went wrong with a symbol is no hit: an Error, or an object that says nothing but an error', () => {
    const error = Object.assign(new TypeError('no quotes'), { symbol: 'A' })
    const failure = { symbol: 'B', date: '2026-11-20', error: 'timeout', code: 408 }
    for (const value of [[error], [failure], error, { A: error }, new Map([['A', new Error('x')]]), [{ ticker: 'A', message: 'no', stack: 'Error: no' }]]) {
      expect(collect(value)).toMatchObject({ hasList: false, found: [], notes: [] })
    }
    expect(collect([failure, { symbol: 'C', score: 1 }, error])).toMatchObject({ found: ['C'], notes: ['failures_no_hits'] })
    const hits = [{ symbol: 'A' }, { symbol: 'B', error: null }, { symbol: 'C', message: 'gaps up' }, { symbol: 'D', error: 0.02, slope: 1 }]
    expect(collect(hits)).toMatchObject({ found: ['A', 'B', 'C', 'D'], notes: [] })
  })

  test('an empty list is one, other things are none', () => {
    for (const value of [[], new Set(), { hits: [] }]) expect(collect(value)).toMatchObject({ hasList: true, found: [] })
    for (const value of [undefined, null, {}, 'AAPL', 3, { data: 1 }, [1, 2]]) expect(collect(value)).toMatchObject({ hasList: false, found: [] })
  })
})

describe('CSV with a column of symbols', () => {
  test.each<[string, string, unknown]>([
    ['plain', 'symbol,close\nAAPL,1\nMSFT,2\n', [{ symbol: 'AAPL', close: '1' }, { symbol: 'MSFT', close: '2' }]],
    ['with line ends of Windows and a mark', '\ufeffTicker,Note\r\nAAPL,a\r\n\r\n', [{ Ticker: 'AAPL', Note: 'a' }]],
    ['with quotes', 'symbol,note\nAAPL,"a ""b"", c\nd"\nMSFT,', [{ symbol: 'AAPL', note: 'a "b", c\nd' }, { symbol: 'MSFT', note: '' }]],
    ['with a row that is short', 'close,symbol\n1,AAPL\n2', [{ close: '1', symbol: 'AAPL' }, { close: '2' }]],
    ['with a hostile header', '__proto__,symbol\nx,AAPL', [{ symbol: 'AAPL' }]],
  ])('%s', (_, text, rows) => {
    expect(rowsOfCsv(text)!.map((row) => ({ ...row }))).toEqual(rows)
  })

  test('a header alone is one without rows', () => {
    expect(rowsOfCsv('symbol,close\n')).toEqual([])
  })

  test.each([[''], ['symbol\n'], ['date,close\n2026-11-20,1\n'], ['just text'], ['"open\nquote'], ['\n\n\n']])('%j is none', (text) => {
    expect(rowsOfCsv(text)).toBeUndefined()
  })

  test('megabytes of commas, quotes and line ends are gone through once', () => {
    const started = process.cpuUsage()
    for (const part of [',', '"', '\n', '",', 'a\r']) rowsOfCsv(part.repeat(1_000_000))
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(20)
  })
})
