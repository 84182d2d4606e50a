/*
 * Dollars per share of the underlying that a position ties up, by the usual rules of brokers for positions that are
 * covered or defined in risk, and by Cboe Rule 10.3 (FINRA 4210) for short straddles and strangles. Times the contract size for
 * a position's money, which is then rounded to the cent. Premiums, debits and credits are dollars per share, above 0
 * where money is paid for a debit and received for a credit or premium. No rule gives less than 0.
 */

/** Cash-secured put: the strike, all of which may have to be paid. */
export function cashSecuredPutCapital(strike: number): number {
  return atLeastNothing(strike)
}

/** Covered call and buy-write: the stock less the premium received. */
export function coveredCallCapital(spot: number, premium: number): number {
  return atLeastNothing(spot - premium)
}

/** Long calls, puts, straddles and strangles, debit spreads and calendars: what is paid. */
export function debitCapital(debit: number): number {
  return atLeastNothing(debit)
}

/** Credit spread: the distance of its strikes, which is what the rules require, less the credit received. */
export function creditSpreadCapital(width: number, credit: number): number {
  return atLeastNothing(width - credit)
}

/** Iron condor: its wider wing, as only one side can lose. Strikes ascending: long put, short put, short call, long call. */
export function ironCondorCapital(longPut: number, shortPut: number, shortCall: number, longCall: number): number {
  return atLeastNothing(Math.max(shortPut - longPut, longCall - shortCall))
}

/** Diagonal spread of calls: what is paid, and what a long strike above the short one can lose besides. */
export function diagonalCallCapital(debit: number, longStrike: number, shortStrike: number): number {
  return atLeastNothing(debit + Math.max(0, longStrike - shortStrike))
}

/** Diagonal spread of puts: what is paid, and what a long strike below the short one can lose besides. */
export function diagonalPutCapital(debit: number, longStrike: number, shortStrike: number): number {
  return atLeastNothing(debit + Math.max(0, shortStrike - longStrike))
}

/**
 * A long option over a short one that it does not cover, since each expiration stands on an underlying of its own, as those of the VIX do:
 * what is paid, and what the short one asks for alone (`shortCallCapital`, `shortPutCapital`), as brokers take it.
 */
export function uncoveredTimeSpreadCapital(debit: number, shortCapital: number): number {
  return atLeastNothing(debit + shortCapital)
}

/** A short call with no cover: its premium and the greater of 20% of the stock less what it is out of the money, and 10% of the stock. */
export function shortCallCapital(spot: number, strike: number, premium: number): number {
  return atLeastNothing(shortCallSide(spot, strike, premium))
}

/** A short put with no cover: its premium and the greater of 20% of the stock less what it is out of the money, and 10% of the strike. */
export function shortPutCapital(spot: number, strike: number, premium: number): number {
  return atLeastNothing(shortPutSide(spot, strike, premium))
}

/** Short straddle or strangle: the greater of the two sides, and the other side's premium. */
export function shortStrangleCapital(spot: number, putStrike: number, putPremium: number, callStrike: number, callPremium: number): number {
  const call = shortCallSide(spot, callStrike, callPremium)
  const put = shortPutSide(spot, putStrike, putPremium)
  return atLeastNothing(call > put ? call + putPremium : put + callPremium)
}

const SHARE_OF_STOCK = 0.2
const LEAST_SHARE = 0.1

function shortCallSide(spot: number, strike: number, premium: number): number {
  return premium + Math.max(SHARE_OF_STOCK * spot - Math.max(0, strike - spot), LEAST_SHARE * spot)
}

function shortPutSide(spot: number, strike: number, premium: number): number {
  return premium + Math.max(SHARE_OF_STOCK * spot - Math.max(0, spot - strike), LEAST_SHARE * strike)
}

const atLeastNothing = (dollars: number): number => Math.max(0, dollars)
