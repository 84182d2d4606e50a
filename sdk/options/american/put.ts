import { europeanPriceAndGreeksInto, GREEKS_LENGTH } from '../european.ts'
import { cdfGivenPdf } from '../normal.ts'
import { boundaryAtExpiration, solveBoundary, type PutProblem } from './boundary.ts'
import { makeCollocation, type Collocation } from './collocation.ts'
import { putByTree } from './tree.ts'

const INVERSE_SQRT_2PI = 0.3989422804014327
/** Drift over diffusion, |rate - yield| √T / vol, above which the discretisation is too coarse for the boundary. */
const MAX_DRIFT = 3
/** Nodes, points at each, points for the price, rounds: 6e-6 of the spot at worst against converged values; the tests compare. */
const GRID = [7, 8, 32, 4] as const

/** Value of an American put of strike 1 and its derivatives by the spot. */
export interface PutValue {
  price: number
  delta: number
  gamma: number
}

/**
 * How a put is priced: `never` where exercising early cannot pay, `boundary` by its exercise boundary, `tree` where
 * that has two sides or is too steep.
 */
export type PutMethod = 'never' | 'boundary' | 'tree'

/** The method for a put with a vol and a time above 0. */
export function methodFor({ years, vol, rate, dividendYield }: PutProblem): PutMethod {
  if (!canPayToExercise(rate, dividendYield)) return 'never'
  if (rate < 0 || Math.abs(rate - dividendYield) * Math.sqrt(years) > MAX_DRIFT * vol) return 'tree'
  return 'boundary'
}

/** Whether exercising a put before its expiration can ever pay: the strike earns interest, or the stock costs more than it. */
export function canPayToExercise(rate: number, dividendYield: number): boolean {
  return rate > 0 || dividendYield < rate
}

/** Writes the value of an American put of strike 1 at `spot` to `out`: never below the European value or the intrinsic one. */
export function putValue(problem: PutProblem, spot: number, method: PutMethod, out: PutValue): void {
  europeanPriceAndGreeksInto('put', spot, 1, problem.years, problem.vol, problem.rate, problem.dividendYield, european, 0)
  out.price = european[0]!
  out.delta = european[1]!
  out.gamma = european[2]!
  if (method === 'never') return
  if (method === 'tree' || !addPremium(problem, spot, out)) putByTree(problem, spot, european[0]!, out)
  if (!(out.price > european[0]!)) {
    out.price = european[0]!
    out.delta = european[1]!
    out.gamma = european[2]!
  }
  if (out.price <= 1 - spot) exercise(spot, out)
}

/** Made when it is first needed: who only looks at chains never does. */
let collocation: Collocation | null = null
const logs = new Float64Array(GRID[0])
const european = new Float64Array(GREEKS_LENGTH)

function exercise(spot: number, out: PutValue): void {
  out.price = 1 - spot
  out.delta = -1
  out.gamma = 0
}

/**
 * Adds to the European value the premium of early exercise: the present value of what exercising earns (interest on the
 * strike less dividends on the stock) wherever the stock is below the boundary (I. J. Kim, Review of Financial Studies 3, 1990).
 * False where the boundary cannot be found; `out` is then as it was.
 */
function addPremium(problem: PutProblem, spot: number, out: PutValue): boolean {
  const { years, vol, rate, dividendYield } = problem
  const grid = (collocation ??= makeCollocation(...GRID))
  if (!solveBoundary(problem, grid, logs)) return false
  const fromStart = Math.log(spot / boundaryAtExpiration(rate, dividendYield))
  if (fromStart <= logs[0]!) {
    exercise(spot, out)
    return true
  }
  const { count, sine, weight } = grid.outer
  const rootYears = Math.sqrt(years)
  const drift = rate - dividendYield
  for (let point = 0; point < count; point++) {
    const root = rootYears * sine[point]!
    const elapsed = root * root
    const spread = vol * root
    const high = (fromStart - boundaryLogAt(grid, point) + drift * elapsed) / spread + 0.5 * spread
    const low = high - spread
    const share = weight[point]! * years
    const cash = rate * share * Math.exp(-rate * elapsed)
    const lowDensity = INVERSE_SQRT_2PI * Math.exp(-0.5 * low * low)
    out.price += cash * cdfGivenPdf(-low, lowDensity)
    out.delta -= (cash * lowDensity) / (spot * spread)
    out.gamma += (cash * lowDensity * high) / (spot * spread) / (spot * spread)
    if (dividendYield === 0) continue
    const asset = dividendYield * share * Math.exp(-dividendYield * elapsed)
    const highDensity = INVERSE_SQRT_2PI * Math.exp(-0.5 * high * high)
    const probability = cdfGivenPdf(-high, highDensity)
    out.price -= asset * spot * probability
    out.delta += asset * (highDensity / spread - probability)
    out.gamma -= (asset * highDensity * low) / (spot * spread * spread)
  }
  return true
}

/** Logarithm of the boundary over its start at a point of the premium's integral. */
function boundaryLogAt({ nodes, outerWeights }: Collocation, point: number): number {
  let square = 0
  for (let node = 0, at = point * nodes; node < nodes; node++, at++) square += outerWeights[at]! * logs[node]! * logs[node]!
  return square > 0 ? -Math.sqrt(square) : 0
}
