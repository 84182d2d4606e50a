import { marketLabel, type Cell, type Column, type MarketSource, type RowLayout } from '../output/columns.ts'
import { encodeTable, type RowFormat } from '../output/formats.ts'
import { writeTable, type RowFileReport } from '../output/row-file.ts'
import { JSON_FIELDS, OUTPUT_COLUMNS, SOURCE_COLUMN, type OutputColumn } from './column-names.ts'
import type { ExplorationOutcome, ExplorationRow } from './row.ts'

export interface ExplorationFileOptions {
  /** Names of the input's columns in order: those of the strategies file, or `HIT_COLUMNS`. */
  columns: readonly string[]
  /** Where the chains come from. */
  market: MarketSource
  /** Adds how each row came about; such files differ from run to run. */
  timings: boolean
}

/** Whole columns that only `timings` adds, as those of scans that end in `Ms`. */
const TIMED_COLUMNS: ReadonlySet<OutputColumn> = new Set<OutputColumn>(['Phase1_Duration_Ms', 'Phase2_Duration_Ms'])

/**
 * Columns that are always there and empty without `timings`: which worker took a row, how long that took and what the cache
 * still held hangs on the run and not on the market.
 */
const VARYING_COLUMNS: ReadonlySet<OutputColumn> = new Set<OutputColumn>(['Chain_Cache_Hit', 'API_Calls', 'Parallel_Worker_ID', 'Parallel_Processing_Time'])

type Kind = Column['type']
/** A field of an outcome, the type of its column, and its cell where that is not the value itself. */
type Output = readonly [field: keyof ExplorationOutcome, type: Kind, cell?: (outcome: ExplorationOutcome) => Cell]

const jsonCell = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))
const amountCell = (value: number | 'unlimited' | null): number | null => (value === 'unlimited' ? Infinity : value)

const OUTPUTS: Readonly<Record<OutputColumn, Output>> = {
  Sampled_Expiration: ['sampledExpiration', 'text'],
  Sampled_DTE: ['sampledDte', 'integer'],
  Sampled_ATM_Strike: ['sampledAtmStrike', 'number'],
  Sampled_Liquidity_Class: ['sampledLiquidityClass', 'text'],
  Exploration_Status: ['explorationStatus', 'text'],
  Exploration_Reason: ['explorationReason', 'text'],
  Exploration_Skipped: ['explorationSkipped', 'boolean'],
  Skip_Reason: ['skipReason', 'text'],
  Escalated_To_Full_Chain: ['escalatedToFullChain', 'boolean'],
  Escalation_Reason: ['escalationReason', 'text'],
  Selected_Strike: ['selectedStrike', 'number'],
  Selected_Strikes: ['selectedStrikes', 'text', ({ selectedStrikes }) => jsonCell(selectedStrikes)],
  Selected_Expiration: ['selectedExpiration', 'text'],
  Final_DTE: ['finalDte', 'integer'],
  Legs: ['legs', 'text', ({ legs }) => jsonCell(legs && legs.map(({ multiplier: _, ...leg }) => leg))],
  Bid: ['bid', 'number'],
  Ask: ['ask', 'number'],
  Mid: ['mid', 'number'],
  Spread_Pct: ['spreadPct', 'number'],
  // Doubles: what a vendor counts may be beyond 32 bits.
  Open_Interest: ['openInterest', 'number'],
  Volume: ['volume', 'number'],
  Implied_Vol: ['impliedVol', 'number'],
  Greeks_Delta: ['greeksDelta', 'number'],
  Greeks_Gamma: ['greeksGamma', 'number'],
  Greeks_Theta: ['greeksTheta', 'number'],
  Greeks_Vega: ['greeksVega', 'number'],
  Greeks_Rho: ['greeksRho', 'number'],
  Greeks_Source: ['greeksSource', 'text'],
  Capital_Required: ['capitalRequired', 'number'],
  Max_Profit: ['maxProfit', 'number', ({ maxProfit }) => amountCell(maxProfit)],
  Max_Loss: ['maxLoss', 'number', ({ maxLoss }) => amountCell(maxLoss)],
  Breakevens: ['breakevens', 'text', ({ breakevens }) => jsonCell(breakevens)],
  Final_Liquidity_Context: ['finalLiquidityContext', 'text'],
  Data_Quality: ['dataQuality', 'text', ({ dataQuality }) => dataQuality.join(';') || null],
  Chain_Cache_Hit: ['chainCacheHit', 'boolean'],
  API_Calls: ['apiCalls', 'integer'],
  Phase1_Duration_Ms: ['phase1DurationMs', 'number'],
  Phase2_Duration_Ms: ['phase2DurationMs', 'number'],
  Parallel_Worker_ID: ['parallelWorkerId', 'integer'],
  Parallel_Processing_Time: ['parallelProcessingTime', 'number'],
  Parallel_Batch_Size: ['parallelBatchSize', 'integer'],
  Parallel_Error: ['parallelError', 'text'],
}

