import { defineStrategy } from '../../sdk/index.ts'
import { debit } from './shared/capital.ts'
import { LEAP_DAYS, longLeap } from './shared/leap.ts'

export default defineStrategy({
  name: 'LEAP Call',
  aliases: ['LEAPS Call', 'Long LEAP Call', 'Long LEAPS Call', 'Long Call LEAP', 'Long Call LEAPS', 'Call LEAP', 'Call LEAPS'],
  description: 'A call of half a year or more, in the money: stands in for the shares at a part of their price.',
  suits: ['bullish'],
  rights: ['call'],
  expirations: 1,
  premium: 'debit',
  minimumDte: LEAP_DAYS,
  select: (market) => longLeap(market, 'call'),
  capital: debit,
})
