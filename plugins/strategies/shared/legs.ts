import type { StrategyContract, StrategyLeg } from '../../../sdk/index.ts'

/** One contract bought per unit of the position. */
export const long = ({ contract }: StrategyContract): StrategyLeg => ({ side: 'long', contract, quantity: 1 })

/** One contract sold per unit of the position. */
export const short = ({ contract }: StrategyContract): StrategyLeg => ({ side: 'short', contract, quantity: 1 })
