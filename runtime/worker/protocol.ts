import type { ReadList } from '../guest/run/lists.ts'
import type { Analysis, TranspileNeed } from '../intake/analyze.ts'
import type { CompanionSource } from '../intake/companions.ts'
import type { ModuleTable } from '../intake/modules.ts'
import type { InjectionPlan } from '../intake/plan.ts'
import type { Transpiled } from '../intake/transpile.ts'
import { MAX_FRAME_BYTES } from './frames.ts'

/** Types of frames from the parent. */
export const REQUEST = { load: 1, scan: 2, whole: 3, probe: 4, collect: 5, inspect: 6, rank: 7, prepare: 8, answer: 9 } as const
/** A file that a script wrote; its content is text, or base64 of bytes. */
export interface WrittenFile {
  path: string
  text: string
  base64: boolean
  /** True for the JSON of a list, as the worker has seen by reading it. */
  isList: boolean
}

/** Types of frames from a worker. */
export const REPLY = {
  ready: 1,
  loaded: 2,
  rows: 3,
  logs: 4,
  unitDone: 5,
  probed: 6,
  inspected: 7,
  notes: 8,
  collected: 9,
  files: 10,
  ask: 11,
} as const

/** The code that runs inside isolates beside a scanner: what each of them holds, and what only scripts that know the web do. */
export interface GuestCode {
  core: string
  web: string | null
}

/** What can be got ready for a scanner that is not known yet; answered with `ready`. */
export interface PrepareRequest {
  guest: GuestCode
  isolateMb: number
}

/** Everything an isolate needs to hold one scanner. */
export interface LoadRequest {
  plan: InjectionPlan
  filename: string
  /** Null for what the worker has of an earlier request: it is too long to be sent for nothing. */
  guest: GuestCode | null
  /** Whether the script names anything of the web. */
  needsWeb: boolean
  /** Modules of Node and packages, for scripts that import one. */
  guestStandIns: string | null
  /** Bundled packages by specifier, as scripts whose completion value is the module. */
  packages: Record<string, string>
  params: Record<string, unknown>
  seed: string
  /** What runs before the script is at any date sees no bar after this day. */
  asOfDay: number
  isolateMb: number
  limits: GuestLimits
}

export interface GuestLimits {
  /** Bytes of one row's `data` as JSON. */
  rowBytes: number
  logLines: number
  logBytes: number
}

/** Characters around the data and the strategies of a row: a reason, or an error with its stack, all of it escaped. */
const ROW_MARGIN = 65_536

/** Most characters of the text of one row's outcome. */
export const largestRowText = ({ rowBytes }: GuestLimits): number => 2 * rowBytes + ROW_MARGIN

/** Most characters of what a script declares by running: its name and parameters, and the lists of its symbols and dates. */
export const MAX_DECLARED_CHARACTERS = 2 * 1024 * 1024
/** Log lines, and characters of them, at which they are sent. */
export const LOG_BATCH = { lines: 500, characters: 256 * 1024 } as const
/** Different notes that one worker may make. */
export const MAX_NOTES = 50

const KILOBYTE = 1024
/** Most bytes of a frame of each type that an honest worker sends; of any other type, none. */
const MAX_REPLY_BYTES: Readonly<Record<number, number>> = {
  [REPLY.ready]: KILOBYTE,
  // Characters are escaped with six bytes at most.
  [REPLY.loaded]: 6 * MAX_DECLARED_CHARACTERS,
  [REPLY.rows]: MAX_FRAME_BYTES,
  [REPLY.logs]: 4 * KILOBYTE * KILOBYTE,
  [REPLY.unitDone]: 256 * KILOBYTE,
  [REPLY.probed]: 12 * MAX_DECLARED_CHARACTERS,
  [REPLY.inspected]: MAX_FRAME_BYTES,
  [REPLY.notes]: 256 * KILOBYTE,
  [REPLY.files]: 16 * KILOBYTE * KILOBYTE,
  [REPLY.ask]: 16 * KILOBYTE,
}

export const mostReplyBytes = (type: number): number => MAX_REPLY_BYTES[type] ?? -1

/** What a scanner says of itself once its top level has run. */
export interface LoadedScanner {
  name: string | null
  lookback: number | null
  universe: Record<string, number> | null
  params: { name: string; default: unknown; min?: number; max?: number; options?: string[]; help?: string }[]
  /** Whether there is something to call around each batch. */
  hasHooks: boolean
  /** Whether the hits of a date go through a rank step once they are all there. */
  ranks: boolean
}

export type LoadReply = { ok: true; scanner: LoadedScanner } | { ok: false; error: ScriptFault }

/** A slice of symbols on one date for a per-symbol pattern, by their places in the snapshot. */
export interface ScanRequest {
  unit: number
  day: number
  symbolIndexes: number[]
}

/** The hits of one date for the rank step: each symbol with the text of its outcome. */
export interface RankRequest {
  unit: number
  day: number
  candidates: [symbol: string, text: string][]
}

/** Symbols and dates that a `main` or `script` scanner takes at once. */
export interface WholeRequest {
  unit: number
  symbols: string[]
  dates: string[]
  /** No bar after this day is visible. */
  asOfDay: number
}

/** Symbols and dates as the script's own declarations hold them. */
export interface ProbeReply {
  symbols: ReadList | null
  dates: ReadList | null
  error: ScriptFault | null
}

/** A failure inside an isolate, as the guest told it: to be treated as text from a stranger. */
export interface ScriptFault {
  /** Code of the registry, from a fixed list of those a worker may report. */
  code: string
  name: string
  message: string
  stack: string
}

export interface LogEntry {
  level: 'debug' | 'info' | 'warn' | 'error'
  item: number
  text: string
}

export interface UnitDone {
  unit: number
  /** Items done, from the first; the rest comes back to the parent. */
  done: number
  /** True where the isolate is lost and the process is of no further use. */
  isFatal: boolean
  /** For `whole` and `rank` units: what ended it where it failed. */
  error: ScriptFault | null
  /** Hits whose symbol was not among those asked for. */
  strayHits: number
  straySamples: string[]
}

export interface NoteEntry {
  code: string
  text: string
  count: number
}

/** What the guest says of one item: nothing for a miss. */
export type GuestOutcome =
  | {
      status: 'hit'
      date?: string
      symbol?: string
      score: number | null
      direction: string | null
      data: unknown
      strategies: string[]
      reason: string | null
    }
  | { status: 'miss'; reason: string }
  | { status: 'failed'; error: ScriptFault }

/**
 * Rows travel as `u32 item | f32 scriptMs | f32 dataMs | u32 length | utf-8 JSON of GuestOutcome`, an empty text for a plain miss,
 * so that no text from an isolate is ever parsed as part of anything but its own row.
 */
export interface RowRecord {
  item: number
  scriptMs: number
  dataMs: number
  text: string
}

/** A script to look at; `mayTranspile` is false once it was compiled, or could not be. */
export interface InspectRequest {
  bytesBase64: string
  filename: string
  mayTranspile: boolean
  transpiled?: Transpiled | undefined
  modules: ModuleTable
  limits: { maxBytes: number }
  companions?: { entryPath: string; sources: CompanionSource[] } | undefined
}

export type InspectReply = { analysis: Analysis } | { need: TranspileNeed }
