import { decimalOf, decimalText, percentText } from '../../../schemas/explored-text.ts'
import type { CellStatus, RowStatus, RunStatus } from '../server/types.ts'

/** Statuses of rows in the order in which people look at them. */
export const STATUSES = [
  'hit',
  'miss',
  'failed',
  'timed_out',
  'out_of_memory',
  'rejected',
  'no_data',
  'cancelled',
] as const satisfies readonly RowStatus[]

export const STATUS_WORDS: Record<CellStatus, string> = {
  hit: 'Hit',
  miss: 'Miss',
  rejected: 'Rejected',
  failed: 'Failed',
  timed_out: 'Timed out',
  out_of_memory: 'Out of memory',
  no_data: 'No data',
  cancelled: 'Cancelled',
  running: 'Running',
}
export const RUN_WORDS: Record<RunStatus, string> = {
  queued: 'Queued',
  running: 'Running',
  paused: 'Paused',
  interrupted: 'Interrupted',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
}
export const STEP_WORDS: Record<string, string> = {
  no_data: 'No data on the date',
  volume: 'Volume too low',
  price: 'Price out of range',
  limit: 'Beyond the limit',
}
export const LEDGER_WORDS = {
  hit: 'hit',
  miss: 'miss',
  failed: 'failed',
  timedOut: 'timed_out',
  outOfMemory: 'out_of_memory',
  rejected: 'rejected',
  noData: 'no_data',
  cancelled: 'cancelled',
} as const

export const isOver = (status: RunStatus): boolean => status === 'completed' || status === 'failed' || status === 'cancelled'

/** A name whose direction of writing leaves what stands around it as it is. */
export const isolated = (name: string): string => `\u2066${name}\u2069`

const whole = new Intl.NumberFormat('en-US')
const some = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 5 })
const cents = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })
const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })

export const count = (value: number): string => whole.format(value)
/** `1 hit`, `2 hits`. */
export const counted = (value: number, word: string): string =>
  `${whole.format(value)} ${word}${value === 1 ? '' : word.endsWith('s') || word.endsWith('ch') ? 'es' : 's'}`
/**
 * At five digits where it is no whole number, and at cents where that is more; what is beyond all prices and volumes by
 * its power of ten.
 */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  if (Math.abs(value) >= 1e15 || (value !== 0 && Math.abs(value) < 1e-6)) return value.toExponential(4)
  return Number.isInteger(value) ? whole.format(value) : (Math.abs(value) < 1_000 ? some : cents).format(value)
}
/** With so many places behind the point. */
export const fixed = (value: number | null | undefined, places: number): string =>
  value === null || value === undefined ? '–' : decimalText(value, places)
export const money = (value: number | 'unlimited' | null | undefined): string =>
  value === 'unlimited' ? 'unlimited' : value === null || value === undefined ? '–' : dollars.format(decimalOf(value))
export const percent = (value: number | null | undefined, digits = 1): string =>
  value === null || value === undefined ? '–' : percentText(value, digits)
export const megabytes = (bytes: number): string => `${whole.format(Math.round(bytes / 2 ** 20))} MB`

export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–'
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`
  const minutes = Math.floor(ms / 60_000)
  return minutes < 60 ? `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** A moment of today as its time, another with its date. */
export function moment(iso: string): string {
  const at = new Date(iso)
  const time = at.toLocaleTimeString('en-GB')
  return at.toDateString() === new Date().toDateString() ? time : `${at.toLocaleDateString('en-CA')} ${time}`
}
