import type { Row, Run } from '../../../runtime/host.ts'

/** A hit as the script itself keeps it. */
export interface PlainHit {
  symbol: string
  date: string
  score: number
}

/** Throws where a hosted run failed, lacks a row, or has other hits than the plain script: what such a run took is no measure. */
export function checkHosted({ error, ledger }: Pick<Run, 'error' | 'ledger'>, rows: Iterable<Pick<Row, 'symbol' | 'date' | 'score'>>, expected: readonly PlainHit[]): void {
  if (error !== null) throw new Error(error.message)
  const { detected, hit, miss, noData, ...faults } = ledger
  if (hit + miss + noData !== detected) throw new Error(`${detected - hit - miss - noData} of ${detected} rows are faults, such a run is no measure: ${JSON.stringify(faults)}`)
  if (expected.length === 0) throw new Error('the plain script finds no hit at all, so that nothing is compared')
  const plain = new Map(expected.map(({ symbol, date, score }) => [`${symbol} on ${date}`, score]))
  for (const { symbol, date, score } of rows) {
    const name = `${symbol} on ${date}`
    if (plain.get(name) !== score) throw new Error(`${name} has the score ${score} hosted, and ${plain.get(name) ?? 'no hit'} in plain Node`)
    plain.delete(name)
  }
  const [missing] = plain.keys()
  if (missing !== undefined) throw new Error(`${missing} is a hit in plain Node and not hosted, and so are ${plain.size - 1} more`)
}
