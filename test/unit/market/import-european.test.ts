import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fileOf, linesOf, newStore, readInPieces } from './bar-files.ts'

async function imported(content: string | Uint8Array) {
  const store = newStore()
  const report = await store.importBars([fileOf('kurse.csv', content)])
  return { report, lines: linesOf(store.current()) }
}

const GERMAN = 'Kürzel;Datum;Eröffnung;Hoch;Tief;Schluss;Volumen'
const LINE = 'A 2026-05-04 1 3 0.5 2 100'

describe('dates with points', () => {
  test('are day.month.year, which the import says once', async () => {
    const rows = ['A,04.05.2026,1,3,0.5,2,100', '"A","5.5.2026",1,3,0.5,2,100', 'A,2026-05-06,1,3,0.5,2,100']
    const { report, lines } = await imported(`symbol,date,open,high,low,close,volume\n${rows.join('\n')}\n`)
    expect(lines).toEqual([LINE, LINE.replace('-04', '-05'), LINE.replace('-04', '-06')])
    expect(report.warnings.filter((warning) => warning.includes('points'))).toEqual([expect.stringMatching(/^Dates with points in .*kurse\.csv were read as day\.month\.year\.$/)])
  })

  test.each(['13.13.2026', '04.05.26', '31.04.2026', '0.5.2026'])('%s is refused with its row, and of itself no cause to speak of points', async (date) => {
    const { report, lines } = await imported(`symbol,date,open,high,low,close,volume\nA,2026-05-04,1,3,0.5,2,100\nA,${date},1,3,0.5,2,100\n`)
    expect(lines).toEqual([LINE])
    expect(report).toMatchObject({ reasons: { unparsable_date: 1 }, samples: [{ line: 3, column: 'date', value: date }], warnings: [] })
  })

  test('are read in JSON too', async () => {
    const { report, lines } = await imported('[{"symbol":"A","date":"4.5.2026","open":1,"high":3,"low":0.5,"close":2,"volume":100}]')
    expect(lines).toEqual([LINE])
    expect(report.warnings).toHaveLength(1)
  })
})

describe('names of columns', () => {
  test.each([
    GERMAN,
    GERMAN.normalize('NFD'),
    'Kuerzel;Datum;Eroeffnung;Hoch;Tief;Schlusskurs;Volumen',
    'Ticker;Datum;Erster;Tageshoch;Tagestief;Schlusskurs;Stücke',
    'Symbole;Date;Ouverture;Plus haut;Plus bas;Clôture;Volume',
    'Símbolo;Fecha;Apertura;Máximo;Mínimo;Cierre;Volumen',
  ])('%s', async (header) => {
    expect((await imported(`${header}\nA;04.05.2026;1;3;0,5;2;100\n`)).lines).toEqual([LINE])
  })

  test('of shares and money, both named as volumes are, the shares count', async () => {
    expect((await imported('Symbol;Datum;Erster;Hoch;Tief;Schlusskurs;Stuecke;Volumen\nA;04.05.2026;1;3;0,5;2;100;150\n')).lines).toEqual([LINE])
  })
})

