import { europeanPrice, type OptionRight } from '../../../sdk/options/index.ts'

/** Contracts to value, as columns; made by a fixed seed. */
export interface OptionBook {
  readonly count: number
  readonly right: readonly OptionRight[]
  readonly spot: Float64Array
  readonly strike: Float64Array
  readonly years: Float64Array
  readonly vol: Float64Array
  /** European prices at these vols. */
  readonly price: Float64Array
  readonly rate: number
  readonly dividendYield: number
}

/** Contracts as chains list them: a day to two years, up to three deviations from the money, vols of 10% to 100%. */
export function makeBook(count: number): OptionBook {
  let state = 20_261_122
  const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
  const column = (): Float64Array => new Float64Array(count)
  const book = { count, right: [] as OptionRight[], spot: column(), strike: column(), years: column(), vol: column(), price: column(), rate: 0.04, dividendYield: 0.015 }
  for (let place = 0; place < count; place++) {
    const right = random() < 0.5 ? 'call' : 'put'
    const [spot, years, vol] = [20 + 480 * random(), (1 + 729 * random()) / 365, 0.1 + 0.9 * random()]
    const strike = spot * Math.exp((4 * random() - 2) * vol * Math.sqrt(years))
    book.right.push(right)
    book.spot[place] = spot
    book.strike[place] = strike
    book.years[place] = years
    book.vol[place] = vol
    book.price[place] = europeanPrice(right, { spot, strike, years, vol, rate: book.rate, dividendYield: book.dividendYield })
  }
  return book
}

/** The first contracts of a book, as QuantLib's process takes them. */
export function bookLine(book: OptionBook, count: number, work: string): string {
  const first = (column: Float64Array): number[] => [...column.subarray(0, count)]
  const { rate, dividendYield } = book
  const columns = { spot: first(book.spot), strike: first(book.strike), years: first(book.years), vol: first(book.vol), price: first(book.price) }
  return `${JSON.stringify({ work, right: book.right.slice(0, count), ...columns, rate, dividendYield })}\n`
}
