import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BarCollector } from '../../../runtime/market/import/bar-collector.ts'
import { CsvBars } from '../../../runtime/market/import/csv.ts'
import { DateColumn } from '../../../runtime/market/import/date-column.ts'
import { fileOf, HEADER, linesOf, newFolder, newStore, readInPieces } from './bar-files.ts'

async function imported(text: string, options = {}, name = 'bars.csv') {
  const store = newStore()
  const report = await store.importBars([fileOf(name, text)], options)
  return { report, lines: linesOf(store.current()) }
}

const ROW = 'A,2016-03-24,1,3,0.5,2,100'
const LINE = 'A 2016-03-24 1 3 0.5 2 100'

describe('CSV in its many forms', () => {
  test.each([
    ['LF', `${HEADER}\n${ROW}\n`],
    ['no last line end', `${HEADER}\n${ROW}`],
    ['CRLF', `${HEADER}\r\n${ROW}\r\n`],
    ['CR', `${HEADER}\r${ROW}\r`],
    ['a byte-order mark', `\ufeff${HEADER}\n${ROW}\n`],
    ['blank lines', `\n\r\n${HEADER}\n\n   \n${ROW}\n\n`],
    ['quotes', `"symbol","date","open","high","low","close","volume"\n"A","2016-03-24","1","3","0.5","2","100"\n`],
    ['semicolons', `${HEADER};note\n${ROW}`.replaceAll(',', ';').replace(';note', '')],
    ['tabs', `${HEADER}\n${ROW}`.replaceAll(',', '\t')],
    ['other names, order and case', 'V,c,L,H,O,Date,TICKER,Adj Close\n100,2,0.5,3,1,20160324, a ,9\n'],
    ['numbers with thousands and dollars', `${HEADER}\nA,3/24/2016,$1,$3.00,0.50,"$2","100"`],
    ['exponents and long fractions', `${HEADER}\nA,2016-03-24,1e0,3.0000000000000000000,5E-1,2.,1.00e2`],
    ['a note with quotes, delimiter and line ends', `${HEADER},note\nA,2016-03-24,1,3,0.5,2,100,"say ""x"",\nplease"\n`],
    ['epoch milliseconds', `T,t,o,h,l,c,v\nA,1458792000000,1,3,0.5,2,100`],
    ['MetaStock names', `<TICKER>,<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\nA,20160324,1,3,0.5,2,100`],
  ])('%s', async (_, text) => {
    const { report, lines } = await imported(text)
    expect(lines).toEqual([LINE])
    expect(report).toMatchObject({ rowsRead: 1, rowsKept: 1, rowsRejected: 0, reasons: {}, duplicates: 0 })
  })

  test('UTF-16', async () => {
    const store = newStore()
    await store.importBars([fileOf('x.csv', Buffer.from(`\ufeff${HEADER}\n${ROW}\n`, 'utf16le'))])
    expect(linesOf(store.current())).toEqual([LINE])
  })

  test('a map overrides the names, and serves files without a header by number', async () => {
    const named = await imported(`a,b,open,high,low,Adj Close,close,volume\nA,2016-03-24,1,3,0.5,2,9,100`, { map: { symbol: 'a', date: 'b', close: 'adj close' } })
    expect(named.lines).toEqual([LINE])
    const numbered = await imported(ROW, { map: { symbol: '1', date: '2', open: '3', high: '4', low: '5', close: '6', volume: '7' } })
    expect(numbered.lines).toEqual([LINE])
  })

  test('the symbol may be the name of the file', async () => {
    const text = 'Date,Open,High,Low,Close,Volume\n2016-03-24,1,3,0.5,2,100'
    expect((await imported(text, {}, 'BRK.B.csv')).lines[0]).toMatch(/^BRK\.B /)
    expect((await imported(text, { map: { symbol: '@filename' } }, 'aapl.csv')).lines[0]).toMatch(/^AAPL /)
    await expect(imported(text, {}, 'prices.csv')).rejects.toMatchObject({ code: 'import_symbol_unknown' })
  })
})

