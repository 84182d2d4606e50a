import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutLength } from '../../../runtime/market/block.ts'
import { dayFromIso } from '../../../runtime/market/days.ts'
import { openSnapshot } from '../../../runtime/market/snapshot.ts'
import { parseSnapshotIndex } from '../../../runtime/market/snapshot-index.ts'
import { SnapshotReader } from '../../../runtime/market/snapshot-reader.ts'
import type { MarketProvider, SymbolBars } from '../../../sdk/market.ts'
import { linesOf, newFolder, newStore } from './bar-files.ts'

function barsOf(symbol: string, days: number[], base = 10): SymbolBars {
  const column = (shift: number) => Float64Array.from(days, (_, bar) => base + bar + shift)
  return { symbol, day: Int32Array.from(days), open: column(0), high: column(2), low: column(-1), close: column(1), volume: Float64Array.from(days, (_, bar) => 100 * (bar + 1)) }
}

function providerOf(list: SymbolBars[], fingerprint = 'one'): MarketProvider {
  return { name: 'made', simulated: true, fingerprint, bars: () => list }
}

const LIST = [barsOf('AAA', [100, 101, 104]), barsOf('BBB', [101]), barsOf('CCC', [100, 101, 102, 103, 104, 105])]

describe('snapshots', () => {
  test('tell the bars of several symbols between two days, each with its number of them', async () => {
    const snapshot = await newStore().buildFromProvider(providerOf(LIST))
    const barsFd = openSync(join(snapshot.folder, 'bars.bin'), 'r')
    const reader = new SnapshotReader({ barsFd, index: snapshot.index })
    expect([...reader.readNewer([2, 1, 0], 101, 104)]).toEqual([
      ...[3, 102, 12, 14, 11, 13, 300, 103, 13, 15, 12, 14, 400, 104, 14, 16, 13, 15, 500],
      0,
      ...[1, 104, 12, 14, 11, 13, 300],
    ])
    expect([...reader.readNewer([0], 104, 103)]).toEqual([0])
    reader.close()
  })

  test('hold what the provider gave', async () => {
    const snapshot = await newStore().buildFromProvider(providerOf(LIST))
    expect(snapshot).toMatchObject({ provider: 'made', simulated: true, symbols: ['AAA', 'BBB', 'CCC'], barCount: 10 })
    expect(snapshot.id).toMatch(/^[0-9a-f]{16}$/)
    expect([...snapshot.sessions]).toEqual([100, 101, 102, 103, 104, 105])
    expect([snapshot.indexOf('BBB'), snapshot.indexOf('bbb'), snapshot.indexOf('ZZZ'), snapshot.indexOf('__proto__')]).toEqual([1, -1, -1, -1])
    const reader = snapshot.openReader()
    for (const [index, bars] of LIST.entries()) {
      const { symbol: _, ...columns } = bars
      expect(reader.read(index)).toEqual(columns)
    }
    expect(() => reader.read(3)).toThrow(RangeError)
    reader.close()
  })

  test('a window ends at its day and its buffer holds nothing else', async () => {
    const snapshot = await newStore().buildFromProvider(providerOf(LIST))
    const reader = snapshot.openReader()
    const window = reader.readWindow(2, 103, 2)
    expect([...window.day]).toEqual([102, 103])
    expect([...window.close]).toEqual([13, 14])
    expect([...window.volume]).toEqual([300, 400])
    for (const column of Object.values(window)) expect(column.buffer.byteLength).toBe(2 * 44)
    expect([...reader.readWindow(0, 103).day]).toEqual([100, 101])
    expect([...reader.readWindow(0, 99).day]).toEqual([])
    expect([...reader.readWindow(0, 500, 1).day]).toEqual([104])
    reader.close()
  })

  test('bars between two days are those of a window, in a buffer of their own each time', async () => {
    const snapshot = await newStore().buildFromProvider(providerOf(LIST))
    const reader = snapshot.openReader()
    for (const index of [0, 1, 2]) {
      for (const from of [-5, 0, 100, 101, 103, 104, 105, 900]) {
        for (const asOf of [99, 100, 102, 103, 104, 500]) {
          const between = reader.readBetween(index, from, asOf)
          const window = reader.readWindow(index, asOf)
          const kept = [...window.day.keys()].filter((bar) => window.day[bar]! >= from)
          for (const column of ['day', 'open', 'high', 'low', 'close', 'volume'] as const) expect([...between[column]], `${index} ${from} ${asOf}`).toEqual(kept.map((bar) => window[column][bar]))
          expect(between.close.byteLength + between.close.byteOffset).toBeLessThanOrEqual(between.close.buffer.byteLength)
          between.close.fill(-1)
        }
      }
    }
    reader.close()
  })

  test('recent bars give means up to the day', async () => {
    const snapshot = await newStore().buildFromProvider(providerOf(LIST))
    const reader = snapshot.openReader()
    expect(reader.recent(2, 104, 2)).toEqual({ barOnDay: true, bars: 2, meanVolume: 450, meanDollarVolume: (14 * 400 + 15 * 500) / 2, lastClose: 15 })
    expect(reader.recent(0, 103, 20)).toEqual({ barOnDay: false, bars: 2, meanVolume: 150, meanDollarVolume: (11 * 100 + 12 * 200) / 2, lastClose: 12 })
    expect(reader.recent(1, 100, 20)).toEqual({ barOnDay: false, bars: 0, meanVolume: NaN, meanDollarVolume: NaN, lastClose: NaN })
    expect(reader.recent(0, 105, 1)).toMatchObject({ barOnDay: false, lastClose: 13 })
    reader.close()
  })

  test('windows and recent bars agree with a cut of the whole', async () => {
    const days = fc.uniqueArray(fc.integer({ min: 1000, max: 1060 }), { minLength: 1, maxLength: 40 }).map((list) => list.sort((a, b) => a - b))
    await fc.assert(
      fc.asyncProperty(fc.tuple(days, days), fc.integer({ min: 995, max: 1065 }), fc.integer({ min: 1, max: 45 }), async ([first, second], asOf, most) => {
        const list = [barsOf('A', first), barsOf('B', second, 50)]
        const store = newStore()
        const reader = (await store.buildFromProvider(providerOf(list))).openReader()
        for (const [index, bars] of list.entries()) {
          const kept = [...bars.day.keys()].filter((bar) => bars.day[bar]! <= asOf).slice(-most)
          const window = reader.readWindow(index, asOf, most)
          expect([...window.day]).toEqual(kept.map((bar) => bars.day[bar]))
          expect([...window.low]).toEqual(kept.map((bar) => bars.low[bar]))
          const recent = reader.recent(index, asOf, most)
          expect(reader.recents(index, [asOf, asOf - 7, asOf + 3], most)).toEqual([asOf, asOf - 7, asOf + 3].map((day) => reader.recent(index, day, most)))
          expect(recent.bars).toBe(kept.length)
          expect(recent.barOnDay).toBe(bars.day.includes(asOf))
          if (kept.length > 0) expect(recent.meanVolume).toBe(kept.reduce((sum, bar) => sum + bars.volume[bar]!, 0) / kept.length)
        }
        reader.close()
      }),
      { numRuns: 25 },
    )
  })

  test('a symbol with more bars than are read at once gives the same', async () => {
    const days = Array.from({ length: 3_500 }, (_, at) => 1_000 + at)
    const list = [barsOf('LONG', days), barsOf('NEXT', days.slice(0, 5), 50)]
    const reader = (await newStore().buildFromProvider(providerOf(list))).openReader()
    for (const [asOf, most] of [[1_000, 5], [2_345, 30], [2_345, 4_000], [4_498, 3_400], [4_499, 2], [999, 9]] as const) {
      const kept = [...list[0]!.day.keys()].filter((bar) => list[0]!.day[bar]! <= asOf).slice(-most)
      const window = reader.readWindow(0, asOf, most)
      for (const column of ['day', 'open', 'high', 'low', 'close', 'volume'] as const) expect([...window[column]]).toEqual(kept.map((bar) => list[0]![column][bar]))
      expect(reader.recents(0, [asOf, 1_200], most)).toEqual([reader.recent(0, asOf, most), reader.recent(0, 1_200, most)])
    }
    reader.close()
  })

  test('a reader needs only a descriptor and the index', async () => {
    const snapshot = await newStore().buildFromProvider(providerOf(LIST))
    const index = parseSnapshotIndex(readFileSync(join(snapshot.folder, 'index.json'), 'utf8'), snapshot.folder)
    const fd = openSync(snapshot.barsPath, 'r')
    expect([...new SnapshotReader({ barsFd: fd, index }).read(1).day]).toEqual([101])
    closeSync(fd)
  })

  test.each([
    ['a truncated bars.bin', (folder: string) => truncateSync(join(folder, 'bars.bin'), statSync(join(folder, 'bars.bin')).size - 8)],
    ['a longer bars.bin', (folder: string) => writeFileSync(join(folder, 'bars.bin'), 'x', { flag: 'a' })],
    ['half an index', (folder: string) => truncateSync(join(folder, 'index.json'), 60)],
    ['an index of something else', (folder: string) => writeFileSync(join(folder, 'index.json'), '{"formatVersion":1}')],
  ])('%s is one clear error that names the folder', async (_, harm) => {
    const snapshot = await newStore().buildFromProvider(providerOf(LIST))
    harm(snapshot.folder)
    expect(() => openSnapshot(snapshot.folder)).toThrow(expect.objectContaining({ code: 'snapshot_damaged', message: expect.stringContaining(snapshot.folder) }))
  })

  test('cutLength counts the days up to a day', () => {
    const day = Int32Array.from([3, 5, 9])
    expect([2, 3, 4, 5, 8, 9, 10, -Infinity, Infinity].map((asOf) => cutLength(day, asOf))).toEqual([0, 1, 1, 2, 2, 3, 3, 0, 3])
    expect(cutLength(new Int32Array(0), 5)).toBe(0)
    expect(dayFromIso('1970-01-02')).toBe(1)
  })
})

