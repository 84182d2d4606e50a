/**
 * Elementary functions built from + - * / and Math.sqrt alone. The language fixes those to the last bit, whereas
 * Math.exp, Math.log and Math.pow may differ between engines: with these, a seed gives the same bytes on every machine.
 */

const LN_2 = 0.6931471805599453
const EXP_SQUARINGS = 10

/** e to the power x, relative error below 1e-11 for |x| up to 50: a short series on x / 1024, squared ten times. */
export function exponential(x: number): number {
  const y = x / 1024
  let value = 1 + y * (1 + (y / 2) * (1 + (y / 3) * (1 + (y / 4) * (1 + (y / 5) * (1 + (y / 6) * (1 + y / 7))))))
  for (let step = 0; step < EXP_SQUARINGS; step++) value *= value
  return value
}

/** Natural logarithm of a positive finite x, relative error below 1e-14: powers of two split off, then the series of artanh. */
export function logarithm(x: number): number {
  let mantissa = x
  let twos = 0
  while (mantissa >= 1.5) {
    mantissa /= 2
    twos++
  }
  while (mantissa < 0.75) {
    mantissa *= 2
    twos--
  }
  const ratio = (mantissa - 1) / (mantissa + 1)
  const square = ratio * ratio
  let power = ratio
  let sum = 0
  for (let odd = 1; odd < 41; odd += 2) {
    sum += power / odd
    power *= square
  }
  return 2 * sum + twos * LN_2
}

/** Ten to the power x, for |x| up to 20. */
export function powerOfTen(x: number): number {
  return exponential(x * 2.302585092994046)
}

/**
 * Quantile of the standard normal distribution for 0 < p < 1, absolute error below 1e-8 in the body.
 * Source: P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function" (2003).
 */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p)
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * logarithm(p))
    const above = ((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783
    const below = (((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1
    return above / below
  }
  const q = p - 0.5
  const r = q * q
  const above = ((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r + 1.38357751867269e2) * r - 3.066479806614716e1) * r + 2.506628277459239
  const below = ((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r - 1.328068155288572e1) * r + 1
  return (above * q) / below
}