test('a comma groups thousands where another price of the row has a decimal point', async () => {
  const { report, lines } = await imported(`${HEADER}\nA,2016-03-24,"1,240.50","1,260","1,230","1,250","1,250"\nB,2016-03-24,"1,240","1,260","1,230","1,250",9\n`)
  expect(lines).toEqual(['A 2016-03-24 1240.5 1260 1230 1250 1250'])
  expect(report).toMatchObject({ rowsKept: 1, reasons: { unparsable_number: 1 }, samples: [{ line: 3, column: 'open', value: '1,240' }] })
})

describe('refused rows', () => {
  test.each([
    ['A,2016-03-24,1,3,0.5,2', 'wrong_field_count', null, null],
    ['A,2016-03-24,1,3,0.5,2,100,7', 'wrong_field_count', null, null],
    ['"A,2016-03-24,1,3,0.5,2,100', 'unclosed_quote', null, null],
    [',2016-03-24,1,3,0.5,2,100', 'invalid_symbol', 'symbol', ''],
    ['A B,2016-03-24,1,3,0.5,2,100', 'invalid_symbol', 'symbol', 'A B'],
    ['A,2015-02-30,1,3,0.5,2,100', 'unparsable_date', 'date', '2015-02-30'],
    ['A,,1,3,0.5,2,100', 'unparsable_date', 'date', ''],
    ['A,2016-03-24,one,3,0.5,2,100', 'unparsable_number', 'open', 'one'],
    ['A,2016-03-24,,3,0.5,2,100', 'unparsable_number', 'open', ''],
    ['A,2016-03-24,.,3,0.5,2,100', 'unparsable_number', 'open', '.'],
    ['A,2016-03-24,1,3,0.5,2,', 'unparsable_number', 'volume', ''],
    ['A,2016-03-24,1,3,0.5,2,NaN', 'unparsable_number', 'volume', 'NaN'],
    ['A,2016-03-24,1\r2,3,0.5,2,100', 'unparsable_number', 'open', '1\r2'],
    ['A,2016-03-24,NaN,3,0.5,2,100', 'non_finite_price', 'open', 'NaN'],
    ['A,2016-03-24,1,inf,0.5,2,100', 'non_finite_price', 'high', 'inf'],
    ['A,2016-03-24,1,3,0.5,1e999,100', 'non_finite_price', 'close', '1e999'],
    ['A,2016-03-24,0.00,3,0.5,2,100', 'non_positive_price', 'open', '0.00'],
    ['A,2016-03-24,1,3,-0.5,2,100', 'non_positive_price', 'low', '-0.5'],
    ['A,2016-03-24,1,3,0.5,2,-1', 'negative_volume', 'volume', '-1'],
  ])('%s: %s', async (row, reason, column, value) => {
    const good = 'B,2016-03-24,1,3,0.5,2,100'
    const { report, lines } = await imported(`${HEADER}\n${good}\n${row}\n${good.replace('B', 'C')}\n`)
    expect(report.reasons).toEqual({ [reason]: 1 })
    expect(report.samples).toEqual([{ file: expect.stringContaining('bars.csv'), line: 3, reason, column, value, text: row }])
    expect(report).toMatchObject({ rowsRead: 3, rowsKept: 2, rowsRejected: 1 })
    expect(lines).toHaveLength(2)
  })

  test.each([
    ['semicolons, all with three decimals', `${HEADER.replaceAll(',', ';')}\nA;2016-03-24;1,500;3,250;1,250;2,125;100\n`, '1,500'],
    ['semicolons, some', `${HEADER.replaceAll(',', ';')}\nA;2016-03-24;1.5;3,250;1.5;2.25;100\n`, '3,250'],
    ['quotes', `${HEADER}\nA,2016-03-24,"1,500","3,250","0,500","2,125",100\n`, '1,500'],
  ])('a price with a decimal comma is never taken for thousands: %s', async (_, text, value) => {
    const { report, lines } = await imported(text)
    expect(report).toMatchObject({ rowsKept: 0, reasons: { unparsable_number: 1 }, samples: [{ line: 2, value }] })
    expect(lines).toEqual([])
  })

  test('a header longer than a quoted record may be', async () => {
    const more = Array.from({ length: 20_000 }, (_, index) => `c${index}`)
    expect((await imported(`${HEADER},${more.join(',')}\nA,2016-03-24,1,3,0.5,2,100,${more.map(() => '1').join(',')}\n`)).lines).toEqual(['A 2016-03-24 1 3 0.5 2 100'])
  })

  test('a quote left open costs its own line only', async () => {
    const { report, lines } = await imported(`${HEADER}\n"A,2016-03-24,1,3,0.5,2,100\n"B","2016-03-24",1,3,0.5,2,100\nC,2016-03-24,1,3,0.5,2,100`)
    expect(report).toMatchObject({ rowsRead: 3, reasons: { unclosed_quote: 1 } })
    expect(lines).toHaveLength(2)
  })

  test('lines count on through quoted line ends', async () => {
    const { report } = await imported(`${HEADER},note\nA,2016-03-24,1,3,0.5,2,100,"x\n\ny"\nB,2016-03-24,bad,3,0.5,2,100,z`)
    expect(report.samples[0]!.line).toBe(5)
  })

  test('kept and flagged: zero volume, -0 volume, broken high/low order, strays', async () => {
    const rows = ['A,B,C'.split(',')].flat().flatMap((symbol) => [`${symbol},2016-03-23,1,3,0.5,2,0`, `${symbol},2016-03-24,1,0.7,0.5,2,-0`])
    const { report, lines } = await imported([HEADER, ...rows].join('\n'))
    expect(report.flagged).toEqual({ zeroVolume: 6, highLowOrder: 3, nonSession: 0 })
    expect(lines).toContain('A 2016-03-24 1 0.7 0.5 2 0')
  })
})