describe('decimal commas where semicolons divide', () => {
  test('are read from the first row that can mean nothing else, and said once', async () => {
    const { report, lines } = await imported(`${GERMAN}\r\nA;04.05.2026;1.234,50;1.300;1.200,00;1.250,25;1.234.567\r\nB;04.05.2026;12,34;13,5;12;12,345;1.234\r\nB;05.05.2026;1,500;1,750;"1,250";1,625;12.345\r\n`)
    expect(lines).toEqual(['B 2026-05-04 12.34 13.5 12 12.345 1234', 'B 2026-05-05 1.5 1.75 1.25 1.625 12345'])
    expect(report).toMatchObject({ reasons: { unparsable_number: 1 }, samples: [{ line: 2, column: 'Eröffnung', value: '1.234,50' }] })
    expect(report.warnings.filter((warning) => warning.includes('decimal commas'))).toHaveLength(1)
  })

  test('thousands are grouped by points', async () => {
    const { lines } = await imported(`${GERMAN}\nA;04.05.2026;1.234,50;1.300,00;999,5;12.345.678,25;1.234.567\nA;05.05.2026;1234,5;1e3;"1.000,125";,5;1.234,5\n`)
    expect(lines).toEqual(['A 2026-05-04 1234.5 1300 999.5 12345678.25 1234567', 'A 2026-05-05 1234.5 1000 1000.125 0.5 1234.5'])
  })

  test.each(['12.34', '1.250', '1,234.5', '1.23,4', '1,2,3', '12.34,5', '$12.30', '1.000.00', '.5', '', ','])('a price that contradicts them (%s) is refused with its row', async (price) => {
    const { report, lines } = await imported(`${GERMAN}\nA;04.05.2026;1;3;0,5;2;100\nA;05.05.2026;1;3;0,5;${price};100\nA;06.05.2026;1;3;0,5;"${price}";100\n`)
    expect(lines).toEqual([LINE])
    expect(report).toMatchObject({ reasons: { unparsable_number: 2 }, samples: [{ line: 3, column: 'Schluss', value: price }, { line: 4, column: 'Schluss', value: price }] })
  })

  test.each([
    ['points came first', '1.5;3.5;0.5;2.5', '1,5;3,5;0,5;2,5', ['A 2026-05-04 1.5 3.5 0.5 2.5 100']],
    ['a row has both', '1.5;3,5;0.5;2.5', '1,500;3,500;1,500;2,500', []],
    ['thousands are as likely', '1,500;3,250;2,500;2,125', '1500;3250;1500;2125', ['A 2026-05-05 1500 3250 1500 2125 100']],
  ])('are not assumed where %s', async (_, first, second, expected) => {
    const { report, lines } = await imported(`${GERMAN}\nA;04.05.2026;${first};100\nA;05.05.2026;${second};100\n`)
    expect(lines).toEqual(expected)
    expect(report.warnings.filter((warning) => warning.includes('decimal commas'))).toEqual([])
  })

  test('are read to the last bit', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(99_999_999), fc.stringMatching(/^\d{1,12}$/)), ([whole, part]) => {
        const { rows } = readInPieces(Buffer.from(`${GERMAN}\nA;04.05.2026;0,5;0,5;0,5;0,5;1\nA;05.05.2026;${whole + 1},${part};1;1;1;1\n`), [])
        expect(rows[0]![1]).toMatchObject({ open: Float64Array.of(0.5, Number(`${whole + 1}.${part}`)) })
      }),
      { numRuns: 100 },
    )
  })
})

describe('a header that is not UTF-8', () => {
  const row = 'A;04.05.2026;1;3;0,5;2;100'

  test.each([
    ['plain', `${GERMAN}\n${row}\n`, 1],
    ['quoted, after a blank line', `\n"${GERMAN.replaceAll(';', '";"')}"\n${row}\n`, 2],
  ])('is read as Windows-1252, which the import says with its line: %s', async (_, text, line) => {
    const { report, lines } = await imported(Buffer.from(text, 'latin1'))
    expect(lines).toEqual([LINE])
    expect(report.warnings.filter((warning) => warning.includes('UTF-8'))).toEqual([expect.stringMatching(new RegExp(`^Line ${line} of .*kurse\\.csv, its header, is not UTF-8 and was read as Windows-1252; iconv`))])
  })

  test('names its columns as they are where one is missing', async () => {
    await expect(imported(Buffer.from('Kürzel;Tag;Eröffnung;Hoch;Tief;Schluss;Stück\n', 'latin1'))).rejects.toMatchObject({ code: 'import_columns_missing', message: expect.stringContaining('Kürzel') })
  })
})

test('how the bytes are cut into pieces makes no difference', () => {
  const price = fc.constantFrom('12,34', '1,500', '1.234,5', '12.34', '1.250', '7', '"12,5"', '"1,250"', '')
  const date = fc.constantFrom('04.05.2026', '5.5.2026', '13.13.2026', '2026-05-06', '"07.05.2026"', '04.05.26')
  const line = fc.tuple(fc.constantFrom('A', 'Ü', '"B"'), date, price, price, price, price, fc.constantFrom('100', '1.234', '1.234.567')).map((cells) => cells.join(';'))
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\r'), fc.constantFrom('utf8', 'latin1'),
      (lines, pieces, lineEnd, encoding) => {
        const bytes = Buffer.from([GERMAN, ...lines].join(lineEnd), encoding as BufferEncoding)
        expect(readInPieces(bytes, pieces)).toEqual(readInPieces(bytes, []))
      },
    ),
    { numRuns: 150 },
  )
})
