/** A series, oldest first. Kernels read `Float64Array` in place; anything else is copied once. */
export type NumericColumn = Float64Array | readonly number[]

type PriceField = 'open' | 'high' | 'low' | 'close' | 'volume'

/** Bars as columns (`BarColumns`, or any object with the columns named) or as an array of bar objects, oldest first. */
export type BarsWith<Field extends PriceField> =
  { readonly [Name in Field]: NumericColumn } | readonly { readonly [Name in Field]: number }[]

/** An indicator fed one value at a time; `next` gives what the column form holds at that index, bit for bit. */
export interface Stream<Input, Output = number> {
  next(input: Input): Output
}

export const MAX_PERIOD = 1_000_000

/**
 * The values as a `Float64Array`, itself where it is one already. In arrays `null`, `undefined` and holes become NaN (missing).
 * Throws TypeError for what is no column of numbers.
 */
export function toColumn(values: NumericColumn, owner: string, name = 'values'): Float64Array {
  if (values instanceof Float64Array) return values
  if (!Array.isArray(values) && !isTypedArray(values)) {
    throw new TypeError(`${owner}: ${name} must be a Float64Array or an array of numbers, got ${describe(values)}`)
  }
  const source = values as ArrayLike<unknown>
  const column = new Float64Array(source.length)
  for (let index = 0; index < source.length; index++) column[index] = toNumber(source[index], `${owner}: ${name}[${index}]`)
  return column
}

/** One column of the bars, in either form that `BarsWith` allows. Throws TypeError where it is not there. */
export function barColumn<Field extends PriceField>(bars: BarsWith<Field>, field: Field, owner: string): Float64Array {
  if (Array.isArray(bars)) {
    const column = new Float64Array(bars.length)
    for (let index = 0; index < column.length; index++) {
      const bar: unknown = bars[index]
      if (typeof bar !== 'object' || bar === null) throw new TypeError(notBars(owner, `bars[${index}] is ${describe(bar)}`))
      if (!(field in bar)) throw new TypeError(notBars(owner, `bars[${index}] has no ${field}`))
      column[index] = toNumber((bar as Record<Field, unknown>)[field], `${owner}: bars[${index}].${field}`)
    }
    return column
  }
  if (typeof bars !== 'object' || bars === null) throw new TypeError(notBars(owner, `got ${describe(bars)}`))
  const column = (bars as { readonly [Name in Field]?: NumericColumn })[field]
  if (column === undefined) throw new TypeError(notBars(owner, `there is no ${field}`))
  return toColumn(column, owner, `bars.${field}`)
}

/** Throws RangeError unless all columns have the length of the first. */
export function checkSameLength(owner: string, columns: Readonly<Record<string, Float64Array>>): void {
  const [first, ...rest] = Object.entries(columns)
  for (const [name, column] of rest) {
    if (column.length !== first![1].length) {
      throw new RangeError(
        `${owner}: ${name} has ${column.length} values and ${first![0]} has ${first![1].length}; they must be of one length`,
      )
    }
  }
}

/** Throws RangeError unless `period` is a whole number from `least` to 1,000,000. */
export function checkPeriod(period: number, owner: string, name = 'period', least = 1): void {
  if (!Number.isInteger(period) || period < least || period > MAX_PERIOD) {
    throw new RangeError(`${owner}: ${name} must be a whole number from ${least} to ${MAX_PERIOD}, got ${describe(period)}`)
  }
}

/** Throws RangeError unless `multiplier` is a finite number, 0 or more. */
export function checkMultiplier(multiplier: number, owner: string, name: string): void {
  if (typeof multiplier !== 'number' || !(multiplier >= 0 && multiplier < Infinity)) {
    throw new RangeError(`${owner}: ${name} must be a finite number, 0 or more, got ${describe(multiplier)}`)
  }
}

function toNumber(value: unknown, where: string): number {
  if (typeof value === 'number') return value
  if (value === null || value === undefined) return Number.NaN
  throw new TypeError(`${where} must be a number, got ${describe(value)}`)
}

function isTypedArray(value: unknown): boolean {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
}

function notBars(owner: string, found: string): string {
  return `${owner}: bars must be columns ({high, low, close, …}) or an array of bars with these fields: ${found}`
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`
  if (typeof value === 'number' || typeof value === 'boolean' || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
