import { describeError, type ErrorValues } from '../errors/strikescan-error.ts'
import { registry, type ErrorCode } from '../errors/registry.ts'
import { isShallow } from '../worker/depth.ts'
import type { ScriptFault } from '../worker/protocol.ts'
import { DIRECTIONS, type Direction, type RowError, type RowStatus } from './row.ts'

/** The part of a row that the scanner decides. */
export interface Outcome {
  status: Extract<RowStatus, 'hit' | 'miss' | 'failed' | 'timed_out' | 'out_of_memory'>
  reason: string
  score: number | null
  direction: Direction | null
  data: unknown
  strategies: string[]
  error: RowError | null
}

/** Finds the author's place in a stack: line and column from 1, and the line itself with a caret. */
export type LocateFault = (stack: string) => { line: number; column: number; frame: string } | null

/** What a worker sent for a row is not what an honest one sends. A RangeError, as everything of that kind. */
export class BadOutcome extends RangeError {}

const MISS: Outcome = { status: 'miss', reason: 'the scanner did not match', score: null, direction: null, data: null, strategies: [], error: null }
const MAX_TEXT = 2_000
const MAX_STRATEGIES = 64
/** Data of an honest worker is at most 32 levels deep. */
const MAX_DEPTH = 40

/** The outcome that a worker's text stands for. Every field is checked: the text may come from a process that a script has taken over. */
export function readOutcome(text: string, locate: LocateFault): Outcome {
  if (text === '') return MISS
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BadOutcome('a row that is no JSON')
  }
  return isRecord(value) && value.status === 'many' ? readMany(value, locate) : readOne(value, locate)
}

function readOne(value: unknown, locate: LocateFault): Outcome {
  if (!isRecord(value)) throw new BadOutcome('a row that is no object')
  switch (value.status) {
    case 'hit':
      return readHit(value)
    case 'failed':
      return failedOutcome(readFault(value.error), locate)
    case 'out_of_memory':
      return outOfMemoryOutcome()
    default:
      throw new BadOutcome('a row of unknown status')
  }
}

function readHit(value: Record<string, unknown>): Outcome {
  const { score, direction, strategies, reason } = value
  if (score !== null && (typeof score !== 'number' || !Number.isFinite(score))) throw new BadOutcome('a hit whose score is no number')
  if (direction !== null && !DIRECTIONS.includes(direction as Direction)) throw new BadOutcome('a hit of unknown direction')
  const named = Array.isArray(strategies) && strategies.length <= MAX_STRATEGIES && strategies.every((name) => typeof name === 'string' && name.length <= MAX_TEXT)
  if (!named) throw new BadOutcome('a hit whose strategies are no list of names')
  if (!isShallow(value.data, MAX_DEPTH)) throw new BadOutcome('a hit whose data is nested too deeply')
  return {
    status: 'hit',
    reason: typeof reason === 'string' ? reason.slice(0, MAX_TEXT) : 'the scanner matched',
    score: score as number | null,
    direction: direction as Direction | null,
    data: value.data ?? null,
    strategies: strategies as string[],
    error: null,
  }
}

/** Several hits of one symbol on one date become one row: the first one's score, all data. */
function readMany(value: Record<string, unknown>, locate: LocateFault): Outcome {
  if (!Array.isArray(value.outcomes) || value.outcomes.length === 0) throw new BadOutcome('a list of hits that is none')
  const outcomes = value.outcomes.map((entry) => readOne(entry, locate))
  const failed = outcomes.find(({ status }) => status !== 'hit')
  if (failed !== undefined) return failed
  const [first] = outcomes
  return { ...first!, reason: `the scanner reported this symbol ${outcomes.length} times on this date`, data: outcomes.map(({ data }) => data) }
}

function readFault(value: unknown): ScriptFault {
  if (!isRecord(value)) throw new BadOutcome('a failure that is no object')
  const text = (field: string, cap: number): string => {
    const found = value[field]
    if (typeof found !== 'string') throw new BadOutcome(`a failure without ${field}`)
    return found.slice(0, cap)
  }
  return { code: text('code', 64), name: text('name', 100), message: text('message', MAX_TEXT), stack: text('stack', 8_000) }
}

/** An outcome that the script's own failure decides. */
export function failedOutcome(fault: ScriptFault, locate: LocateFault): Outcome {
  // The engine's answer to a buffer that the isolate's limit has no room for.
  if (fault.code === 'script_threw' && fault.message === 'Array buffer allocation failed') {
    return failedOutcome({ ...fault, code: 'script_out_of_memory' }, locate)
  }
  const error = rowError(fault, locate)
  const status = fault.code === 'script_out_of_memory' ? 'out_of_memory' : 'failed'
  return { ...MISS, status, reason: error.message, error }
}

/** A row's error from a fault: the sentence of its code, with the author's place where the stack tells it. */
export function rowError(fault: ScriptFault, locate: LocateFault): RowError {
  const known = isScriptCode(fault.code) ? fault.code : 'script_threw'
  const isPlain = known !== 'script_threw' || fault.name === '' || fault.message.startsWith(fault.name)
  const said = isPlain ? fault.message : `${fault.name}: ${fault.message}`
  const place = fault.stack === '' ? null : locate(fault.stack)
  const described = describeError(known, { message: said })
  return { ...described, line: place?.line ?? null, column: place?.column ?? null, frame: place?.frame ?? null }
}

/** An outcome that the host decides: a deadline, a memory limit, a lost worker. */
export function hostOutcome(status: Outcome['status'], code: ErrorCode, values: ErrorValues): Outcome {
  const described = describeError(code, values)
  return { ...MISS, status, reason: described.message, error: { ...described, line: null, column: null, frame: null } }
}

/** Of a script that its isolate gave no more memory. */
export function outOfMemoryOutcome(): Outcome {
  return hostOutcome('out_of_memory', 'script_out_of_memory', { message: 'the heap limit of its isolate was reached' })
}

function isScriptCode(code: string): code is ErrorCode {
  // A wrong parameter is the caller's fault, but only the scanner's own declaration can tell.
  return code === 'param_invalid' || (Object.hasOwn(registry, code) && registry[code as ErrorCode].fault === 'script')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
