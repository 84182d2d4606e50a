import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CsvStrategies } from '../../../../../runtime/explore/read-strategies/csv.ts'
import { LineText } from '../../../../../runtime/explore/read-strategies/line-text.ts'
import { StrategyRows } from '../../../../../runtime/explore/read-strategies/strategy-rows.ts'

/** Reads bytes that come in pieces of the given size. */
function read(bytes: Uint8Array, pieceLength: number): StrategyRows {
  const rows = new StrategyRows('x.csv')
  const text = new LineText('x.csv')
  const csv = new CsvStrategies('x.csv', rows)
  for (let start = 0; start < bytes.length; start += pieceLength) csv.push(text.push(bytes.subarray(start, start + pieceLength)), false)
  csv.push(text.end(), true)
  return rows
}

/** A cell as RFC 4180 writes it. */
const written = (cell: string, always: boolean): string => (always || /[",;\t|\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'é', '日', '"', ',', ';', '\n', '\r\n', ' ', '1', '.'), maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replaceAll('\r', '')),
)

describe('CSV in pieces', () => {
  it('gives back every cell of every row, wherever the pieces are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: fc.constantFrom('A', 'b', '.'), minLength: 1, maxLength: 5 }), cell, cell), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        (table, delimiter, lineEnd, always, endsWithLineEnd, pieceLength) => {
          const lines = [['ticker', 'strategy', 'note'], ...table].map((cells) => cells.map((text) => written(text, always)).join(delimiter))
          const got = read(Buffer.from(lines.join(lineEnd) + (endsWithLineEnd ? lineEnd : '')), pieceLength)
          expect(got.take().map(({ columns }) => Object.values(columns))).toEqual(table.map((cells) => cells.map((text) => text.toWellFormed())))
        },
      ),
      { numRuns: 300, seed: 20_261_122 },
    )
  })

  it('makes one row of every line, whatever bytes it has, and never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 60 }), (lines, pieceLength) => {
        // Quotes may join lines, and blank lines are none.
        const clean = lines.map((line) => Buffer.from(line.map((byte) => (byte === 34 || byte === 10 || byte === 13 ? 65 : byte)))).filter((line) => line.includes(65) || line.includes(44))
        const got = read(Buffer.concat([Buffer.from('ticker,strategy\n'), ...clean.flatMap((line) => [line, Buffer.from('\n')])]), pieceLength)
        expect(got.rows).toBe(clean.length)
      }),
      { numRuns: 300, seed: 20_261_122 },
    )
  })

  it('ends on any bytes with rows or an error of its own', () => {
    fc.assert(
      fc.property(fc.constantFrom('ticker,strategy\n', 'ticker\n', ''), fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (head, noise, pieceLength) => {
        try {
          read(Buffer.concat([Buffer.from(head), noise]), pieceLength)
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^strategies_/)
        }
      }),
      { numRuns: 300, seed: 20_261_122 },
    )
  })
})
