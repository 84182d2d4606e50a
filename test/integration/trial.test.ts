import { afterAll, beforeAll, expect, it } from 'vitest'

import type { RunEvent } from '../../runtime/host.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'

/** What is scanned to see whether a run may be divided: it is told while it goes on, and counts where it holds. */

let test: TestHost
let symbols: string[] = []
beforeAll(async () => {
  test = await openTestHost()
  symbols = (await test.host.symbols({ limit: 24 })).items.map(({ symbol }) => symbol)
})
afterAll(() => test.close())

/** Some hundredths of a second of work for each symbol, on whatever machine. */
const WORK = 'let x = 1; for (let i = 0; i < 1e6; i++) x = (x * 16807) % 2147483647;'
const SCAN = `export function scan(symbol, bars) { ${WORK} console.log('at ' + symbol); return bars.at(-1).close > 50 && { x } }`

const dispatching = (events: RunEvent[]) => events.filter((event) => event.type === 'run' && event.stage === 'dispatch').map((event) => event as Extract<RunEvent, { type: 'run' }>)

it('a slow trial tells how far it is, and its symbols are not scanned again', async () => {
  const hosted = await test.run(SCAN, { filename: 'scan.mjs', symbols })
  expect(hosted.run.error).toBeNull()
  expect(hosted.run.split).toEqual({ mode: 'batch', reason: expect.stringContaining('a sample of 24 symbols gave the same rows') })
  const told = dispatching([...test.host.events(hosted.id)])
  const steps = told.flatMap(({ message, percent }) => (/^scanning a sample both together and apart, (\d+) of 60 scans done$/.test(message) ? [percent] : []))
  expect(steps.length).toBeGreaterThan(0)
  expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  expect(steps.every((percent) => percent >= 60 && percent < 68)).toBe(true)
  // One line for each symbol, as if there had been no trial; all of them were done by then.
  expect(hosted.logs.map(({ text }) => text).toSorted()).toEqual(symbols.map((symbol) => `at ${symbol}`).toSorted())
  expect(hosted.logs.every(({ symbol, text }) => text === `at ${symbol}`)).toBe(true)
  expect(new Set(hosted.rows.map(({ batchId }) => batchId))).toEqual(new Set([1]))
  const whole = await test.run(SCAN, { filename: 'scan.mjs', symbols, split: 'never' })
  expect(hosted.rows.map(({ symbol, status, data }) => ({ symbol, status, data }))).toEqual(whole.rows.map(({ symbol, status, data }) => ({ symbol, status, data })))
})

it.each(['cancel', 'interrupt'] as const)('a run that is told to %s in its trial keeps what came out alike both ways', async (way) => {
  const handle = test.host.startRun({ filename: 'scan.mjs', source: new TextEncoder().encode(SCAN), symbols, prefilter: false, limits: { workers: 1 } })
  handle.subscribe((event) => {
    const done = event.type === 'run' ? Number(/(\d+) of 60 scans/.exec(event.message)?.[1] ?? 0) : 0
    if (done > 12) handle[way]()
  })
  const run = await handle.done
  const scanned = run.ledger.hit + run.ledger.miss
  expect(scanned).toBeGreaterThanOrEqual(6)
  const logged = () => [...test.host.events(handle.id)].flatMap((event) => (event.type === 'log' ? [event.symbol!] : [])).toSorted()
  const kept = [...test.host.rows(handle.id)].filter(({ status }) => status === 'hit' || status === 'miss')
  expect(logged()).toEqual(kept.map(({ symbol }) => symbol).toSorted())
  if (way === 'cancel') return expect([run.status, run.ledger.cancelled]).toEqual(['cancelled', 24 - scanned])
  expect(run.status).toBe('paused')
  const resumed = await test.host.resumeRun(handle.id).done
  expect([resumed.status, resumed.ledger.hit + resumed.ledger.miss]).toEqual(['completed', 24])
  expect(logged()).toEqual(symbols.toSorted())
})

it('a script whose sample was all that there is says and writes what it does in plain Node, once', async () => {
  const source = `
    const fs = require('fs')
    const SYMBOLS = ${JSON.stringify(symbols)}
    async function main() {
      const hits = []
      for (const symbol of SYMBOLS) {
        const answer = await fetch('https://api.polygon.io/v2/aggs/ticker/' + symbol + '/prev?apiKey=x')
        const { results } = await answer.json()
        if (results[0].c > 50) hits.push({ symbol, close: results[0].c })
      }
      fs.writeFileSync('hits.json', JSON.stringify(hits))
      console.log(hits.length + ' of ' + SYMBOLS.length + ' symbols')
      return hits
    }
    main()`
  const hosted = await test.run(source, { filename: 'scan.cjs' })
  const hits = hosted.rows.filter(({ status }) => status === 'hit').length
  expect(hosted.run.split?.mode).toBe('batch')
  expect(hosted.logs.map(({ text }) => text)).toEqual([`${hits} of 24 symbols`])
  expect(hosted.run.files).toEqual([{ path: 'hits.json', bytes: expect.any(Number) }])
  expect(hosted.run.warnings).toEqual([])
})

it('where a script that was divided prints its own counts, the run says that they are of its parts', async () => {
  const names = (await test.host.symbols({ limit: 60 })).items.map(({ symbol }) => symbol)
  const source = `
    const SYMBOLS = ${JSON.stringify(names)}
    const hits = []
    console.log('v2.1 starting')
    for (const symbol of SYMBOLS) if (symbol < 'H') hits.push({ symbol })
    console.log(hits.length + ' of ' + SYMBOLS.length)`
  const divided = await test.run(source, { split: 'always' })
  expect(divided.run.warnings.find(({ code }) => code === 'logs_of_parts')).toMatchObject({ message: expect.stringContaining('--split never'), samples: expect.arrayContaining([expect.stringMatching(/^\d+ of \d+$/)]) })
  const whole = await test.run(source, { split: 'never' })
  expect(whole.run.warnings).toEqual([])
  expect(whole.logs.map(({ text }) => text)).toEqual(['v2.1 starting', `${names.filter((name) => name < 'H').length} of 60`])
})