/**
 * How explored rows are written: the input's columns as they came, then the outputs, then where the chains come from. What is
 * no scalar is JSON text in CSV and Parquet; a profit or loss without bound is `Infinity` there and `"unlimited"` in JSON.
 */
export function explorationLayout(options: ExplorationFileOptions): RowLayout<ExplorationRow> {
  const label = marketLabel(options.market)
  const inputs = options.columns.map((name): Column<ExplorationRow> => ({ name, type: 'text', value: ({ input }) => cellOf(input.columns, name) || null }))
  const outputs = writtenColumns(options.timings).map((name) => outputColumn(name, options.timings))
  return {
    columns: [...inputs, ...outputs, { name: SOURCE_COLUMN, type: 'text', value: () => label }],
    record: (row) => explorationRecord(row, options),
  }
}

const UNTIMED_COLUMNS = OUTPUT_COLUMNS.filter((name) => !TIMED_COLUMNS.has(name))
const writtenColumns = (timings: boolean): readonly OutputColumn[] => (timings ? OUTPUT_COLUMNS : UNTIMED_COLUMNS)

function outputColumn(name: OutputColumn, timings: boolean): Column<ExplorationRow> {
  const [field, type, cell] = OUTPUTS[name]
  if (!timings && VARYING_COLUMNS.has(name)) return { name, type, value: () => null }
  return { name, type, value: ({ outcome }) => (cell === undefined ? (outcome[field] as Cell) : cell(outcome)) }
}

/**
 * An explored row as JSON files hold it: the input's columns that it has, as they came, then the fields of its outcome. Shares
 * held, the exact price of the underlying and the shares that a leg's contract stands for are in JSON alone: tables keep the columns, and the legs' fields, that they have.
 */
export function explorationRecord({ input, outcome }: ExplorationRow, { columns, market, timings }: ExplorationFileOptions): Record<string, unknown> {
  const inputs = columns.filter((name) => Object.hasOwn(input.columns, name)).map((name) => [name, input.columns[name]])
  const outputs = writtenColumns(timings).map((name) => {
    const [field] = OUTPUTS[name]
    return [field, !timings && VARYING_COLUMNS.has(name) ? null : outcome[field]]
  })
  return Object.fromEntries([...inputs, ...outputs, ...JSON_FIELDS.map((field) => [field, outcome[field] ?? null]), ['marketSource', marketLabel(market)]]) as Record<string, unknown>
}

const cellOf = (columns: Readonly<Record<string, string>>, name: string): string | undefined => (Object.hasOwn(columns, name) ? columns[name] : undefined)

/** Writes explored rows to a CSV, Parquet, JSON or NDJSON file: see `writeTable`. @throws as that does */
export function writeExplorationFile(path: string, rows: Iterable<ExplorationRow>, options: ExplorationFileOptions): Promise<RowFileReport> {
  return writeTable(path, rows, explorationLayout(options))
}

/** The bytes of a file of explored rows: see `encodeTable`. */
export const encodeExploration = (format: RowFormat, rows: Iterable<ExplorationRow | undefined>, options: ExplorationFileOptions): AsyncGenerator<Uint8Array> => encodeTable(format, rows, explorationLayout(options))
