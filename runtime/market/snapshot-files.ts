import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'

import { BARS_FILE, INDEX_FILE, type Snapshot } from './snapshot.ts'

/** Descriptors of a snapshot's files, as workers are handed them. */
export interface SnapshotFiles {
  readonly bars: number
  /** In the order in which a worker takes them. */
  readonly all: number[]
  close(): void
}

export function openSnapshotFiles({ folder }: Pick<Snapshot, 'folder'>): SnapshotFiles {
  const bars = openSync(join(folder, BARS_FILE), 'r')
  try {
    const index = openSync(join(folder, INDEX_FILE), 'r')
    return { bars, all: [bars, index], close: () => [index, bars].forEach((file) => closeSync(file)) }
  } catch (error) {
    closeSync(bars)
    throw error
  }
}
