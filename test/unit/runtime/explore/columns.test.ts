import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { afterAll, describe, expect, it } from 'vitest'
import { explorationLayout, writeExplorationFile, type ExplorationFileOptions } from '../../../../runtime/explore/columns.ts'
import { emptyOutcome } from '../../../../runtime/explore/outcome.ts'
import { readStrategies } from '../../../../runtime/explore/read-strategies/read-strategies.ts'
import type { ExplorationOutcome, ExplorationRow } from '../../../../runtime/explore/row.ts'

const folder = mkdtempSync(join(tmpdir(), 'strikescan-explored-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The list of the contract, as it stands there. */
const CONTRACT = `Sampled_Expiration, Sampled_DTE, Sampled_ATM_Strike, Sampled_Liquidity_Class, Exploration_Status, Exploration_Reason,
Exploration_Skipped, Skip_Reason, Escalated_To_Full_Chain, Escalation_Reason, Selected_Strike, Selected_Strikes, Selected_Expiration, Final_DTE, Legs,
Bid, Ask, Mid, Spread_Pct, Open_Interest, Volume, Implied_Vol, Greeks_Delta, Greeks_Gamma, Greeks_Theta, Greeks_Vega, Greeks_Rho, Greeks_Source,
Capital_Required, Max_Profit, Max_Loss, Breakevens, Final_Liquidity_Context, Data_Quality, Chain_Cache_Hit, API_Calls, Phase1_Duration_Ms,
Phase2_Duration_Ms, Parallel_Worker_ID, Parallel_Processing_Time, Parallel_Batch_Size, Parallel_Error`.split(/,\s+/)
const UNTIMED = CONTRACT.filter((name) => !name.endsWith('_Ms'))

const options: ExplorationFileOptions = { columns: ['Ticker', 'Strategy', '10', 'Note'], market: { source: 'simulated', simulated: true, snapshot: '' }, timings: false }

const LEG = { side: 'long', right: 'call', strike: 150, expiration: '2026-12-18', quantity: 1, occ: 'AAPL  261218C00150000', multiplier: 100 } as const
/** As the contract has it: what a contract stands for is in JSON alone. */
const { multiplier: _, ...TABLE_LEG } = LEG

function explored(outcome: Partial<ExplorationOutcome> = {}, columns: Record<string, string> = {}): ExplorationRow {
  return {
    position: 0,
    input: {
      ticker: 'AAPL', date: null, close: null, strategy: 'Long Call', tradeBias: null, horizon: null, dteMin: null, dteMax: null, marketCap: null, optionVolume: null, problems: [],
      columns: { Note: ' a "b",\nc', Ticker: 'aapl', Strategy: 'Long Call', 10: '007', ...columns },
    },
    outcome: {
      ...emptyOutcome('Success', 'all checks passed'),
      sampledExpiration: '2026-12-18', sampledDte: 28, sampledAtmStrike: 150, sampledLiquidityClass: 'Good', selectedStrike: 150, selectedStrikes: [150, 155.5], finalDte: 28, legs: [LEG], positionShares: 100, underlyingPriceUsed: 150.123456,
      bid: 1.1, ask: 1.2, mid: 1.15, openInterest: 5e9, volume: 0, greeksDelta: 0.1 + 0.2, greeksSource: 'vendor', capitalRequired: 115, maxProfit: 'unlimited', maxLoss: 115,
      breakevens: [151.15], dataQuality: ['stale', 'delayed'], chainCacheHit: true, apiCalls: 2, phase1DurationMs: 12.5, phase2DurationMs: 3, parallelWorkerId: 4, parallelProcessingTime: 15.5, parallelBatchSize: 3,
      ...outcome,
    },
  }
}

async function written(end: string, rows: ExplorationRow[], changed: Partial<ExplorationFileOptions> = {}): Promise<string> {
  const path = join(folder, `rows.${end}`)
  await writeExplorationFile(path, rows, { ...options, ...changed })
  return path
}

const cellsOf = (row: ExplorationRow, changed: Partial<ExplorationFileOptions> = {}) =>
  Object.fromEntries(explorationLayout({ ...options, ...changed }).columns.map(({ name, value }) => [name, value(row)]))

describe('explored rows', () => {
  it("have the input's columns, then those of the contract in its order, then their source", async () => {
    const header = (path: string) => readFileSync(path, 'utf8').split('\n')[0]!.split(',')
    expect(header(await written('csv', []))).toEqual([...options.columns, ...UNTIMED, 'Market_Source'])
    expect(header(await written('csv', [], { timings: true }))).toEqual([...options.columns, ...CONTRACT, 'Market_Source'])
  })

  it('hold scalars as they are and the rest as JSON', () => {
    expect(cellsOf(explored())).toMatchObject({
      Ticker: 'aapl', 10: '007', Note: ' a "b",\nc', Sampled_DTE: 28, Selected_Strikes: '[150,155.5]', Legs: JSON.stringify([TABLE_LEG]), Breakevens: '[151.15]', Greeks_Delta: 0.30000000000000004,
      Max_Profit: Infinity, Max_Loss: 115, Data_Quality: 'stale;delayed', Exploration_Skipped: false, Escalated_To_Full_Chain: false, Skip_Reason: null, Market_Source: 'simulated',
    })
    expect(JSON.parse(cellsOf(explored())['Legs'] as string)).toEqual([TABLE_LEG])
    const empty = cellsOf({ ...explored(), outcome: emptyOutcome('Timed_Out', 'no answer') })
    expect(empty).toMatchObject({ Exploration_Status: 'Timed_Out', Legs: null, Selected_Strikes: null, Max_Profit: null, Data_Quality: null, Volume: null })
  })

  it('leave empty what hangs on the run, unless timings are asked for', () => {
    expect(cellsOf(explored())).toMatchObject({ Chain_Cache_Hit: null, API_Calls: null, Parallel_Worker_ID: null, Parallel_Processing_Time: null, Parallel_Batch_Size: 3 })
    expect(cellsOf(explored(), { timings: true })).toMatchObject({ Chain_Cache_Hit: true, API_Calls: 2, Phase1_Duration_Ms: 12.5, Phase2_Duration_Ms: 3, Parallel_Worker_ID: 4, Parallel_Processing_Time: 15.5 })
  })

  it.each(['csv', 'parquet', 'json', 'ndjson'])('give identical %s bytes from a cold and a warm cache', async (end) => {
    const cold = readFileSync(await written(end, [explored()]))
    const warm = readFileSync(await written(end, [explored({ chainCacheHit: false, apiCalls: 0, phase1DurationMs: 1, phase2DurationMs: 0, parallelWorkerId: 1, parallelProcessingTime: 1 })]))
    expect(warm.equals(cold)).toBe(true)
  })

  it('are typed in Parquet', async () => {
    const file = await asyncBufferFromFile(await written('parquet', [explored(), { ...explored(), outcome: emptyOutcome('API_Error', 'x') }], { timings: true }))
    const types = Object.fromEntries((await parquetMetadataAsync(file)).schema.slice(1).map(({ name, type }) => [name, type]))
    expect(types).toMatchObject({ Ticker: 'BYTE_ARRAY', Sampled_DTE: 'INT32', Mid: 'DOUBLE', Max_Profit: 'DOUBLE', Exploration_Skipped: 'BOOLEAN', Legs: 'BYTE_ARRAY', API_Calls: 'INT32' })
    const [first, second] = await parquetReadObjects({ file })
    expect(first).toMatchObject({ Ticker: 'aapl', Sampled_DTE: 28, Max_Profit: Infinity, Open_Interest: 5e9, Exploration_Skipped: false, Chain_Cache_Hit: true, Greeks_Delta: 0.1 + 0.2 })
    expect(second).toMatchObject({ Exploration_Status: 'API_Error', Legs: null, Max_Profit: null })
  })

  it('are objects in JSON, in camelCase beside the columns of the input', async () => {
    const [row] = JSON.parse(readFileSync(await written('json', [explored()]), 'utf8')) as Record<string, unknown>[]
    expect(row).toMatchObject({ Ticker: 'aapl', Note: ' a "b",\nc', sampledDte: 28, legs: [LEG], positionShares: 100, underlyingPriceUsed: 150.123456, selectedStrikes: [150, 155.5], maxProfit: 'unlimited', dataQuality: ['stale', 'delayed'], apiCalls: null, marketSource: 'simulated' })
    expect(row).not.toHaveProperty('phase1DurationMs')
    const [timed] = JSON.parse(readFileSync(await written('json', [explored()], { timings: true }), 'utf8')) as Record<string, unknown>[]
    expect(timed).toMatchObject({ apiCalls: 2, phase1DurationMs: 12.5, parallelWorkerId: 4 })
  })

  it('are always called simulated where they are', () => {
    expect(cellsOf(explored(), { market: { source: 'demo', simulated: true, snapshot: '' } })['Market_Source']).toBe('simulated:demo')
    expect(cellsOf(explored(), { market: { source: 'tradier', simulated: false, snapshot: '' } })['Market_Source']).toBe('tradier')
  })

  it.each(['csv', 'parquet', 'json', 'ndjson'])('explored again from %s have the same columns, and none twice', async (end) => {
    const path = await written(end, [explored({ explorationReason: 'quotes, "quoted"\nand more' })], { timings: true })
    const reading = readStrategies(path)
    const again = []
    for await (const chunk of reading) again.push(...chunk)
    // Names that are whole numbers come first in objects of JSON.
    expect([...reading.report().columns].sort()).toEqual([...options.columns].sort())
    expect(again).toMatchObject([{ ticker: 'AAPL', strategy: 'Long Call', columns: { Note: ' a "b",\nc', 10: '007' }, problems: [] }])
  })

  it('have empty cells for columns that a row lacks, and no inherited ones', () => {
    expect(cellsOf(explored(), { columns: ['Ticker', 'absent', 'toString'] })).toMatchObject({ Ticker: 'aapl', absent: null, toString: null })
  })
})
