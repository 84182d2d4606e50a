import { cdfGivenPdf } from '../normal.ts'
import type { Collocation } from './collocation.ts'

/*
 * The early-exercise boundary of an American put as the fixed point of an integral equation, by the spectral collocation
 * of L. Andersen, M. Lake and D. Offengenden, High Performance American Option Pricing (Journal of Computational Finance
 * 20(1), 2016): their equations A and B, iterated from the boundary of G. Barone-Adesi and R. Whaley (Journal of Finance 42,
 * 1987). Strike 1 throughout; B(τ) is the boundary with τ years left and B(0) = min(1, rate / yield).
 * The function interpolated is ln²(B(τ)/B(0)), over √τ.
 */

const INVERSE_SQRT_2PI = 0.3989422804014327
/** Newton steps of the first guess. */
const GUESS_STEPS = 3
/** Drift over diffusion, |rate - yield| √T / vol, above which equation A swings and equation B is taken. */
const MAX_DRIFT_OF_A = 1

/** Rates are per year and continuous; the rate above 0, or 0 with a yield below 0. */
export interface PutProblem {
  years: number
  vol: number
  rate: number
  dividendYield: number
}

/** Where the boundary starts, at expiration, for strike 1. */
export function boundaryAtExpiration(rate: number, dividendYield: number): number {
  return dividendYield > rate ? rate / dividendYield : 1
}

/**
 * Writes ln(B(τ)/B(0)), which is 0 or less, at every node of the collocation to `out`.
 * False where the iteration breaks down in floating point: `out` is then of no use.
 */
export function solveBoundary(problem: PutProblem, grid: Collocation, out: Float64Array): boolean {
  const { years, vol, rate, dividendYield } = problem
  const start = boundaryAtExpiration(rate, dividendYield)
  for (let node = 0; node < grid.nodes; node++) out[node] = guess(problem, years * grid.nodeRoots[node]! ** 2, start)
  tabulateDiscounts(problem, grid)
  const improve = Math.abs(rate - dividendYield) * Math.sqrt(years) < MAX_DRIFT_OF_A * vol ? improveByA : improveByB
  for (let step = 0; step < grid.iterations; step++) {
    squareInto(squared, out, grid.nodes)
    for (let node = 0; node < grid.nodes; node++) {
      const next = Math.log(improve(problem, grid, node, out[node]!, start) / start)
      if (!(next > -700)) return false
      out[node] = next < 0 ? next : 0
    }
  }
  return true
}

/** Most nodes and points at each that a collocation may have here. */
const MAX_NODES = 32
const MAX_POINTS = 64

/** Squares of the logarithms at the nodes, as the last round left them. */
const squared = new Float64Array(MAX_NODES)
/** exp(-rate (τ - u)) and exp(-yield (τ - u)) at every point of every node. */
const rateDiscounts = new Float64Array(MAX_NODES * MAX_POINTS)
const yieldDiscounts = new Float64Array(MAX_NODES * MAX_POINTS)

function squareInto(squares: Float64Array, logs: Float64Array, nodes: number): void {
  for (let node = 0; node < nodes; node++) squares[node] = logs[node]! * logs[node]!
}

function tabulateDiscounts({ years, rate, dividendYield }: PutProblem, { nodes, nodeRoots, inner }: Collocation): void {
  for (let node = 0, place = 0; node < nodes; node++) {
    for (let point = 0; point < inner.count; point++, place++) {
      const root = nodeRoots[node]! * inner.sine[point]!
      const elapsed = years * root * root
      rateDiscounts[place] = Math.exp(-rate * elapsed)
      yieldDiscounts[place] = dividendYield === 0 ? 1 : Math.exp(-dividendYield * elapsed)
    }
  }
}

/** Logarithm of the boundary over its start, from the squares at the nodes; `place` counts the points over all nodes. */
function interpolate({ nodes, innerWeights }: Collocation, place: number): number {
  let square = 0
  for (let node = 0, at = place * nodes; node < nodes; node++, at++) square += innerWeights[at]! * squared[node]!
  return square > 0 ? -Math.sqrt(square) : 0
}

/** The right side of equation B, in which B(τ) is a quotient of probabilities. */
function improveByB({ years, vol, rate, dividendYield }: PutProblem, grid: Collocation, node: number, log: number, start: number): number {
  const rootTime = Math.sqrt(years) * grid.nodeRoots[node]!
  const time = rootTime * rootTime
  const drift = rate - dividendYield
  const { count, sine, weight } = grid.inner
  const deviation = vol * rootTime
  const plus = (Math.log(start) + log + drift * time) / deviation + 0.5 * deviation
  const minus = plus - deviation
  let above = Math.exp(-rate * time) * cdfGivenPdf(minus, INVERSE_SQRT_2PI * Math.exp(-0.5 * minus * minus))
  let below = Math.exp(-dividendYield * time) * cdfGivenPdf(plus, INVERSE_SQRT_2PI * Math.exp(-0.5 * plus * plus))
  for (let point = 0, place = node * count; point < count; point++, place++) {
    const root = rootTime * sine[point]!
    const spread = vol * root
    const high = (log - interpolate(grid, place) + drift * root * root) / spread + 0.5 * spread
    const low = high - spread
    const share = weight[point]! * time
    above += rate * share * rateDiscounts[place]! * cdfGivenPdf(low, INVERSE_SQRT_2PI * Math.exp(-0.5 * low * low))
    if (dividendYield === 0) continue
    below += dividendYield * share * yieldDiscounts[place]! * cdfGivenPdf(high, INVERSE_SQRT_2PI * Math.exp(-0.5 * high * high))
  }
  return above / below
}

