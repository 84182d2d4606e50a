const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const SUNDAY = 0

/** Epoch milliseconds of 16:00 in New York on a day (days since 1970-01-01): the as-of instant of a scan on that day. */
export function closingInstantMs(day: number): number {
  return day * DAY_MS + (16 + hoursBehindUtc(day)) * HOUR_MS
}

/** 4 while daylight saving time holds in the United States (rules in force since 2007), 5 otherwise. */
function hoursBehindUtc(day: number): number {
  const year = new Date(day * DAY_MS).getUTCFullYear()
  return day >= nthSunday(year, 2, 2) && day < nthSunday(year, 10, 1) ? 4 : 5
}

function nthSunday(year: number, month: number, n: number): number {
  const first = Date.UTC(year, month, 1) / DAY_MS
  const weekday = new Date(first * DAY_MS).getUTCDay()
  return first + ((7 - weekday + SUNDAY) % 7) + 7 * (n - 1)
}
