import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constants, gunzipSync } from 'node:zlib'

const DATA = fileURLToPath(new URL('../../../../../shared/data/', import.meta.url))
const FILE_BYTES = 1 << 16
const LINES = 8

/** The first lines of a recorded file in each folder: what real documents look like. None where `../shared/data` is absent. */
export function recordedHeads(...folders: readonly string[]): Uint8Array[] {
  return folders.flatMap((folder) => {
    const home = join(DATA, folder)
    if (!existsSync(home)) return []
    const name = readdirSync(home).filter((entry) => entry.endsWith('.csv.gz')).sort()[0]
    return name === undefined ? [] : [headOf(join(home, name))]
  })
}

function headOf(path: string): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(FILE_BYTES)
    const packed = bytes.subarray(0, readSync(file, bytes, 0, FILE_BYTES, 0))
    const text = gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8')
    return Buffer.from(text.split('\n').slice(0, LINES).join('\n'))
  } finally {
    closeSync(file)
  }
}
