import type { PrefilterSettings } from '../scan/run.ts'
import type { PrefilterCandidate, PrefilterDate } from './candidate.ts'

/** Why a symbol has no bar on the date, from the largest cause to the smallest: the day, the symbol, its history. */
export function noDataReason(candidate: PrefilterCandidate, { date, closure }: PrefilterDate): string {
  const { symbol, firstBar, lastBar } = candidate
  if (firstBar === null) return `${symbol} is not in the market data`
  if (closure !== null) return `no bar on ${date}: the exchange is closed (${closure})`
  if (lastBar === null) return `no bar on ${date}; its first bar is ${firstBar}`
  return `no bar on ${date}; its last bar before is ${lastBar}`
}

export function volumeReason({ meanVolume, bars }: PrefilterCandidate, { minVolume, window }: PrefilterSettings): string {
  const sessions = Math.min(bars, window)
  const over = `over ${sessions} ${sessions === 1 ? 'session' : 'sessions'}`
  if (!Number.isFinite(meanVolume)) return `mean volume ${over} is not known`
  return `mean volume ${formatCount(meanVolume)} ${over} is not above ${formatCount(minVolume)}`
}

export function priceReason({ lastClose }: PrefilterCandidate, { minPrice, maxPrice }: PrefilterSettings): string {
  if (!Number.isFinite(lastClose)) return 'the last close is not known'
  return lastClose < minPrice
    ? `close ${formatPrice(lastClose)} is below ${formatPrice(minPrice)}`
    : `close ${formatPrice(lastClose)} is above ${formatPrice(maxPrice)}`
}

export function limitReason(rank: number, { limit }: PrefilterSettings): string {
  return `rank ${formatCount(rank)} by dollar volume, limit ${formatCount(limit)}`
}

/** Whole units with thousands separators; rounded down, so that a number below a threshold never reads as that threshold. */
function formatCount(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) return String(value)
  const digits = String(Math.floor(value) === 0 && value > 0 ? value : Math.floor(value))
  return /^-?\d+$/.test(digits) ? digits.replace(/\B(?=(\d{3})+$)/g, ',') : digits
}

/** At least two decimals, at most four; all of them where four would say nothing or the wrong thing. */
function formatPrice(value: number): string {
  const rounded = value.toFixed(4)
  if (Number(rounded) !== value) return String(value)
  return rounded.replace(/0{1,2}$/, '')
}
