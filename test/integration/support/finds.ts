import { packFiles } from '../../../runtime/intake/archive.ts'
import type { Hosted } from './hosting.ts'

/** Finds AAPL and NVDA; what is behind it starts it. */
export const MAIN = "const SYMBOLS = ['AAPL', 'MSFT', 'NVDA']\nasync function main() { const out = []; for (const symbol of SYMBOLS) if (symbol !== 'MSFT') out.push({ symbol, score: 1 }); return out }\n"

/** The hits of a run that did not fail, as `AAPL 1`, with the date where it has several. */
export function findsOf({ run, rows }: Hosted): string[] {
  if (run.error !== null) throw new Error(run.error.message)
  const hasDates = new Set(rows.map(({ date }) => date)).size > 1
  return rows.filter(({ status }) => status === 'hit').map(({ symbol, date, score }) => [symbol, ...(hasDates ? [date] : []), ...(score === null ? [] : [score])].join(' '))
}

/** Files as one upload, the one to run first. */
export const packed = (files: Record<string, string>): Uint8Array => packFiles(Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) })))
