/**
 * Workers that are started before the program that needs them is loaded. A worker takes longer to start than the rest of
 * the program to load, and the two can go on at once, so a command line starts what its last run used and then loads the
 * rest. The guess is checked when the run begins: a worker over other data, or with another limit, is never used.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'

import { resolveHome } from './config/home.ts'
import { openSnapshotFiles } from './market/snapshot-files.ts'
import type { PreparedSpare } from './pool/spares.ts'
import { WorkerProcess } from './pool/worker-process.ts'

/** What a run started. */
export interface WorkersUsed {
  /** Folder of the snapshot. */
  readonly folder: string
  /** Private memory of each, in MB. */
  readonly dataLimitMb: number
  readonly workers: number
}

interface Kept {
  process: WorkerProcess
  isReady: boolean
}

const FILE = 'workers.json'
const MOST_WORKERS = 64

let started: { used: WorkersUsed; kept: Set<Kept> } | null = null

/** Starts the workers that the last run of a state folder used. Where anything is in the way, none are started. */
export function startAhead(names: Parameters<typeof resolveHome>[0]): void {
  const used = readUsed(resolveHome(names))
  if (used === null || started !== null) return
  started = { used, kept: new Set() }
  try {
    const files = openSnapshotFiles(used)
    try {
      for (let count = 0; count < used.workers; count++) startOne(started.kept, used.dataLimitMb, files.all)
    } finally {
      // The children have their own copies.
      files.close()
    }
  } catch {
    // The run starts its own, and says what it finds.
  }
}

/** A worker that was started ahead for the snapshot in `folder`, to own from now on; null where there is none. */
export function takeAhead(folder: string, dataLimitMb: number): PreparedSpare | null {
  if (started === null) return null
  if (started.used.folder !== folder || started.used.dataLimitMb !== dataLimitMb) {
    endAhead()
    return null
  }
  const { kept } = started
  const found = [...kept].find(({ process }) => process.isAlive)
  if (found === undefined) return null
  kept.delete(found)
  return { ...found, guest: null }
}

/** Ends those that nobody took. */
export function endAhead(): void {
  for (const { process } of started?.kept ?? []) process.kill({ kind: 'killed', cause: 'stopped' })
  started = null
}

/** Keeps in the state folder what a run starts, for the next command line. */
export function rememberWorkers(home: string, used: WorkersUsed): void {
  const text = JSON.stringify(used)
  const file = join(home, 'cache', FILE)
  const partial = `${file}.${process.pid}.part`
  try {
    if (readText(file) === text) return
    mkdirSync(join(home, 'cache'), { recursive: true })
    writeFileSync(partial, text)
    renameSync(partial, file)
  } catch {
    // The next command line starts none ahead.
  }
}

function startOne(kept: Set<Kept>, dataLimitMb: number, files: number[]): void {
  const entry: Kept = {
    isReady: false,
    process: new WorkerProcess(0, 'scan', dataLimitMb, files, {
      frame: () => void (entry.isReady = true),
      ended: () => void kept.delete(entry),
      failed: () => {},
    }),
  }
  kept.add(entry)
}

function readUsed(home: string): WorkersUsed | null {
  try {
    const { folder, dataLimitMb, workers } = JSON.parse(readText(join(home, 'cache', FILE)) ?? 'null') as Record<string, unknown>
    const isIn = typeof folder === 'string' && folder.startsWith(home + sep)
    const isBounded = Number.isInteger(workers) && (workers as number) >= 1 && (workers as number) <= MOST_WORKERS
    return isIn && isBounded && typeof dataLimitMb === 'number' && dataLimitMb > 0 ? { folder, dataLimitMb, workers: workers as number } : null
  } catch {
    return null
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
