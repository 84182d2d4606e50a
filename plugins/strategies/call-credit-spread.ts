import { defineStrategy } from '../../sdk/index.ts'
import { widthLessCredit } from './shared/capital.ts'
import { creditSpread } from './shared/spread.ts'

export default defineStrategy({
  name: 'Call Credit Spread',
  aliases: ['Bear Call Spread', 'Bear Call', 'Short Call Spread', 'Credit Call Spread', 'Short Call Vertical', 'Bear Call Credit Spread'],
  description: 'A short call out of the money and a long one above it: earns the credit unless the price rises past the short strike.',
  suits: ['bearish'],
  rights: ['call'],
  expirations: 1,
  premium: 'credit',
  select: (market) => creditSpread(market, 'call'),
  capital: widthLessCredit,
})
