import { count, number } from '../shell/words.ts'

/** Digits of the largest number of a column, before and behind its point; cents always. */
const MOST_DIGITS = 5
const LEAST_PLACES = 2
/** Beyond this, a number is written by its power of ten. */
const LARGEST = 1e15

/** How the numbers of one column are written so that their points stand below each other. */
export function columnFormat(values: readonly number[]): (value: number) => string {
  const usual = values.filter((value) => Number.isFinite(value) && Math.abs(value) < LARGEST)
  const largest = usual.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const most = Math.max(LEAST_PLACES, MOST_DIGITS - 1 - Math.max(0, Math.floor(Math.log10(largest || 1))))
  const places = usual.reduce((wanted, value) => Math.max(wanted, placesOf(value, most)), 0)
  if (places === 0) return (value) => (Number.isInteger(value) && Math.abs(value) < LARGEST ? count(value) : number(value))
  const format = new Intl.NumberFormat('en-US', { minimumFractionDigits: places, maximumFractionDigits: places })
  const least = 0.5 * 10 ** -places
  return (value) => (Math.abs(value) >= LARGEST || (value !== 0 && Math.abs(value) < least) ? number(value) : format.format(value))
}

/** Places behind the point that a number needs, up to `most`. */
function placesOf(value: number, most: number): number {
  const [, behind = ''] = value.toFixed(most).split('.')
  return behind.replace(/0+$/, '').length
}
