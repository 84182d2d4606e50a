import type { SelectionLack, StrategyContract } from '../../../sdk/index.ts'

/** A selection without legs. */
export interface Refusal {
  readonly legs: null
  readonly reason: string
  readonly lack: SelectionLack
}

/** `reason` is a sentence without capital or full stop, with the numbers seen. */
export function refuse(lack: SelectionLack, reason: string): Refusal {
  return { legs: null, reason, lack }
}

/** Tells a refusal from what was looked for. */
export function isRefusal(value: object): value is Refusal {
  return 'legs' in value && value.legs === null
}

/** `12 strikes from 80 to 95`. */
export function describeStrikes(contracts: readonly StrategyContract[]): string {
  const strikes = [...new Set(contracts.map(({ contract }) => contract.strike))]
  const [first] = strikes
  if (strikes.length <= 2) {
    return strikes.length === 0 ? 'no strikes' : `${strikes.length === 1 ? 'the single strike' : 'the strikes'} ${strikes.join(' and ')}`
  }
  return `${strikes.length} strikes from ${first} to ${strikes.at(-1)}`
}

/** `$97.50`: dollars per share in a sentence. */
export function dollars(value: number): string {
  return `$${value.toFixed(2)}`
}
