import { closeSync, openSync, statSync, writeSync } from 'node:fs'

import { isoFromDay } from '../../../runtime/market/days.ts'
import { sessionsEnding } from '../../../sdk/calendar.ts'

export interface BarsFile {
  bytes: number
  rows: number
  symbols: number
  sessions: number
}

/** Forty years; a file that is larger still holds more symbols. */
const MOST_SESSIONS = 10_000
const LAST_DAY = Date.UTC(2026, 10, 20) / 86_400_000
const BYTES_A_ROW = 52

/**
 * A CSV file of daily bars of about so many bytes, a session after the other and in each the symbols in turn, as vendors send
 * a market: none of its rows comes sorted as the store wants them. The same bytes each time.
 */
export function writeBarsFile(file: string, bytes: number): BarsFile {
  const rows = Math.max(100, Math.floor(bytes / BYTES_A_ROW))
  const sessionCount = Math.min(MOST_SESSIONS, Math.max(2, Math.floor(Math.sqrt(rows / 4))))
  const symbols = Array.from({ length: Math.max(1, Math.floor(rows / sessionCount)) }, (_, index) => symbolOf(index))
  const fd = openSync(file, 'w')
  try {
    writeSync(fd, 'symbol,date,open,high,low,close,volume\n')
    let seed = 1
    for (const day of sessionsEnding(LAST_DAY, sessionCount)) {
      const date = isoFromDay(day)
      let text = ''
      for (const [index, symbol] of symbols.entries()) {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
        const cents = 500 + ((index * 7_919) % 40_000) + (seed % 200)
        const range = 1 + (seed >>> 8) % 90
        text += `${symbol},${date},${dollars(cents)},${dollars(cents + range)},${dollars(cents - range)},${dollars(cents + (range >> 1))},${100_000 + (seed >>> 4)}\n`
      }
      writeSync(fd, text)
    }
  } finally {
    closeSync(fd)
  }
  return { bytes: statSync(file).size, rows: symbols.length * sessionCount, symbols: symbols.length, sessions: sessionCount }
}

/** AAAA, BAAA, CAAA and so on. */
function symbolOf(index: number): string {
  let text = ''
  for (let place = 0, rest = index; place < 4; place++, rest = Math.floor(rest / 26)) text += String.fromCharCode(65 + (rest % 26))
  return text
}

const dollars = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
