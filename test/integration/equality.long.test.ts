import { it } from 'vitest'

import { describeEquality, isRecordedMarketThere, openRecordedMarket } from './support/equality.ts'

/** The examples, hosted, give the rows of their references over every symbol of the recorded market. */

if (!isRecordedMarketThere) it.skip('a year of the US market, all 6,548 symbols (skipped: ../shared/data is not there)')
else describeEquality('a year of the US market, all 6,548 symbols', () => openRecordedMarket(1, 5))