/** The right side of equation A, in which densities stand beside the probabilities: converges faster, without much drift. */
function improveByA({ years, vol, rate, dividendYield }: PutProblem, grid: Collocation, node: number, log: number, start: number): number {
  const rootTime = Math.sqrt(years) * grid.nodeRoots[node]!
  const time = rootTime * rootTime
  const drift = rate - dividendYield
  const { count, sine, weight } = grid.inner
  const deviation = vol * rootTime
  const plus = (Math.log(start) + log + drift * time) / deviation + 0.5 * deviation
  const minus = plus - deviation
  const plusDensity = INVERSE_SQRT_2PI * Math.exp(-0.5 * plus * plus)
  let above = (Math.exp(-rate * time) * INVERSE_SQRT_2PI * Math.exp(-0.5 * minus * minus)) / deviation
  let below = Math.exp(-dividendYield * time) * (plusDensity / deviation + cdfGivenPdf(plus, plusDensity))
  for (let point = 0, place = node * count; point < count; point++, place++) {
    const root = rootTime * sine[point]!
    const spread = vol * root
    const high = (log - interpolate(grid, place) + drift * root * root) / spread + 0.5 * spread
    const low = high - spread
    const share = (weight[point]! * time) / spread
    above += rate * share * rateDiscounts[place]! * INVERSE_SQRT_2PI * Math.exp(-0.5 * low * low)
    if (dividendYield === 0) continue
    const highDensity = INVERSE_SQRT_2PI * Math.exp(-0.5 * high * high)
    below += dividendYield * share * yieldDiscounts[place]! * (highDensity + spread * cdfGivenPdf(high, highDensity))
  }
  return above / below
}

/** The boundary with `time` years left, as a logarithm over its start: Newton's method on the equation of Barone-Adesi and Whaley. */
function guess({ vol, rate, dividendYield }: PutProblem, time: number, start: number): number {
  const drift = rate - dividendYield
  const variance = vol * vol
  const deviation = vol * Math.sqrt(time)
  const carry = (2 * drift) / variance - 1
  // rate / (1 - exp(-rate time)), which is 1 / time at a rate of 0.
  const rateOverShare = rate === 0 ? 1 / time : rate / -Math.expm1(-rate * time)
  const power = 0.5 * (-carry - Math.sqrt(carry * carry + (8 * rateOverShare) / variance))
  const [rateFactor, yieldFactor] = [Math.exp(-rate * time), Math.exp(-dividendYield * time)]
  let boundary = Math.max(start * Math.exp(-earlyFall(drift, variance, time) * deviation), eternalBoundary(carry, rate, variance))
  for (let step = 0; step < GUESS_STEPS; step++) {
    const plus = (Math.log(boundary) + drift * time) / deviation + 0.5 * deviation
    const minus = plus - deviation
    const density = INVERSE_SQRT_2PI * Math.exp(-0.5 * plus * plus)
    const asset = yieldFactor * boundary * cdfGivenPdf(-plus, density)
    const cash = rateFactor * cdfGivenPdf(-minus, INVERSE_SQRT_2PI * Math.exp(-0.5 * minus * minus))
    const value = boundary - asset + power * (1 - boundary - cash + asset)
    const slope = (1 - power) * (1 - asset / boundary) + (yieldFactor * density) / deviation
    const next = boundary - value / slope
    boundary = next > 0.2 * boundary ? Math.min(next, start) : 0.5 * boundary
  }
  return Math.log(boundary / start)
}

/**
 * How many standard deviations the boundary falls in a short time (J. Evans, R. Kuske and J. Keller, Mathematical
 * Finance 12, 2002), kept within reason.
 */
function earlyFall(drift: number, variance: number, time: number): number {
  if (drift === 0) return 1.5
  const early = Math.log(variance / (8 * Math.PI * time * drift * drift))
  return drift > 0 ? Math.sqrt(Math.max(early, 1.5)) : 0.9
}

/** The boundary of a put that never expires (R. Merton, 1973); `carry` is 2 (rate - yield) / variance - 1. */
function eternalBoundary(carry: number, rate: number, variance: number): number {
  const power = 0.5 * (-carry - Math.sqrt(carry * carry + (8 * rate) / variance))
  return power / (power - 1)
}
