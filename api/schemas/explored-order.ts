import type { ExplorationRow } from '../../runtime/host.ts'
import { LIQUIDITY_CLASSES, liquidityOf } from './explored-text.ts'

type Outcome = ExplorationRow['outcome']

/** In the order in which people look at them: those that succeeded first. */
export const EXPLORED_STATUSES = [
  'Success',
  'Not_Viable',
  'Skipped_Compute',
  'No_Expirations',
  'No_Chain_Data',
  'No_Suitable_Strikes',
  'Low_Liquidity',
  'API_Error',
  'Chain_Fetch_Failed',
  'Timed_Out',
  'Evaluation_Error',
  'Cancelled',
] as const satisfies readonly Outcome['explorationStatus'][]

/** What decides over the place of an explored row, each the smaller the better. */
export type ExploredRank = readonly number[]

/**
 * The place of an explored row: by its status, then by the liquidity class of its position, then by the score of the hit that it was
 * made from (NaN where it has none), then by its spread. What is missing comes last.
 */
export function exploredRank(outcome: Pick<Outcome, 'explorationStatus' | 'finalLiquidityContext' | 'sampledLiquidityClass' | 'spreadPct'>, score: number): ExploredRank {
  const liquidity = liquidityOf(outcome)
  return [
    EXPLORED_STATUSES.indexOf(outcome.explorationStatus),
    liquidity === null ? LIQUIDITY_CLASSES.length : LIQUIDITY_CLASSES.length - 1 - LIQUIDITY_CLASSES.indexOf(liquidity),
    Number.isNaN(score) ? Infinity : -score,
    outcome.spreadPct ?? Infinity,
  ]
}

/** Below zero where the one comes before the other, 0 where their own order is to stand. */
export function compareRanks(one: ExploredRank, other: ExploredRank): number {
  for (let place = 0; place < one.length; place++) {
    if (one[place] !== other[place]) return one[place]! < other[place]! ? -1 : 1
  }
  return 0
}

/** The number that a cell of a column `Score` holds, NaN where it is empty or none. */
export const scoreOfCell = (cell: unknown): number => (typeof cell === 'number' ? cell : typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : Number.NaN)
