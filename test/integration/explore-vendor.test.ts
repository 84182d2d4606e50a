import { createServer, request, type Server, type ServerResponse } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { serveSimulated, type SimulatedServer } from '../../api/simulate/server.ts'
import { openHost, openSimulatedOptions, type Run, type RunEvent, type RunHandle } from '../../runtime/host.ts'

type Host = Awaited<ReturnType<typeof openHost>>

let folder: string
let market: SimulatedServer
let door: Server
let url: string
let asked: string[] = []
/** What the door does with a request instead of passing it on; false to pass it on. */
let trouble: (path: string, response: ServerResponse) => boolean = () => false

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strikescan-explore-retry-'))
  market = await serveSimulated(await openSimulatedOptions({ seed: 1, symbols: 60 }), { host: '127.0.0.1', port: 0, token: null, latencyMs: 0, rate: null, faults: [], seed: 1 })
  door = createServer((incoming, outgoing) => {
    asked.push(incoming.url!)
    if (trouble(incoming.url!, outgoing)) return
    const passed = request(new URL(incoming.url!, market.url), { headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    })
    passed.on('error', () => outgoing.destroy())
    passed.end()
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(door.address() as { port: number }).port}`
})
afterAll(async () => {
  door.closeAllConnections()
  door.close()
  await market.close()
  rmSync(folder, { recursive: true, force: true })
})

let host: Host
beforeEach(async () => {
  asked = []
  trouble = () => false
  const overrides = { 'market.simulatedSymbols': 60, 'explore.provider': 'tradier', 'tradier.url': url, 'tradier.token': 'token-of-a-test', 'explore.requestsPerSecond': 100, 'explore.attempts': 1 }
  host = await openHost({ home: mkdtempSync(join(folder, 'home-')), env: {}, overrides })
})
afterEach(() => host.close())

const STRATEGIES = ['Ticker,Strategy,Close', 'SPY,Long Call,', 'AAPL,Long Put,', 'MSFT,Long Call,', 'AAPL,Covered Call,', 'SPY,No Such,', ''].join('\n')

async function explore(): Promise<RunHandle> {
  const file = join(folder, 'strategies.csv')
  writeFileSync(file, STRATEGIES)
  return host.startExploration({ file, forceFull: false, refresh: false })
}

const outcomes = (id: string) => [...host.explorationRows(id)].map(({ outcome }) => outcome)
const statuses = (id: string) => outcomes(id).map(({ explorationStatus }) => explorationStatus)
const events = (id: string) => [...host.events(id)]
const explored = (id: string) => events(id).flatMap((event) => (event.type === 'explore' ? [[event.row.position, event.row.outcome.explorationStatus]] : []))
const ended = (all: RunEvent[]): Run[] => all.flatMap((event) => (event.type === 'end' ? [event.run] : []))
const fails = (status: number) => (path: string, response: ServerResponse): boolean => {
  if (!path.includes('symbol=AAPL')) return false
  response.writeHead(status, { 'content-type': 'text/plain' }).end('in maintenance')
  return true
}

describe('rows that failed for what can pass', { timeout: 20_000 }, () => {
  it.each([[503, 'API_Error'], [401, 'API_Error']] as const)('are tried again by a resume, and no others (%i)', async (status, failed) => {
    trouble = fails(status)
    const { id, done } = await explore()
    const run = await done
    expect(run).toMatchObject({ status: 'completed', explore: { rows: 5, retryable: 2 } })
    expect(statuses(id)).toEqual(['Success', failed, 'Success', failed, 'Evaluation_Error'])
    const before = { events: events(id), outcomes: outcomes(id) }

    trouble = () => false
    asked = []
    const again = await host.resumeExploration(id).done
    expect(again.explore).toMatchObject({ rows: 5, retryable: 0 })
    expect(again).toMatchObject({ status: 'completed', percent: 100, error: null })
    expect(statuses(id)).toEqual(['Success', 'Success', 'Success', 'Success', 'Evaluation_Error'])
    // Answered rows are as they were, and nothing was asked for them again.
    expect([0, 2, 4].map((row) => outcomes(id)[row])).toEqual([0, 2, 4].map((row) => before.outcomes[row]))
    expect(asked.filter((path) => !path.includes('AAPL'))).toEqual([])

    // What was told is told the same; what came after is told after it.
    expect(events(id).slice(0, before.events.length)).toEqual(before.events)
    expect(explored(id).slice(-2)).toEqual([[1, 'Success'], [3, 'Success']])
    expect(events(id).map(({ seq }) => seq)).toEqual(events(id).map((_, index) => index + 1))
    expect(ended(events(id)).map(({ explore: report }) => report!.retryable)).toEqual([2, 0])
    expect(events(id)[before.events.length]).toMatchObject({ type: 'log', text: '2 rows without a whole answer are tried again' })
    expect(() => host.resumeExploration(id)).toThrow(expect.objectContaining({ code: 'run_finished' }))
  })

  it('may fail again, and are then tried once more; what the vendor answered is not', async () => {
    trouble = fails(503)
    const { id, done } = await explore()
    await done
    expect((await host.resumeExploration(id).done).explore).toMatchObject({ retryable: 2, byStatus: { Success: 2, API_Error: 2 } })
    expect(explored(id)).toHaveLength(7)
    trouble = fails(400)
    expect((await host.resumeExploration(id).done).explore).toMatchObject({ retryable: 0, byStatus: { Success: 2, API_Error: 2 } })
    expect(() => host.resumeExploration(id)).toThrow(expect.objectContaining({ code: 'run_finished' }))
  })

  it('keep what they have where a resume is refused, or is cancelled', async () => {
    trouble = fails(503)
    const { id, done } = await explore()
    await done
    const before = outcomes(id)
    const other = await openHost({ home: host.home, env: {}, overrides: { 'explore.provider': 'tradier', 'tradier.url': 'http://127.0.0.1:1', 'tradier.token': 'token-of-a-test' } })
    try {
      expect(() => other.resumeExploration(id)).toThrow(expect.objectContaining({ code: 'explore_source_changed' }))
    } finally {
      await other.close()
    }
    expect([host.findRun(id).status, outcomes(id)]).toEqual(['completed', before])

    // Never answered: the rows are still open when it is cancelled.
    trouble = (path) => path.includes('symbol=AAPL')
    const again = host.resumeExploration(id)
    const heard: RunEvent[] = []
    const told = events(id).length
    again.subscribe((event) => heard.push(event), told)
    await expect.poll(() => asked.filter((path) => path.includes('symbol=AAPL')).length, { timeout: 15_000 }).toBeGreaterThan(1)
    again.cancel()
    expect(await again.done).toMatchObject({ status: 'cancelled', explore: { rows: 5, retryable: 2 } })
    expect(outcomes(id)).toEqual(before)
    // Who listens meanwhile hears what stands, as who comes later reads it.
    expect(heard.flatMap((event) => (event.type === 'explore' ? [[event.row.position, event.row.outcome]] : [])).toSorted()).toEqual([[1, before[1]], [3, before[3]]])
    expect(heard).toEqual(events(id).slice(told))
    trouble = () => false
    expect((await host.resumeExploration(id).done).explore).toMatchObject({ retryable: 0, byStatus: { Success: 4 } })
  })

  it('count where a connection breaks at a chain, and for what a run explores of its hits', async () => {
    trouble = (path, response) => path.includes('options/chains') && path.includes('AAPL') && Boolean(response.destroy())
    const source = new TextEncoder().encode("export function scan(symbol) { return { score: 1, strategies: ['Long Call'] } }")
    const handle = host.startRun({ filename: 'hits.js', source, symbols: ['AAPL', 'MSFT'], prefilter: false, explore: true, limits: { workers: 1 } })
    const run = await handle.done
    expect([run.status, statuses(handle.id), run.explore!.retryable]).toEqual(['completed', ['Chain_Fetch_Failed', 'Success'], 1])
    const rows = [...host.rows(handle.id)]
    trouble = () => false
    asked = []
    const again = await host.resumeRun(handle.id).done
    expect([again.status, statuses(handle.id), again.explore!.retryable]).toEqual(['completed', ['Success', 'Success'], 0])
    expect([...host.rows(handle.id)]).toEqual(rows)
    // The list of expirations was answered before the chain was not.
    expect(asked.filter((path) => path.includes('options/'))).toEqual([expect.stringContaining('chains?symbol=AAPL')])
  })
})

it('a tenfold quote skips no row where imported bars know better', async () => {
  const bars = join(folder, 'bars.csv')
  writeFileSync(bars, 'symbol,date,open,high,low,close,volume\nAAPL,2026-01-05,230,232,228,231,5000000\n')
  await host.importBars([bars])
  trouble = (path, response) => {
    if (!path.includes('/quotes?')) return false
    const quote = ['AAPL', 'MSFT'].map((symbol) => ({ symbol, type: 'stock', last: 2_310, bid: 2_309, ask: 2_311, trade_date: Date.now() }))
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ quotes: { quote } }))
    return true
  }
  const file = join(folder, 'tenfold.csv')
  writeFileSync(file, 'Ticker,Strategy\nAAPL,Long Call\nMSFT,Long Call\n')
  const { id, done } = await host.startExploration({ file, forceFull: false, refresh: false })
  expect(await done).toMatchObject({ status: 'completed' })
  // Of the other no bar was imported, so that the quote is all that is known.
  expect(statuses(id)).toEqual(['Success', 'Skipped_Compute'])
  expect(outcomes(id)[0]!.dataQuality).toEqual(expect.arrayContaining(['quote_disagrees', 'spot_inferred']))
})
