const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const SUNDAY = 0

/** Epoch milliseconds of 16:00 in New York on a day (days since 1970-01-01): the as-of instant of a scan on that day. */
export function closingInstantMs(day: number): number {
  return day * DAY_MS + (16 + hoursBehindUtc(day)) * HOUR_MS
}

/** 4 while daylight saving time holds in the United States, 5 otherwise; by the rules of 1987 and, from 2007, of the Energy Policy Act of 2005. */
function hoursBehindUtc(day: number): number {
  const year = new Date(day * DAY_MS).getUTCFullYear()
  const [first, last] = year >= 2007 ? [nthSunday(year, 2, 2), nthSunday(year, 10, 1)] : [nthSunday(year, 3, 1), nthSunday(year, 10, 1) - 7]
  return day >= first && day < last ? 4 : 5
}

function nthSunday(year: number, month: number, n: number): number {
  const first = Date.UTC(year, month, 1) / DAY_MS
  const weekday = new Date(first * DAY_MS).getUTCDay()
  return first + ((7 - weekday + SUNDAY) % 7) + 7 * (n - 1)
}
