import { adx } from './adx.ts'
import { atr } from './atr.ts'
import { bollinger } from './bollinger.ts'
import { cci } from './cci.ts'
import { crossOver, crossUnder } from './crossovers.ts'
import { donchian } from './donchian.ts'
import { ema } from './ema.ts'
import { highest, lowest } from './extremes.ts'
import { gaps } from './gaps.ts'
import { keltner } from './keltner.ts'
import { linearRegressionSlope } from './linear-regression.ts'
import { macd } from './macd.ts'
import { mfi } from './mfi.ts'
import { obv } from './obv.ts'
import { percentRank } from './percent-rank.ts'
import { relativeStrength } from './relative-strength.ts'
import { roc } from './roc.ts'
import { rsi } from './rsi.ts'
import { sma } from './sma.ts'
import { splits } from './splits.ts'
import { stdev } from './stdev.ts'
import { stochastic } from './stochastic.ts'
import { sum } from './sum.ts'
import { supertrend } from './supertrend.ts'
import { trueRange } from './true-range.ts'
import { typicalPrice } from './typical-price.ts'
import { anchoredVwap, vwap } from './vwap.ts'
import { williamsR } from './williams-r.ts'
import { wma } from './wma.ts'

/**
 * The indicators, as scanners get them. Series in, series out: results have the length of the input, aligned with it, and
 * are NaN before they are defined, so `ta.rsi(close, 14)[close.length - 1]` is the value at the last bar.
 *
 * What needs one series takes it first (`ta.sma(close, 20)`), as `Float64Array` or array of numbers; what needs several
 * prices of a bar takes the bars (`ta.atr(bars, 14)`), as columns or as an array of bar objects. A period beyond the
 * history gives NaN throughout; one that is no whole number from 1 to 1,000,000 is a RangeError.
 *
 * Missing values (NaN; null and undefined in arrays): windows that contain one are NaN, averages that carry their past
 * along (EMA, RSI, MACD, ATR, ADX, Keltner, SuperTrend) start anew after it, running totals (OBV, anchored VWAP) leave it out.
 */
export const ta = Object.freeze({
  adx,
  anchoredVwap,
  atr,
  bollinger,
  cci,
  crossOver,
  crossUnder,
  donchian,
  ema,
  gaps,
  highest,
  keltner,
  linearRegressionSlope,
  lowest,
  macd,
  mfi,
  obv,
  percentRank,
  relativeStrength,
  roc,
  rsi,
  sma,
  splits,
  stdev,
  stochastic,
  sum,
  supertrend,
  trueRange,
  typicalPrice,
  vwap,
  williamsR,
  wma,
})

/** The type of `ta`. */
export type TechnicalAnalysis = typeof ta
