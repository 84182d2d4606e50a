import { expect, test } from 'vitest'
import { ContractCollector } from '../../../../../runtime/market/chains/contract-collector.ts'
import { FILE, LINE, RECORD_WIDTH, ROOT, STRIKE } from '../../../../../runtime/market/chains/contract-record.ts'
import type { StatedRecording } from '../../../../../runtime/market/chains/recording.ts'
import { newFolder } from './chain-files.ts'

const stated = (ticker: string): StatedRecording => ({
  ticker, source: 'contracts', capturedAt: null, day: 20_000, delayMinutes: 0, recordedAt: null, newestTrade: null, statedPrice: null, livePrice: null,
})

test('rows that went to the temporary file come back with the others', () => {
  const [small, large] = [7, 1_000_000].map((recordsInMemory) => {
    const collector = new ContractCollector(newFolder(), recordsInMemory)
    collector.beginFile('a')
    const record = new Float64Array(RECORD_WIDTH)
    for (let row = 0; row < 1000; row++) {
      record[STRIKE] = row + 1
      collector.add(collector.recording(stated(`T${row % 3}`)), record, `R${row % 5}`, row + 2, row % 2 === 0 ? row : Number.NaN, row < 10 ? 5 : 6)
    }
    const result = [...collector.recordings()].map(({ stated: facts, records }) => ({
      facts,
      rows: Array.from({ length: records.length / RECORD_WIDTH }, (_, row) => [ROOT, STRIKE, FILE, LINE].map((column) => records[row * RECORD_WIDTH + column])),
    }))
    collector.close()
    return result
  })
  expect(small).toEqual(large)
  expect(large!.map(({ rows }) => rows.length)).toEqual([334, 333, 333])
  expect(large![0]!.facts).toMatchObject({ ticker: 'T0', newestTrade: 996, statedPrice: 6 })
  expect(large![0]!.rows[1]).toEqual([3, 4, 0, 5])
})
