import type { ExplorationRow } from '../../runtime/host.ts'

type Outcome = ExplorationRow['outcome']
type LiquidityClass = NonNullable<Outcome['sampledLiquidityClass']>

/** Liquidity classes, the worst first. */
export const LIQUIDITY_CLASSES = ['Illiquid', 'Thin', 'Acceptable', 'Good', 'Excellent'] as const satisfies readonly LiquidityClass[]

/**
 * How well what a row found can be traded: the class of its position, with which the position's context begins, and that of
 * the sample only where no position was graded.
 */
export function liquidityOf({ finalLiquidityContext, sampledLiquidityClass }: Pick<Outcome, 'finalLiquidityContext' | 'sampledLiquidityClass'>): LiquidityClass | null {
  const stated = finalLiquidityContext?.split(' ', 1)[0]
  return LIQUIDITY_CLASSES.find((each) => each === stated) ?? sampledLiquidityClass
}

/** The strikes of a position, each once, ascending: `225/232`; empty where there are none. */
export function strikesText({ legs }: Pick<Outcome, 'legs'>): string {
  return [...new Set((legs ?? []).map(({ strike }) => strike))].toSorted((one, other) => one - other).join('/')
}

/** Formatters by style and places, made once: to make one takes longer than to use it. */
const formatters = new Map<string, Intl.NumberFormat>()

/**
 * Rounds by the decimal text of a number, halves away from zero: 8.075 is 8.08, though the binary number lies a little below.
 * Never `-0.00`.
 */
function rounded(style: 'decimal' | 'percent', value: number, places: number): string {
  const key = `${style} ${places}`
  let formatter = formatters.get(key)
  if (formatter === undefined) {
    formatter = new Intl.NumberFormat('en-US', { style, minimumFractionDigits: places, maximumFractionDigits: places, useGrouping: false, signDisplay: 'negative' })
    formatters.set(key, formatter)
  }
  return formatter.format(decimalOf(value))
}

/** A number as the decimal that it is written as: what is formatted of it is exact to the last digit. */
export const decimalOf = (value: number): Intl.StringNumericLiteral => String(value) as Intl.StringNumericLiteral

/** A number with so many places behind the point. */
export const decimalText = (value: number, places: number): string => rounded('decimal', value, places)

/** A fraction in percent: `percentText(0.0425, 1)` is `4.3%`. */
export const percentText = (value: number, places: number): string => rounded('percent', value, places)
