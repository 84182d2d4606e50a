import { defineStrategy } from '../../sdk/index.ts'
import { debit } from './shared/capital.ts'
import { longAtTheMoney } from './shared/single.ts'

export default defineStrategy({
  name: 'Long Call',
  aliases: ['Buy Call'],
  description: 'A call at the money: gains with a rising price, loses at most its premium.',
  suits: ['bullish'],
  rights: ['call'],
  expirations: 1,
  premium: 'debit',
  select: (market) => longAtTheMoney(market, 'call'),
  capital: debit,
})
