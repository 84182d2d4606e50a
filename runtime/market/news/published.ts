import { parseInstant } from '../chains/instant.ts'
import { newYorkInstant } from '../chains/quote-time.ts'

const DAY_END_MS = 86_399_000
const EARLIEST = Date.UTC(1980, 0, 1)
const LATEST = Date.UTC(2100, 0, 1)
/** Of 10, 13, 16 and 19 digits: seconds, milliseconds, microseconds, nanoseconds. */
const EPOCH = /^(\d{10})(\d{3})?(\d{3})?(\d{3})?$/
const MAIL = /^(?:[a-z]{3}, )?\d{1,2} [a-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|UT|Z|[ECMP][SD]T|[+-]\d{4})$/i

/** When an article was published, and what had to be assumed. */
export interface Published {
  /** Epoch milliseconds. */
  readonly instant: number
  readonly isDayOnly: boolean
  readonly lacksZone: boolean
}

/**
 * The instant of a publication from text or a number, null where it is none or outside 1980 to 2099. Understood: ISO date
 * and time with `T` or a space, with or without punctuation; mail's form; Unix epochs. Nothing may seem known earlier than
 * it was: a date alone is the end of its day in New York, and a time without a zone is New York's, unless its column is
 * named after UTC.
 */
export function readPublished(value: unknown, isUtc: boolean): Published | null {
  if (value instanceof Date) return inRange({ instant: value.getTime(), isDayOnly: false, lacksZone: false })
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return null
  const text = typeof value === 'number' ? String(Math.floor(value)) : String(value).trim()
  if (text.length > 40) return null
  const epoch = EPOCH.exec(text)
  if (epoch !== null) return inRange({ instant: Number(`${epoch[1]}${epoch[2] ?? '000'}`), isDayOnly: false, lacksZone: false })
  if (MAIL.test(text)) return inRange({ instant: Date.parse(text), isDayOnly: false, lacksZone: false })
  const iso = text.replace(/ ?(?:utc|gmt|z)$/i, 'Z').replace(/ ([+-]\d{2}:?\d{2})$/, '$1').replace(/^(\d{8})T(\d{2})(\d{2})(\d{2})?/, (_, date: string, hour: string, minute: string, second = '00') => `${date}T${hour}:${minute}:${second}`)
  const parsed = parseInstant(isUtc && /[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/.test(iso) ? `${iso}Z` : iso)
  if (parsed === null) return null
  if (parsed.instant === null) return inRange({ instant: newYorkInstant(parsed.day, DAY_END_MS), isDayOnly: true, lacksZone: false })
  return inRange({ instant: parsed.instant, isDayOnly: false, lacksZone: !isUtc && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(iso) })
}

function inRange(published: Published): Published | null {
  return published.instant >= EARLIEST && published.instant < LATEST ? published : null
}
