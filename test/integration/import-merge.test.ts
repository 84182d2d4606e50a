import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ImportReport } from '../../runtime/market/import/report.ts'
import { takeImportLock } from '../../runtime/market/import-lock.ts'
import { fileOf, HEADER, linesOf, newFolder, newStore } from '../unit/market/bar-files.ts'

const csv = (...rows: string[]) => fileOf('bars.csv', `${[HEADER, ...rows].join('\n')}\n`)

function expectSums(report: ImportReport): void {
  const { added, replaced, unchanged, conflictingKept } = report.stored
  expect(report.rowsKept + report.rowsRejected + report.duplicates).toBe(report.rowsRead)
  expect(added + replaced + unchanged + conflictingKept).toBe(report.rowsKept)
  expect(report.conflictsInFiles + replaced + conflictingKept).toBe(report.conflicts)
  expect(Object.values(report.reasons).reduce((sum, count) => sum + count, 0)).toBe(report.rowsRejected)
  expect(report.files.reduce((sum, file) => sum + file.rowsRead, 0)).toBe(report.rowsRead)
}

describe('importing into a store that has data', () => {
  test('the same file again changes nothing', async () => {
    const store = newStore()
    const path = csv('A,2016-03-24,1,3,0.5,2,100', 'B,2016-03-24,0,3,0.5,2,100')
    const first = await store.importBars([path])
    const again = await store.importBars([path])
    expect(again).toMatchObject({ snapshot: first.snapshot, unchanged: true, rowsRead: 2, rowsKept: 1, rowsRejected: 1, stored: { added: 0, unchanged: 1 } })
    expect(store.summary().snapshots).toHaveLength(1)
    expectSums(again)
    expect(newStore(dirname(store.folder)).lastImport()).toEqual(again)
  })

  test('conflicts are settled by rank, or by the new file with replace', async () => {
    const store = newStore()
    await store.importBars([csv('A,2016-03-24,1,3,0.5,2,100')])
    const lower = csv('A,2016-03-24,1,3,0.5,2,90', 'A,2016-03-25,1,3,0.5,2,1')
    const kept = await store.importBars([lower])
    const [high, low] = [{ open: 1, high: 3, low: 0.5, close: 2, volume: 100 }, { open: 1, high: 3, low: 0.5, close: 2, volume: 90 }]
    expect(kept).toMatchObject({ conflicts: 1, conflictsInFiles: 0, stored: { added: 1, replaced: 0, unchanged: 0, conflictingKept: 1 } })
    expect(kept.conflictSamples).toEqual([{ symbol: 'A', date: '2016-03-24', outcome: 'stored_kept', kept: high, dropped: low }])
    expect(kept.conflictRule).toMatch(/greater volume/)
    expect(linesOf(store.current())[0]).toBe('A 2016-03-24 1 3 0.5 2 100')
    const replaced = await store.importBars([lower], { replace: true })
    expect(replaced).toMatchObject({ conflicts: 1, stored: { added: 0, replaced: 1, unchanged: 1, conflictingKept: 0 }, unchanged: false })
    expect(replaced.conflictSamples).toEqual([{ symbol: 'A', date: '2016-03-24', outcome: 'stored_replaced', kept: low, dropped: high }])
    expect(replaced.conflictRule).toMatch(/takes the place/)
    expect(linesOf(store.current())[0]).toBe('A 2016-03-24 1 3 0.5 2 90')
  })

  test('duplicates and conflicts within the files are counted', async () => {
    const row = 'A,2016-03-24,1,3,0.5,2,100'
    const report = await newStore().importBars([csv(row, row, 'B,2016-03-24,1,3,0.5,2,100'), csv('a,20160324,1,3,0.5,2.5,100')])
    expect(report).toMatchObject({ rowsRead: 4, rowsKept: 2, duplicates: 2, conflicts: 2, conflictsInFiles: 2 })
    expect(report.conflictSamples).toMatchObject([{ symbol: 'A', date: '2016-03-24', outcome: 'within_files', kept: { close: 2.5 }, dropped: { close: 2 } }])
    expectSums(report)
  })

  test('refused rows alone leave the store as it is', async () => {
    const store = newStore()
    expect(await store.importBars([csv('A,2016-03-24,0,3,0.5,2,100')])).toMatchObject({ rowsKept: 0, rowsRejected: 1, snapshot: null, unchanged: true, firstDate: null })
    expect(store.current()).toBeNull()
  })

  test('the order of rows, files and imports makes no difference', async () => {
    const row = fc.record({ symbol: fc.constantFrom('A', 'B', 'C'), day: fc.integer({ min: 10, max: 15 }), price: fc.integer({ min: 0, max: 3 }), volume: fc.integer({ min: 0, max: 2 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 2, maxLength: 25 }).map((rows) => rows.map(({ symbol, day, price, volume }) => `${symbol},2016-03-${day},${price},${price + 1},${price},${price},${volume}`)),
        fc.nat(), fc.nat(),
        async (rows, seed, cut) => {
          const shuffled = rows.map((text, index) => ({ text, key: Math.imul(index + 1, seed | 1) })).sort((a, b) => a.key - b.key).map(({ text }) => text)
          const at = 1 + (cut % (rows.length - 1))
          const whole = newStore()
          const report = await whole.importBars([csv(...rows)]).catch((error: { code: string }) => error.code)
          if (report === 'import_conflicting') return
          expectSums(report as ImportReport)
          const parts = newStore()
          const [first, second] = [csv(...shuffled.slice(0, at)), csv(...shuffled.slice(at))]
          const reports = [await parts.importBars([first]).catch(() => null), await parts.importBars([second]).catch(() => null)]
          if (reports.includes(null)) return
          expect(linesOf(parts.current())).toEqual(linesOf(whole.current()))
          expect(parts.current()?.id).toBe(whole.current()?.id)
          expect(await newStore().importBars([second, first])).toMatchObject({ snapshot: (report as ImportReport).snapshot, rowsKept: (report as ImportReport).rowsKept, duplicates: (report as ImportReport).duplicates, conflicts: (report as ImportReport).conflicts })
        },
      ),
      { numRuns: 8 },
    )
  })

  test('more rows than one sorted run holds', async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => `S${index % 7},${new Date(Date.UTC(2000, 0, 1 + Math.floor(index / 7))).toISOString().slice(0, 10)},1,2,1,1,${index}`)
    const store = newStore()
    const report = await store.importBars([csv(...rows.toReversed())])
    expect(report).toMatchObject({ rowsKept: 3000, symbols: 7, duplicates: 0 })
    const reader = store.current()!.openReader()
    expect([...reader.read(0).volume].slice(0, 3)).toEqual([0, 7, 14])
    reader.close()
  })
})

