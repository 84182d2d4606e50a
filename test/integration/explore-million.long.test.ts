import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { measureProcess } from '../bench/measure/process.ts'
import { startCommand } from './support/command-line.ts'

const ROWS = 1_000_000
const TICKERS = ['SPY', 'AAPL', 'MSFT', 'QQQ', 'NVDA', 'IWM', 'DIA', 'XLK', 'GLD', 'TLT', 'SMH', 'XLF', 'EEM', 'SLV', 'HYG', 'USO', 'NOSUCH']
const LARGEST_RSS = 1_200 * 2 ** 20

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'strikescan-explore-million-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const line = (place: number): string => `${TICKERS[place % TICKERS.length]},${place % 3 === 0 ? 'Iron Condor' : 'Long Call'},${place}`

it('a million rows, killed on the way, come out as a million rows in order within bounded memory', { timeout: 1_500_000 }, async () => {
  const [file, out] = [join(folder, 'in.csv'), join(folder, 'out.csv')]
  const writer = createWriteStream(file)
  writer.write('Ticker,Strategy,N\n')
  for (let place = 0; place < ROWS; place++) if (!writer.write(`${line(place)}\n`)) await once(writer, 'drain')
  await new Promise((resolve) => writer.end(resolve))

  const args = ['--home', join(folder, 'home'), '--set', 'market.simulatedSymbols=60', '--set', 'explore.provider=simulated']
  let seen = ''
  const { child, done } = startCommand(['explore', file, ...args])
  child.stderr!.on('data', (text: string) => {
    seen = (seen + text).slice(-10_000)
    if (/Exploring rows \d+/.test(seen)) child.kill('SIGKILL')
  })
  expect((await done).signal).toBe('SIGKILL')

  const { peakRssBytes } = await measureProcess([process.execPath, 'api/cli/strikescan.js', 'explore', '--resume', 'last', '--out', out, ...args], { timeoutMs: 1_400_000 })
  if (peakRssBytes !== null) expect(peakRssBytes).toBeLessThan(LARGEST_RSS)
  let place = -1
  let wrong: string | null = null
  for await (const text of createInterface({ input: createReadStream(out) })) {
    if (place >= 0 && !text.startsWith(`${line(place)},`)) wrong ??= `row ${place}: ${text.slice(0, 80)}`
    place++
  }
  expect([wrong, place]).toEqual([null, ROWS])
})
