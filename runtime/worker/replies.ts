import type { ListForm } from '../intake/plan.ts'
import { isShallow } from './depth.ts'
import { MAX_TICKER, type ChainAsk } from './chain-answer.ts'
import type { Frame } from './frames.ts'
import { MAX_WISH, parseNewsWish, type NewsWish } from './news-ask.ts'
import {
  LOG_BATCH,
  MAX_NOTES,
  REPLY,
  type LoadedScanner,
  type LoadReply,
  type LogEntry,
  type NoteEntry,
  type ProbeReply,
  type RowRecord,
  type ScriptFault,
  type UnitDone,
  type WrittenFile,
} from './protocol.ts'
import { readRowRecords } from './row-records.ts'

/** What a script asks the parent: of option chains or of news. */
export type ScriptAsk = ChainAsk | { readonly news: NewsWish }

export type WorkerReply =
  | { type: 'ready' }
  | { type: 'loaded'; reply: LoadReply }
  | { type: 'probed'; reply: ProbeReply }
  | { type: 'rows'; unit: number; records: RowRecord[] }
  | { type: 'logs'; entries: LogEntry[] }
  | { type: 'notes'; entries: NoteEntry[] }
  | { type: 'files'; files: WrittenFile[] }
  | { type: 'ask'; ask: ScriptAsk }
  | { type: 'unitDone'; done: UnitDone }

const MAX_TEXT = 64 * 1024
const MAX_FILE_TEXT = 16 * 1024 * 1024
const MAX_VALUES = 1_000_000
/** Sessions; no market has more. */
const MAX_LOOKBACK = 1_000_000
const MAX_DEPTH = 40
const FORMS: Readonly<Record<ListForm, true>> = {
  array: true,
  set: true,
  map: true,
  object: true,
  groups: true,
  objects: true,
  instants: true,
  string: true,
  single: true,
  file: true,
  unknown: true,
}
const isListForm = (form: string): form is ListForm => Object.hasOwn(FORMS, form)
const LEVELS = ['debug', 'info', 'warn', 'error']

/** What the worker was asked for: the rows of its unit, and how large each may be. */
export interface Asked {
  items: number
  rowCharacters: number
}

const ANYTHING: Asked = { items: Number.MAX_SAFE_INTEGER, rowCharacters: Number.MAX_SAFE_INTEGER }

/**
 * A frame from a worker, checked field by field as if an attacker had written it, since a script that breaks out of its
 * isolate would. Throws a RangeError that says what is wrong; the caller then kills the worker.
 */
export function parseReply(frame: Frame, asked: Asked = ANYTHING): WorkerReply {
  if (frame.type === REPLY.rows) return parseRows(frame.payload, asked)
  const value: unknown = JSON.parse(frame.payload.toString('utf8'))
  switch (frame.type) {
    case REPLY.ready:
      return { type: 'ready' }
    case REPLY.loaded:
      return { type: 'loaded', reply: parseLoadReply(record(value)) }
    case REPLY.probed:
      return { type: 'probed', reply: parseProbe(record(value)) }
    case REPLY.logs:
      return { type: 'logs', entries: list(value, LOG_BATCH.lines).map((entry) => parseLog(record(entry))) }
    case REPLY.notes:
      return { type: 'notes', entries: list(value, MAX_NOTES).map((entry) => parseNote(record(entry))) }
    case REPLY.files:
      return { type: 'files', files: list(value, 100).map((entry) => parseFile(record(entry))) }
    case REPLY.ask:
      return { type: 'ask', ask: parseAsk(record(value)) }
    case REPLY.unitDone:
      return { type: 'unitDone', done: parseUnitDone(record(value)) }
    default:
      throw new RangeError(`a frame of unknown type ${frame.type}`)
  }
}

function parseRows(payload: Buffer, { items, rowCharacters }: Asked): WorkerReply {
  if (payload.byteLength < 4) throw new RangeError('a frame of rows without its unit')
  const records = readRowRecords(payload.subarray(4), items, rowCharacters)
  if (records.length === 0) throw new RangeError('a frame of rows without any')
  if (records.some(({ scriptMs, dataMs }) => !isDuration(scriptMs) || !isDuration(dataMs))) {
    throw new RangeError('a row with an impossible duration')
  }
  return { type: 'rows', unit: payload.readUInt32LE(0), records }
}

const isDuration = (ms: number): boolean => ms >= 0 && ms < 1e9

function parseLoadReply(value: Record<string, unknown>): LoadReply {
  if (value.ok !== true) return { ok: false, error: parseFault(record(value.error)) }
  const scanner = record(value.scanner)
  return {
    ok: true,
    scanner: {
      name: scanner.name === null ? null : cutText(scanner.name, 'name', 200),
      lookback: scanner.lookback === null ? null : Math.min(MAX_LOOKBACK, whole(scanner.lookback, 'lookback', Number.MAX_VALUE)),
      universe: scanner.universe === null ? null : numbers(record(scanner.universe)),
      params: list(scanner.params, 10_000).map((param) => parseParam(record(param))),
      hasHooks: scanner.hasHooks === true,
      ranks: scanner.ranks === true,
    },
  }
}

