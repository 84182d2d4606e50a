import { readFileSync } from 'node:fs'

/** What the rule found for one symbol. */
export interface Hit {
  direction: string
  average: number
  strength: number
  upper: number
  lower: number
  gap: number
}

export type Hits = ReadonlyMap<string, Hit>

/** Near enough to a threshold of the rule that rounding alone may decide, relative to the price or in points of RSI. */
const UNDECIDED_SHARE = 1e-6
const UNDECIDED_POINTS = 0.006
/** So many symbols may lie there at most, as a share of the hits; two in any case. */
const MOST_UNDECIDED = 0.01
/** `technicalindicators` rounds its RSI to two decimals; all else agrees to rounding errors. */
const STRENGTH_TOLERANCE = 0.006
const TOLERANCE = 1e-6

/** Hits as the plain programs write them: a header of names, then one line a hit. */
export function readPlainHits(file: string): Hits {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  const names = header.split(',')
  return new Map(
    lines.map((line) => {
      const fields = line.split(',')
      const text = (name: string): string => fields[names.indexOf(name)]!
      const number = (name: string): number => Number(text(name))
      return [
        text('symbol'),
        { direction: text('direction'), average: number('average'), strength: number('strength'), upper: number('upper'), lower: number('lower'), gap: number('gap') },
      ]
    }),
  )
}

/** The hits among the rows of a row file: `Symbol,Date,Status,Reason,Score,Direction,"{""average"":…}",…`. */
export function readRowHits(file: string): Hits {
  const hits = new Map<string, Hit>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [symbol, , status, , , direction] = line.split(',', 6)
    const data = /"(\{.*?\})"/.exec(line)?.[1]
    if (status === 'hit' && data !== undefined) hits.set(symbol!, { ...(JSON.parse(data.replaceAll('""', '"')) as Omit<Hit, 'direction'>), direction: direction! })
  }
  return hits
}

/** Throws where `found` are not the `expected` hits, but for symbols that lie on a threshold of the rule in either. */
export function checkSameHits(name: string, expected: Hits, found: Hits, priceOf: (symbol: string) => number): void {
  if (expected.size === 0) throw new Error('the limit finds no hit at all, so that nothing is compared')
  let undecided = 0
  for (const [symbol, hit] of [...expected, ...found]) {
    const other = expected.get(symbol) === hit ? found.get(symbol) : expected.get(symbol)
    if (other === undefined) {
      undecided++
      if (!isUndecided(hit, priceOf(symbol))) throw new Error(`${name}: ${symbol} is a hit of one and not of the other`)
    } else if (!isSame(hit, other)) {
      throw new Error(`${name}: ${symbol} has other values than the limit: ${JSON.stringify(other)}, ${JSON.stringify(hit)}`)
    }
  }
  if (undecided > Math.max(2, MOST_UNDECIDED * expected.size)) throw new Error(`${name}: ${undecided} symbols are a hit of one and not of the other, more than rounding explains`)
}

function isSame(a: Hit, b: Hit): boolean {
  const near = (x: number, y: number, tolerance: number): boolean => Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(x)) || (Number.isNaN(x) && Number.isNaN(y))
  return (
    a.direction === b.direction &&
    Math.abs(a.strength - b.strength) <= STRENGTH_TOLERANCE &&
    (['average', 'upper', 'lower', 'gap'] as const).every((name) => near(a[name], b[name], TOLERANCE))
  )
}

function isUndecided({ strength, upper, lower }: Hit, price: number): boolean {
  // A price that never moved has no strength, and each has its own way to say so.
  if (!(strength > 0 && strength < 100)) return true
  const onStrength = Math.min(Math.abs(strength - 60), Math.abs(strength - 40)) <= UNDECIDED_POINTS
  const onBand = Math.min(Math.abs(price - upper), Math.abs(price - lower)) <= UNDECIDED_SHARE * price
  return onStrength || onBand
}