describe('imported and provided data', () => {
  const provider = {
    name: 'made', simulated: true, fingerprint: 'one',
    bars: () => [{ symbol: 'A', day: Int32Array.of(16_884), open: Float64Array.of(1), high: Float64Array.of(3), low: Float64Array.of(0.5), close: Float64Array.of(2), volume: Float64Array.of(100) }],
  }

  test('imported data comes first, reset removes both, and equal bars of another source are another snapshot', async () => {
    const store = newStore()
    const made = await store.buildFromProvider(provider)
    expect(store.current()).toMatchObject({ simulated: true, id: made.id })
    await store.importBars([csv('A,2016-03-24,1,3,0.5,2,100')])
    expect(linesOf(store.current())).toEqual(linesOf(made))
    expect(store.current()).toMatchObject({ simulated: false, provider: 'import' })
    expect(store.current()!.id).not.toBe(made.id)
    expect(store.summary()).toMatchObject({ current: { kind: 'imported', symbols: 1, bars: 1, firstDate: '2016-03-24' }, imports: [{ rowsRead: 1 }] })
    await store.reset()
    expect(store.current()).toBeNull()
    expect(readdirSync(join(store.folder, 'snapshots'))).toEqual([])
  })

  test('prune keeps the current snapshots and the newest others', async () => {
    const store = newStore()
    const ids: (string | null)[] = []
    for (const day of [21, 22, 23, 24]) ids.push((await store.importBars([csv(`A,2016-03-${day},1,3,0.5,2,100`)])).snapshot)
    expect(await store.prune(1)).toHaveLength(2)
    expect(store.summary().snapshots.map((record) => record.id)).toEqual(ids.slice(2))
    expect(linesOf(store.current())).toHaveLength(4)
  })
})

describe('one writer at a time', () => {
  test('a second import says who holds the store, while reading goes on', async () => {
    const home = newFolder()
    const store = newStore(home)
    await store.importBars([csv('A,2016-03-24,1,3,0.5,2,100')])
    const lock = await takeImportLock(store.folder, 'importing bars', 0)
    const other = newStore(home)
    const error = await other.importBars([csv('B,2016-03-24,1,3,0.5,2,100')], { lockWaitMs: 120 }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'store_busy', message: expect.stringContaining(`process ${process.pid} (importing bars)`) })
    expect(linesOf(other.current())).toHaveLength(1)
    lock.release()
    await other.importBars([csv('B,2016-03-24,1,3,0.5,2,100')], { lockWaitMs: 0 })
    expect(linesOf(store.current())).toHaveLength(2)
  })

  test('what a killed import left is swept when the store is opened, but not under a running one', async () => {
    const home = newFolder()
    const store = newStore(home)
    const orphan = join(store.folder, 'snapshots', '0123456789abcdef')
    const temporary = join(store.folder, 'temporary', 'left')
    mkdirSync(orphan)
    mkdirSync(temporary)
    const lock = await takeImportLock(store.folder, 'importing bars', 0)
    newStore(home)
    expect([existsSync(orphan), existsSync(temporary)]).toEqual([true, true])
    lock.release()
    newStore(home)
    expect([existsSync(orphan), existsSync(temporary)]).toEqual([false, false])
  })
})