test('how the bytes are cut into pieces makes no difference', () => {
  const cell = fc.oneof(fc.constantFrom('A', 'b ', '"q"', '"a""b"', '"x\ny"', '', '1', '2.5', '"', 'NaN', '2016-03-24', '3/24/2016', '\r'), fc.double({ min: 0.01, max: 1e6, noNaN: true }).map(String))
  const good = fc.tuple(fc.constantFrom('A', 'BB', '"CCC"'), fc.integer({ min: 10, max: 28 }), fc.double({ min: 0.01, max: 1e6, noNaN: true })).map(([symbol, day, price]) => `${symbol},2016-03-${day},${price},${price},${price},${price},${day}`)
  const line = fc.oneof(good, fc.array(cell, { minLength: 1, maxLength: 8 }).map((cells) => cells.join(',')))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), (lines, pieces, lineEnd) => {
      const bytes = Buffer.from([HEADER, ...lines].join(lineEnd))
      expect(readInPieces(bytes, pieces)).toEqual(readInPieces(bytes, []))
    }),
    { numRuns: 150 },
  )
})

test('numbers are read to the last bit', () => {
  fc.assert(
    fc.property(fc.oneof(fc.double({ min: 1e-9, max: 1e18, noNaN: true }).map(String), fc.tuple(fc.nat(99_999_999), fc.stringMatching(/^\d{1,12}$/)).map(([whole, part]) => `${whole + 1}.${part}`)), (text) => {
      const collector = new BarCollector(newFolder(), 8)
      const csv = new CsvBars('x.csv', collector, {}, new DateColumn('x.csv', () => ''))
      csv.push(Buffer.from(`${HEADER}\nA,2016-03-24,${text},1,1,1,1\n`))
      csv.end()
      collector.finish()
      expect(collector.rowsOf(0).open[0]).toBe(Number(text))
      collector.close()
    }),
    { numRuns: 300 },
  )
})
