import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { isoFromDay } from '../../runtime/market/days.ts'
import { newStore } from '../unit/market/bar-files.ts'

const BARS = fileURLToPath(new URL('../../../shared/data/daily_bars/', import.meta.url))
const present = existsSync(join(BARS, 'pystock'))

describe.skipIf(!present)(`a year of the US market${present ? '' : ' (skipped: ../shared/data is not there)'}`, () => {
  test('comes in whole, and again without a change (whatever the order of the files by the long suite)', async () => {
    const files = readdirSync(join(BARS, 'pystock')).map((name) => join(BARS, 'pystock', name)).sort()
    const store = newStore()
    const report = await store.importBars(files)
    // Counts and sums by awk over the same files, the rows with a non-positive price left out.
    expect(report).toMatchObject({
      rowsRead: 1_556_516,
      rowsKept: 1_556_504,
      rowsRejected: 12,
      reasons: { non_positive_price: 12 },
      flagged: { zeroVolume: 41_225, highLowOrder: 1, nonSession: 106 },
      duplicates: 0,
      symbols: 6548,
      firstDate: '2015-03-20',
      lastDate: '2016-03-24',
    })
    const snapshot = store.current()!
    const holidays = ['2015-04-03', '2015-05-25', '2015-07-03', '2015-09-07', '2015-11-26', '2015-12-25', '2016-01-01', '2016-01-18', '2016-02-15']
    const sessions = [...snapshot.sessions].map(isoFromDay)
    expect(sessions).toHaveLength(256)
    expect(sessions.filter((date) => holidays.includes(date))).toEqual([])
    const reader = snapshot.openReader()
    let close = 0
    let volume = 0
    for (let index = 0; index < snapshot.symbols.length; index++) {
      const block = reader.read(index)
      close += block.close.reduce((sum, value) => sum + value, 0)
      volume += block.volume.reduce((sum, value) => sum + value, 0)
    }
    reader.close()
    expect(close).toBeCloseTo(47_406_910.9942, 3)
    expect(volume).toBe(1_478_823_645_200)
    if (process.env['TEST_LONG'] === '1') expect((await newStore().importBars(files.toReversed())).snapshot).toBe(report.snapshot)
    expect(await store.importBars([files[1]!])).toMatchObject({ snapshot: report.snapshot, unchanged: true })
  })

  test('daily archives as they were found: bars taken, other tables named, empty ones refused', async () => {
    const archive = (day: string) => join(BARS, 'pystock_archives_as_found', `${day}.tar.gz`)
    const report = await newStore().importBars([archive('20150608'), archive('20150609')])
    expect(report.files.map((file) => file.name)).toEqual([`${archive('20150608')}/prices.csv`, `${archive('20150609')}/prices.csv`])
    expect(report.warnings).toHaveLength(4)
    expect(report.rowsKept + report.duplicates + report.rowsRejected).toBe(report.rowsRead)
    await expect(newStore().importBars([archive('20150608'), archive('20150610')])).rejects.toMatchObject({ code: 'import_file_empty' })
  })
})
