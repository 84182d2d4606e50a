import { defineStrategy } from '../../sdk/index.ts'
import { debit } from './shared/capital.ts'
import { longAtTheMoney } from './shared/single.ts'

export default defineStrategy({
  name: 'Long Put',
  aliases: ['Buy Put'],
  description: 'A put at the money: gains with a falling price, loses at most its premium.',
  suits: ['bearish'],
  rights: ['put'],
  expirations: 1,
  premium: 'debit',
  select: (market) => longAtTheMoney(market, 'put'),
  capital: debit,
})
