import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { OptionInputs, OptionRight, PriceAndGreeks } from '../../../../sdk/options/index.ts'

/** One row of a reference table; Greeks that its source does not give are NaN. */
export interface Reference {
  readonly right: OptionRight
  readonly inputs: Required<OptionInputs>
  readonly expected: PriceAndGreeks
}

/** Rows of a table in test/fixtures/options. */
export function readReferences(name: string): Reference[] {
  const rows = JSON.parse(readFileSync(new URL(`../../../fixtures/options/${name}.json`, import.meta.url), 'utf8')) as [OptionRight, ...(number | null)[]][]
  return rows.map(([right, ...columns]) => {
    const [spot, strike, years, vol, rate, dividendYield, price, delta, gamma, theta, vega, rho] = columns.map((value) => value ?? Number.NaN) as [
      number, number, number, number, number, number, number, number, number, number, number, number,
    ]
    return { right, inputs: { spot, strike, years, vol, rate, dividendYield }, expected: { price, delta, gamma, theta, vega, rho } }
  })
}

/** A file of the recorded data beside the repository, or null where that is absent. */
export function readSharedData(path: string): string | null {
  const file = fileURLToPath(new URL(`../../../../../shared/data/${path}`, import.meta.url))
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}
