import type { StrategyContract, StrategyLeg } from '../../../sdk/index.ts'

export const long = ({ contract }: StrategyContract): StrategyLeg => ({ side: 'long', contract, quantity: 1 })

export const short = ({ contract }: StrategyContract): StrategyLeg => ({ side: 'short', contract, quantity: 1 })