function parseParam(value: Record<string, unknown>): LoadedScanner['params'][number] {
  return {
    name: cutText(value.name, 'param name', 1_000),
    default: shallow(value.default),
    ...(typeof value.min === 'number' && { min: value.min }),
    ...(typeof value.max === 'number' && { max: value.max }),
    ...(Array.isArray(value.options) && { options: texts(value.options, 'options') }),
    ...(typeof value.help === 'string' && { help: value.help.slice(0, 500) }),
  }
}

function parseProbe(value: Record<string, unknown>): ProbeReply {
  const readList = (entry: unknown): ProbeReply['symbols'] => {
    if (entry === null) return null
    const found = record(entry)
    const form = text(found.form, 'form', 20)
    if (!isListForm(form)) throw new RangeError('a list of unknown form')
    return { form, field: found.field === null ? null : text(found.field, 'field', 100), values: texts(found.values, 'values') }
  }
  return {
    symbols: readList(value.symbols),
    dates: readList(value.dates),
    error: value.error === null ? null : parseFault(record(value.error)),
  }
}

function parseLog(value: Record<string, unknown>): LogEntry {
  const level = text(value.level, 'level', 10)
  if (!LEVELS.includes(level)) throw new RangeError('a log line of unknown level')
  return {
    level: level as LogEntry['level'],
    item: whole(value.item, 'item', 0xffffffff, -1),
    text: cutText(value.text, 'log text', MAX_TEXT),
  }
}

function parseNote(value: Record<string, unknown>): NoteEntry {
  const code = text(value.code, 'note code', 64)
  if (!/^[a-z][a-z0-9_]*$/.test(code)) throw new RangeError('a note whose code is none')
  return { code, text: text(value.text, 'note text', 1_000), count: whole(value.count, 'note count', Number.MAX_SAFE_INTEGER) }
}

function parseFile(value: Record<string, unknown>): WrittenFile {
  return {
    path: cutText(value.path, 'file path', 1_000),
    text: text(value.text, 'file', MAX_FILE_TEXT),
    base64: value.base64 === true,
    isList: value.isList === true,
  }
}

function parseAsk(value: Record<string, unknown>): ScriptAsk {
  if (value.news !== undefined) return { news: parseNewsWish(text(value.news, 'question about news', MAX_WISH)) }
  const expiration = value.expiration === null ? null : text(value.expiration, 'expiration', 10)
  if (expiration !== null && !/^\d{4}-\d{2}-\d{2}$/.test(expiration)) {
    throw new RangeError('a question for a chain whose expiration is no date')
  }
  return { ticker: text(value.ticker, 'ticker', MAX_TICKER), expiration }
}

function parseUnitDone(value: Record<string, unknown>): UnitDone {
  return {
    unit: whole(value.unit, 'unit', 0xffffffff),
    done: whole(value.done, 'done', 0xffffffff),
    isFatal: value.isFatal === true,
    error: value.error === null ? null : parseFault(record(value.error)),
    strayHits: whole(value.strayHits, 'strayHits', Number.MAX_SAFE_INTEGER),
    straySamples: texts(value.straySamples, 'straySamples').slice(0, 5),
  }
}

function parseFault(value: Record<string, unknown>): ScriptFault {
  return {
    code: text(value.code, 'code', 64),
    name: cutText(value.name, 'error name', 200),
    message: cutText(value.message, 'error message', 4_000),
    stack: cutText(value.stack, 'error stack', 10_000),
  }
}

/** A value of a script's own making is written to the journal as JSON, which deeper ones would break. */
function shallow(value: unknown): unknown {
  if (!isShallow(value, MAX_DEPTH)) throw new RangeError('a parameter whose default is nested too deeply')
  return value
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RangeError('a reply that is no object')
  return value as Record<string, unknown>
}

function list(value: unknown, most: number): unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new RangeError('a reply that is no list, or too long a one')
  return value
}

function text(value: unknown, field: string, most: number): string {
  if (typeof value !== 'string' || value.length > most) throw new RangeError(`a reply whose ${field} is no text, or too long`)
  return value
}

/** Text that an author wrote may be of any length: what is too long is cut, not taken for an attack. */
function cutText(value: unknown, field: string, most: number): string {
  return text(value, field, Number.MAX_SAFE_INTEGER).slice(0, most)
}

function texts(value: unknown, field: string): string[] {
  return list(value, MAX_VALUES).map((entry) => cutText(entry, field, 1_000))
}

function whole(value: unknown, field: string, most: number, least = 0): number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    throw new RangeError(`a reply whose ${field} is no count`)
  }
  return value as number
}

function numbers(value: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(value)
      .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
      .slice(0, 20),
  )
}
