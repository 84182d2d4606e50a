import { defineStrategy } from '../../sdk/index.ts'
import { widthLessCredit } from './shared/capital.ts'
import { creditSpread } from './shared/spread.ts'

export default defineStrategy({
  name: 'Put Credit Spread',
  aliases: ['Bull Put Spread', 'Bull Put', 'Short Put Spread', 'Credit Put Spread', 'Short Put Vertical', 'Bull Put Credit Spread'],
  description: 'A short put out of the money and a long one below it: earns the credit unless the price falls past the short strike.',
  suits: ['bullish'],
  rights: ['put'],
  expirations: 1,
  premium: 'credit',
  select: (market) => creditSpread(market, 'put'),
  capital: widthLessCredit,
})
