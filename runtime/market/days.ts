const DAY_MS = 86_400_000

/** Days since 1970-01-01 of an ISO date, or NaN where the text is no real calendar date. */
export function dayFromIso(date: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return Number.NaN
  const ms = Date.parse(`${date}T00:00:00Z`)
  // Date.parse turns 2015-02-30 into March in some engines: only a date that survives the round trip is one.
  return Number.isNaN(ms) || isoFromDay(ms / DAY_MS) !== date ? Number.NaN : ms / DAY_MS
}

/** Dates of days that were asked for, to the year 2059: a market tells of the same few thousand again and again. */
const MOST_KNOWN = 32_768
const known: string[] = []

/** ISO date of days since 1970-01-01. */
export function isoFromDay(day: number): string {
  return known[day] ?? remember(day, new Date(day * DAY_MS).toISOString().slice(0, 10))
}

function remember(day: number, date: string): string {
  if (day >= 0 && day < MOST_KNOWN && Number.isInteger(day)) known[day] = date
  return date
}
