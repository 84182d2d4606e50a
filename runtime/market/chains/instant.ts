import { dayFromParts } from '../import/values.ts'
import { newYorkInstant } from './quote-time.ts'

const DAY_MS = 86_400_000

/** A date with or without a time of day. */
export interface ParsedInstant {
  /** Days since 1970-01-01 of the date as written. */
  readonly day: number
  /** Epoch milliseconds, null where only a date is written. */
  readonly instant: number | null
}

/**
 * A date or an instant from text, null where it is neither. Understood: `2026-08-07`, `20260807`, and ISO date and time
 * with `T` or a space; without a zone the time is New York's. Epochs of 13 digits are milliseconds, of 10 seconds.
 */
export function parseInstant(text: string): ParsedInstant | null {
  const trimmed = text.trim()
  const match = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(trimmed)
  if (match === null) return parseEpoch(trimmed)
  const [, year, month, date, hour, minute, second = '0', fraction = '0', zone] = match
  const day = dayFromParts(Number(year), Number(month), Number(date))
  if (Number.isNaN(day)) return null
  if (hour === undefined) return { day, instant: null }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null
  const ms = (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000 + Math.round(Number(fraction) * 1000)
  if (zone === undefined) return { day, instant: newYorkInstant(day, ms) }
  const offset = zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000
  return { day, instant: day * DAY_MS + ms - offset }
}

function parseEpoch(text: string): ParsedInstant | null {
  if (!/^\d{10}$|^\d{13}$/.test(text)) return null
  const instant = Number(text) * (text.length === 10 ? 1000 : 1)
  return { day: Math.floor(instant / DAY_MS), instant }
}
