import { defineStrategy } from '../../sdk/index.ts'
import { debit } from './shared/capital.ts'
import { LEAP_DAYS, longLeap } from './shared/leap.ts'

export default defineStrategy({
  name: 'LEAP Put',
  aliases: ['LEAPS Put', 'Long LEAP Put', 'Long LEAPS Put', 'Long Put LEAP', 'Long Put LEAPS', 'Put LEAP', 'Put LEAPS'],
  description: 'A put of half a year or more, in the money: stands in for a short sale, with a loss that is known.',
  suits: ['bearish'],
  rights: ['put'],
  expirations: 1,
  premium: 'debit',
  minimumDte: LEAP_DAYS,
  select: (market) => longLeap(market, 'put'),
  capital: debit,
})
