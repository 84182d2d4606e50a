import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { isoFromDay } from '../../../runtime/market/days.ts'
import { BarCollector } from '../../../runtime/market/import/bar-collector.ts'
import { CsvBars } from '../../../runtime/market/import/csv.ts'
import { DateColumn } from '../../../runtime/market/import/date-column.ts'
import type { Snapshot } from '../../../runtime/market/snapshot.ts'
import { BarStore } from '../../../runtime/market/store.ts'
import { atEnd } from '../../at-end.ts'

export const HEADER = 'symbol,date,open,high,low,close,volume'

/** A new folder, gone with those of the test's file. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'strikescan-bars-'))
}

/** A store in a new folder, closed after the test. */
export function newStore(home = newFolder()): BarStore {
  const store = BarStore.open(home)
  atEnd(() => store.close())
  return store
}

/** Writes a file into a new folder and gives its path. */
export function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(newFolder(), name)
  writeFileSync(path, content)
  return path
}

/** All bars of a snapshot as `SYMBOL date open high low close volume` lines. */
export function linesOf(snapshot: Snapshot | null): string[] {
  if (snapshot === null) return []
  const reader = snapshot.openReader()
  const lines = snapshot.symbols.flatMap((symbol, index) => {
    const { day, open, high, low, close, volume } = reader.read(index)
    return [...day].map((value, bar) => [symbol, isoFromDay(value), open[bar], high[bar], low[bar], close[bar], volume[bar]].join(' '))
  })
  reader.close()
  return lines
}

/** What becomes of a CSV file whose bytes come in pieces of these lengths, the rest as the last. */
export function readInPieces(bytes: Buffer, pieces: readonly number[]) {
  const collector = new BarCollector(newFolder(), 64)
  const dates = new DateColumn('x.csv', (id) => collector.table.names[id]!)
  const csv = new CsvBars('x.csv', collector, {}, dates)
  let start = 0
  for (const piece of pieces) {
    csv.push(bytes.subarray(start, start + piece))
    start += piece
  }
  csv.push(bytes.subarray(start))
  csv.end()
  collector.finish()
  const rows = collector.table.names.map((name, id) => [name, collector.rowsOf(id)])
  collector.close()
  const { rowsRead, samples, reasons } = collector
  return { rows, rowsRead, samples, reasons, readings: [...csv.readings(), ...dates.readings()] }
}

/** A zip archive by the format's specification (APPNOTE 6.3), deflated. */
export function zipOf(members: Record<string, string>): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(members)) {
    const raw = Buffer.from(text)
    const data = deflateRawSync(raw)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(raw), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(raw.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, tail, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(central.length, 8)
  end.writeUInt16LE(central.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

/** A tar archive in the ustar format. */
export function tarOf(members: Record<string, string>): Buffer {
  const parts = Object.entries(members).flatMap(([name, text]) => {
    const header = Buffer.alloc(512)
    header.write(name, 0)
    header.write('0000644\0', 100)
    header.write(`${Buffer.byteLength(text).toString(8).padStart(11, '0')}\0`, 124)
    header.write('        ', 148)
    header.write('0', 156)
    header.write('ustar\x0000', 257)
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
    const data = Buffer.from(text)
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}
