import { europeanPriceAndGreeksInto } from '../european.ts'

const DAYS_A_YEAR = 365
const PERCENT = 100

/**
 * Writes price and Greeks of an American option whose underlying moves with certainty along its forward: the intrinsic value
 * at the moment at which exercising is worth most today. Its vega is 0.
 */
export function withoutVol(
  isCall: boolean,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividendYield: number,
  out: Float64Array,
  at: number,
): void {
  const moment = bestMoment(isCall, spot, strike, years, rate, dividendYield)
  if (moment === years) return europeanPriceAndGreeksInto(isCall ? 'call' : 'put', spot, strike, years, 0, rate, dividendYield, out, at)
  const sign = isCall ? 1 : -1
  const asset = spot * Math.exp(-dividendYield * moment)
  const cash = strike * Math.exp(-rate * moment)
  out[at] = sign * (asset - cash)
  out[at + 1] = (sign * asset) / spot
  out[at + 2] = 0
  // Before its moment the value earns what the position yields; at the moment both balance.
  out[at + 3] = moment === 0 ? 0 : (sign * (dividendYield * asset - rate * cash)) / DAYS_A_YEAR
  out[at + 4] = 0
  // Adding 0 turns -0 into 0.
  out[at + 5] = (sign * moment * cash) / PERCENT + 0
}

/** The least value that an American option can have whatever its volatility: the limit of its price as that goes to 0. */
export function certainValue(isCall: boolean, spot: number, strike: number, years: number, rate: number, dividendYield: number): number {
  const moment = bestMoment(isCall, spot, strike, years, rate, dividendYield)
  return Math.max(0, exerciseAt(isCall, spot, strike, moment, rate, dividendYield))
}

/** Years from now at which exercising is worth most today; `years` where it never pays. */
function bestMoment(isCall: boolean, spot: number, strike: number, years: number, rate: number, dividendYield: number): number {
  // Where the interest on the strike equals the dividends on the stock.
  const level = Math.log((rate * strike) / (dividendYield * spot)) / (rate - dividendYield)
  let best = years
  let worth = Math.max(0, exerciseAt(isCall, spot, strike, years, rate, dividendYield))
  for (const moment of [0, level]) {
    if (!(moment >= 0 && moment < years)) continue
    const candidate = exerciseAt(isCall, spot, strike, moment, rate, dividendYield)
    if (candidate > worth) [best, worth] = [moment, candidate]
  }
  return best
}

function exerciseAt(isCall: boolean, spot: number, strike: number, moment: number, rate: number, dividendYield: number): number {
  const stockLessCash = spot * Math.exp(-dividendYield * moment) - strike * Math.exp(-rate * moment)
  return isCall ? stockLessCash : -stockLessCash
}
