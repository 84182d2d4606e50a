import type { PutProblem } from './boundary.ts'
import type { PutValue } from './put.ts'

const STEPS = 800

const values = new Float64Array(STEPS + 1)
const europeanValues = new Float64Array(STEPS + 1)

/**
 * Writes the value of an American put of strike 1 to `out` by a binomial tree that grows along the forward, whose error on
 * the European put, known exactly, is taken off (J. Hull and A. White, 1988). It takes any rates, and about a millisecond:
 * for negative rates under which exercise pays only between two boundaries, and for drift that dwarfs the volatility.
 */
export function putByTree({ years, vol, rate, dividendYield }: PutProblem, spot: number, europeanPrice: number, out: PutValue): void {
  const step = years / STEPS
  const move = vol * Math.sqrt(step)
  const growth = (rate - dividendYield) * step - 0.5 * move * move
  // Expectation of the move up or down is the forward's: exp(growth) (p exp(move) + (1 - p) exp(-move)) = exp(drift).
  const up = (Math.expm1(0.5 * move * move) - Math.expm1(-move)) / (Math.expm1(move) - Math.expm1(-move))
  const discount = Math.exp(-rate * step)
  const [upWeight, downWeight] = [discount * up, discount * (1 - up)]
  const square = Math.exp(2 * move)
  const lowest = (level: number): number => spot * Math.exp(level * (growth - move))
  for (let node = 0, price = lowest(STEPS); node <= STEPS; node++, price *= square) {
    values[node] = europeanValues[node] = Math.max(0, 1 - price)
  }
  let [up2, middle2, down2] = [0, 0, 0]
  for (let level = STEPS - 1; level >= 0; level--) {
    for (let node = 0, price = lowest(level); node <= level; node++, price *= square) {
      europeanValues[node] = downWeight * europeanValues[node]! + upWeight * europeanValues[node + 1]!
      const held = downWeight * values[node]! + upWeight * values[node + 1]!
      values[node] = held > 1 - price ? held : 1 - price
    }
    if (level === 2) [down2, middle2, up2] = [values[0]!, values[1]!, values[2]!]
  }
  const [down, middle, top] = [lowest(2), lowest(2) * square, lowest(2) * square * square]
  const [lowSlope, highSlope] = [(middle2 - down2) / (middle - down), (up2 - middle2) / (top - middle)]
  out.price = values[0]! <= 1 - spot ? 1 - spot : values[0]! + europeanPrice - europeanValues[0]!
  out.delta = lowSlope + ((highSlope - lowSlope) * (spot - 0.5 * (down + middle))) / (0.5 * (top - down))
  out.gamma = (highSlope - lowSlope) / (0.5 * (top - down))
}
