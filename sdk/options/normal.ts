/*
 * The standard normal distribution in double precision.
 * erfc by the rational Chebyshev approximations of W. J. Cody (Mathematics of Computation 23, 1969); the inverse by
 * algorithm AS 241 of M. J. Wichura (Applied Statistics 37, 1988). Both are good to about 1e-15 relative, tails included.
 */

const SQRT_HALF = Math.SQRT1_2
const INVERSE_SQRT_2PI = 0.3989422804014327
const SQRT_2PI_OVER_2 = 1.2533141373155003
const INVERSE_SQRT_PI = 0.5641895835477563
/** Below this, Cody approximates erf itself. */
const SMALL = 0.46875

/** Density of the standard normal distribution. */
export function normalPdf(x: number): number {
  return INVERSE_SQRT_2PI * expHalfSquare(x)
}

/** Probability that a standard normal variable is at most `x`; about 1e-15 relative, down to the smallest double. */
export function normalCdf(x: number): number {
  const size = Math.abs(x) * SQRT_HALF
  if (size <= SMALL) return 0.5 + 0.5 * smallErf(x * SQRT_HALF)
  if (Number.isNaN(x)) return Number.NaN
  const tail = size > 30 ? 0 : 0.5 * expHalfSquare(x) * scaledErfc(size)
  return x < 0 ? tail : 1 - tail
}

/** The value that a standard normal variable stays under with probability `p`: -Infinity at 0, Infinity at 1, NaN outside. */
export function inverseNormalCdf(p: number): number {
  const centred = p - 0.5
  if (Math.abs(centred) <= 0.425) return centred * centralQuotient(0.180625 - centred * centred)
  if (!(p >= 0 && p <= 1)) return Number.NaN
  const tail = centred < 0 ? p : 1 - p
  if (tail === 0) return centred < 0 ? -Infinity : Infinity
  const root = Math.sqrt(-Math.log(tail))
  const value = root <= 5 ? middleQuotient(root - 1.6) : farQuotient(root - 5)
  return centred < 0 ? -value : value
}

/** The distribution function at `x` where `density` is its density there, which saves an exponential. Absolute error about 1e-16. */
export function cdfGivenPdf(x: number, density: number): number {
  const scaled = x * SQRT_HALF
  const size = Math.abs(scaled)
  if (size <= SMALL) return 0.5 + 0.5 * smallErf(scaled)
  const tail = density === 0 ? 0 : density * SQRT_2PI_OVER_2 * scaledErfc(size)
  return x < 0 ? tail : 1 - tail
}

/** Distribution function over density, the Mills ratio of `-x`; for `x` from about -1e100 to 30, above which it overflows. */
export function cdfOverPdf(x: number): number {
  const scaled = x * SQRT_HALF
  const size = Math.abs(scaled)
  if (size <= SMALL) return SQRT_2PI_OVER_2 * (1 + smallErf(scaled)) * Math.exp(scaled * scaled)
  const mills = SQRT_2PI_OVER_2 * scaledErfc(size)
  return x < 0 ? mills : 1 / normalPdf(x) - mills
}

/** exp(-x²/2), the square taken in two parts so that its rounding does not grow with x. */
function expHalfSquare(x: number): number {
  const head = Math.trunc(x * 16) / 16
  if (!(Math.abs(x) < 40)) return Number.isNaN(x) ? x : 0
  return Math.exp(-0.5 * head * head) * Math.exp(-0.5 * (x - head) * (x + head))
}

/** erf(x) for |x| up to 0.46875. */
function smallErf(x: number): number {
  const y = x * x
  const above =
    (((1.85777706184603153e-1 * y + 3.1611237438705656) * y + 113.864154151050156) * y + 377.485237685302021) * y +
    3209.37758913846947
  const below = (((y + 23.6012909523441209) * y + 244.024637934444173) * y + 1282.61652607737228) * y + 2844.23683343917062
  return (x * above) / below
}

/** exp(x²) erfc(x) for x above 0.46875. */
function scaledErfc(x: number): number {
  if (x <= 4) {
    const above =
      (((((((2.15311535474403846e-8 * x + 5.64188496988670089e-1) * x + 8.88314979438837594) * x +
      66.1191906371416295) * x + 298.635138197400131) * x + 881.95222124176909) * x + 1712.04761263407058) * x +
      2051.07837782607147) * x + 1230.33935479799725
    const below =
      (((((((x + 15.7449261107098347) * x + 117.693950891312499) * x + 537.181101862009858) * x +
      1621.38957456669019) * x + 3290.79923573345963) * x + 4362.61909014324716) * x + 3439.36767414372164) * x +
      1230.33935480374942
    return above / below
  }
  const y = 1 / (x * x)
  const above =
    ((((1.63153871373020978e-2 * y + 3.05326634961232344e-1) * y + 3.60344899949804439e-1) * y +
    1.25781726111229246e-1) * y + 1.60837851487422766e-2) * y + 6.58749161529837803e-4
  const below =
    ((((y + 2.56852019228982242) * y + 1.87295284992346725) * y + 5.27905102951428412e-1) * y +
    6.05183413124413191e-2) * y + 2.33520497626869185e-3
  return (INVERSE_SQRT_PI - (y * above) / below) / x
}

function centralQuotient(r: number): number {
  const above =
    ((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r +
    45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r + 133.14166789178437745) * r +
    3.387132872796366608
  const below =
    ((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r +
    21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1
  return above / below
}

function middleQuotient(r: number): number {
  const above =
    ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r +
    1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r +
    4.6303378461565452959) * r + 1.42343711074968357734
  const below =
    ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r +
    0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r +
    2.05319162663775882187) * r + 1
  return above / below
}

function farQuotient(r: number): number {
  const above =
    ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r +
    0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r +
    5.4637849111641143699) * r + 6.6579046435011037772
  const below =
    ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r +
    7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r +
    0.59983220655588793769) * r + 1
  return above / below
}
