import { defineStrategy } from '../../sdk/index.ts'
import { debit } from './shared/capital.ts'
import { debitSpread } from './shared/spread.ts'

export default defineStrategy({
  name: 'Put Debit Spread',
  aliases: ['Bear Put Spread', 'Bear Put', 'Long Put Spread', 'Debit Put Spread', 'Long Put Vertical', 'Bear Put Debit Spread'],
  description: 'A long put at the money and a short one below it: a fall down to the short strike at a lower cost.',
  suits: ['bearish'],
  rights: ['put'],
  expirations: 1,
  premium: 'debit',
  select: (market) => debitSpread(market, 'put'),
  capital: debit,
})
