/**
 * Implied volatility over strike and time as one surface without static arbitrage: SSVI with the power-law shape
 * (J. Gatheral and A. Jacquier, Arbitrage-free SVI volatility surfaces, Quantitative Finance 14(1), 2014, section 4).
 * With `curvature * (1 + |tilt|) <= 2` and an at-the-money variance that never falls with time, there is neither a
 * butterfly nor a calendar arbitrage anywhere on it (their remark 4.4).
 */
export interface SurfaceShape {
  /** Volatility per year in force now, and the one that it reverts to, both without earnings reports. */
  readonly nearVol: number
  readonly farVol: number
  /** Speed of that reversion per year. */
  readonly reversion: number
  /** Correlation of price and volatility, -1 to 1: below 0 puts are richer than calls. */
  readonly tilt: number
  /** How much the smile bends and the skew leans; both grow like one over the square root of time. */
  readonly curvature: number
  /** Variance that each earnings report adds. */
  readonly reportVariance: number
}

/** Total variance (volatility squared times years) at the forward, with `reports` earnings reports before the expiration. */
export function varianceAtForward(shape: SurfaceShape, years: number, reports: number): number {
  const { nearVol, farVol, reversion, reportVariance } = shape
  const near = nearVol * nearVol
  const far = farVol * farVol
  const decayed = (1 - Math.exp(-reversion * years)) / reversion
  return far * years + (near - far) * decayed + reports * reportVariance
}

/** Total variance at the log-moneyness ln(strike / forward), from the total variance at the forward. */
export function totalVariance(shape: SurfaceShape, atForward: number, logMoneyness: number): number {
  const { tilt, curvature } = shape
  const lean = (curvature / Math.sqrt(atForward * (1 + atForward))) * logMoneyness
  const side = lean + tilt
  return 0.5 * atForward * (1 + tilt * lean + Math.sqrt(side * side + 1 - tilt * tilt))
}