describe('building from a provider', () => {
  test('is done once per fingerprint', async () => {
    const home = newFolder()
    let asked = 0
    const provider = (fingerprint: string): MarketProvider => ({ ...providerOf(LIST, fingerprint), bars: () => (asked++, LIST) })
    const first = await newStore(home).buildFromProvider(provider('one'))
    expect((await newStore(home).buildFromProvider(provider('one'))).id).toBe(first.id)
    expect(asked).toBe(1)
    await newStore(home).buildFromProvider(provider('two'))
    expect(asked).toBe(2)
  })

  test('a damaged copy is made again', async () => {
    const home = newFolder()
    const snapshot = await newStore(home).buildFromProvider(providerOf(LIST))
    truncateSync(snapshot.barsPath, 8)
    const again = await newStore(home).buildFromProvider(providerOf(LIST))
    expect(linesOf(again)).toHaveLength(10)
  })

  test.each([
    ['symbols out of order', [LIST[1]!, LIST[0]!]],
    ['days that fall', [barsOf('AAA', [5, 4])]],
    ['a price of zero', [barsOf('AAA', [5, 6], 0)]],
    ['columns of different lengths', [{ ...barsOf('AAA', [5, 6]), low: new Float64Array(1) }]],
  ])('%s are refused and leave nothing', async (_, list) => {
    const store = newStore()
    await expect(store.buildFromProvider(providerOf(list))).rejects.toMatchObject({ code: 'provider_bars_invalid' })
    expect(store.current()).toBeNull()
  })
})
