import { defineStrategy } from '../../sdk/index.ts'
import { debit } from './shared/capital.ts'
import { debitSpread } from './shared/spread.ts'

export default defineStrategy({
  name: 'Call Debit Spread',
  aliases: ['Bull Call Spread', 'Bull Call', 'Long Call Spread', 'Debit Call Spread', 'Long Call Vertical', 'Bull Call Debit Spread'],
  description: 'A long call at the money and a short one above it: a rise up to the short strike at a lower cost.',
  suits: ['bullish'],
  rights: ['call'],
  expirations: 1,
  premium: 'debit',
  select: (market) => debitSpread(market, 'call'),
  capital: debit,
})
