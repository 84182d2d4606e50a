import { expect, it } from 'vitest'

import type { Run } from '../../runtime/host.ts'
import { openTestHost } from './support/hosting.ts'

/** Runs a script to its end; gives the run, and its log lines in order. */
async function logOf(source: string, settings: Record<string, unknown>, symbols: string[] | undefined, limits: { symbolTimeoutMs?: number } = {}): Promise<{ run: Run; lines: string[]; lost: number }> {
  const test = await openTestHost({ 'workers.count': 1, ...settings })
  try {
    const handle = test.host.startRun({ filename: 'scan.mjs', source: new TextEncoder().encode(source), ...(symbols !== undefined && { symbols }), prefilter: false, limits })
    const run = await handle.done
    const lines = [...test.host.events(run.id)].flatMap((event) => (event.type === 'log' ? [event.text] : []))
    return { run, lines, lost: run.warnings.find(({ code }) => code === 'logs_dropped')?.count ?? 0 }
  } finally {
    await test.close()
  }
}

it('lines beyond the limit are counted also where the script that wrote them was killed', async () => {
  const source = 'export function scan() { for (let at = 0; at < 1_000; at++) console.log(`line ${at}`); for (;;); }'
  const { run, lines, lost } = await logOf(source, { 'log.maxLines': 100 }, ['KO'], { symbolTimeoutMs: 500 })
  expect(run.ledger).toMatchObject({ detected: 1, timedOut: 1 })
  expect(lines.length + lost).toBe(1_000)
  // What it said last is what tells why.
  expect(lines.at(-1)).toBe('line 99')
})

it('what a script said last before it hung is shown, or counted', async () => {
  const source = "export function scan(symbol) { console.log(`at ${symbol}`); if (symbol === 'KO') for (;;); }"
  const { lines, lost } = await logOf(source, {}, ['AAPL', 'KO', 'MSFT'], { symbolTimeoutMs: 500 })
  expect([lines, lost]).toEqual([['at AAPL', 'at KO', 'at MSFT'], 0])
})

it('a line that a script had begun when it hung is shown', async () => {
  const source = "export function scan(symbol) { process.stdout.write(`at ${symbol}`); process.stdout.write(' … '); if (symbol === 'KO') for (;;); process.stdout.write('done\\n') }"
  const { lines, lost } = await logOf(source, {}, ['AAPL', 'KO', 'MSFT'], { symbolTimeoutMs: 500 })
  expect([lines, lost]).toEqual([['at AAPL … done', 'at KO … ', 'at MSFT … done'], 0])
})

it('lines that a script wrote before it failed while its lists were read are shown', async () => {
  const source = "const SYMBOLS = ['KO'].filter(Boolean)\nconsole.log('first')\nprocess.stdout.write('second')\nconst DATES = [20].map((day) => { throw new Error('no') })\nasync function main() { for (const d of DATES) for (const s of SYMBOLS) console.log(s, d) }\nmain()"
  const { lines, lost } = await logOf(source, {}, undefined)
  expect([lines, lost]).toEqual([['first', 'second'], 0])
})

it('lines that the top level writes beyond the limit are counted', async () => {
  const source = 'for (let at = 0; at < 250; at++) console.log(`line ${at}`)\nexport const scan = () => null'
  const { lines, lost } = await logOf(source, { 'log.maxLines': 100 }, ['KO'])
  expect([lines.length, lost]).toEqual([100, 150])
})
