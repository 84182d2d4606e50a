import type { OptionRight, StrategyContract, StrategyMarket } from '../../../sdk/index.ts'
import { aroundTheMoney, eligible, listed, outOfTheMoney } from './eligible.ts'
import { wingWidth } from './expected-move.ts'
import { byDelta, byStrikesFromMoney, byWidth, ranked } from './rank.ts'
import { describeStrikes, isRefusal, refuse, type Refusal } from './refusal.ts'

/** Two strikes of one type and expiration. */
export interface Vertical {
  readonly long: StrategyContract
  readonly short: StrategyContract
}

/** Dollars between its strikes. */
export const widthOf = ({ long, short }: Vertical): number => Math.abs(long.contract.strike - short.contract.strike)

/**
 * A vertical that is paid for: long at the money, up to three strikes away; short beyond it at a delta of `shortDelta`;
 * the debit above zero and below the distance of the strikes.
 */
export function debitVertical(market: StrategyMarket, right: OptionRight, shortDelta: number): Vertical | Refusal {
  const { near, spot } = market
  const longs = eligible(market, near, right, aroundTheMoney(right, spot))
  if (isRefusal(longs)) return longs
  const all = listed(near, right)
  for (const { contracts } of ranked(byStrikesFromMoney(longs, all, spot), spot)) {
    const [long] = contracts
    const beyond = further(all, long, right).filter((short) => isBetweenZeroAndWidth(long, short))
    const best = ranked(byDelta(beyond, shortDelta, market), spot)[0]
    if (best !== undefined) return { long, short: best.contracts[0] }
  }
  return refusePair('debit', right, longs, all, market)
}

/**
 * A vertical that brings money: short strictly out of the money at a delta of `shortDelta`, long further out by about
 * `width`; the credit above zero and below the distance of the strikes.
 */
export function creditVertical(
  market: StrategyMarket,
  right: OptionRight,
  shortDelta: number,
  width = wingWidth(market.near, market.spot),
): Vertical | Refusal {
  const { near, spot } = market
  const shorts = eligible(market, near, right, outOfTheMoney(right, spot))
  if (isRefusal(shorts)) return shorts
  const all = listed(near, right)
  for (const { contracts } of ranked(byDelta(shorts, shortDelta, market), spot)) {
    const [short] = contracts
    const beyond = further(all, short, right).filter((long) => isBetweenZeroAndWidth(short, long))
    const best = ranked(byWidth(beyond, short.contract.strike, width), spot)[0]
    if (best !== undefined) return { long: best.contracts[0], short }
  }
  return refusePair('credit', right, shorts, all, market)
}

/** Tradable contracts further out than the anchor: higher calls, lower puts. */
function further(all: readonly StrategyContract[], { contract: anchor }: StrategyContract, right: OptionRight): StrategyContract[] {
  return all.filter(
    ({ contract, tradable, mid }) =>
      tradable &&
      mid !== null &&
      contract.multiplier === anchor.multiplier &&
      (right === 'call' ? contract.strike > anchor.strike : contract.strike < anchor.strike),
  )
}

/** Whether the difference of the middles is what a vertical can be worth: quotes of a disorderly market may say otherwise. */
function isBetweenZeroAndWidth(nearer: StrategyContract, further: StrategyContract): boolean {
  const difference = nearer.mid! - further.mid!
  return difference > 1e-9 && difference < Math.abs(nearer.contract.strike - further.contract.strike) - 1e-9
}

function refusePair(
  premium: 'debit' | 'credit',
  right: OptionRight,
  firsts: readonly StrategyContract[],
  all: readonly StrategyContract[],
  { near }: StrategyMarket,
): Refusal {
  const outward = right === 'call' ? 'above' : 'below'
  const outermost = all.at(right === 'call' ? -1 : 0)!
  const first = premium === 'debit' ? 'long' : 'short'
  if (firsts.every(({ contract }) => contract.strike === outermost.contract.strike)) {
    return refuse(
      'strikes',
      `no ${right} is listed ${outward} the only ${first} strike that can be traded, ${outermost.contract.strike}, among ${describeStrikes(all)} of ${near.expiration}`,
    )
  }
  const quoted = all.filter(({ tradable }) => tradable).length
  return refuse(
    'quotes',
    `no two-sided ${right} ${outward} a ${first} one among ${describeStrikes(firsts)} of ${near.expiration} makes a ${premium} between zero and the distance of the strikes; ${quoted} of ${all.length} ${right}s have a two-sided quote`,
  )
}
