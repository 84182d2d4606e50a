import { americanImpliedVolOf, americanPriceAndGreeksInto, americanPriceOf, europeanImpliedVolOf, europeanPriceAndGreeksInto, GREEKS_LENGTH } from '../../../sdk/options/index.ts'
import { median } from '../measure/statistics.ts'
import { bookLine, makeBook, type OptionBook } from './book.ts'
import { startQuantLib, type QuantLibPeer } from './quantlib.ts'

export interface GreeksMeasure {
  readonly name: string
  readonly contracts: number
  /** Contracts a second on one core, by the median round. */
  readonly rate: number
  readonly goal: number | null
  /** QuantLib's rate on the same work, over fewer contracts of the same book; null where it takes no part. */
  readonly quantLibRate: number | null
}

export interface GreeksResult {
  readonly rounds: number
  readonly measures: GreeksMeasure[]
  /** The peer's version, null where it is absent. */
  readonly quantLib: string | null
  readonly skipped: string[]
}

export interface GreeksOptions {
  readonly contracts?: number
  readonly rounds?: number
  readonly withPeer?: boolean
  readonly onProgress?: (text: string) => void
}

interface Work {
  readonly name: string
  readonly goal: number | null
  /** How many of the contracts it goes through, so that a round takes about as long for each work. */
  readonly share: number
  /** The same work of the peer, and its share; the sums of its first results must agree within `tolerance`, per contract. */
  readonly peer: { readonly work: string; readonly share: number; readonly tolerance: number } | null
  /** Sum of results over the first contracts. */
  run(book: OptionBook, count: number): number
}

const out = new Float64Array(GREEKS_LENGTH)

const WORKS: readonly Work[] = [
  {
    name: 'European price and five Greeks',
    goal: 4e6,
    share: 1,
    peer: { work: 'greeks', share: 0.05, tolerance: 1e-9 },
    run: ({ right, spot, strike, years, vol, rate, dividendYield }, count) => {
      let sum = 0
      for (let place = 0; place < count; place++) {
        europeanPriceAndGreeksInto(right[place]!, spot[place]!, strike[place]!, years[place]!, vol[place]!, rate, dividendYield, out, 0)
        sum += out[0]!
      }
      return sum
    },
  },
  {
    name: 'European implied vol',
    goal: 8e5,
    share: 1,
    peer: { work: 'impliedVol', share: 0.05, tolerance: 1e-4 },
    run: ({ right, price, spot, strike, years, rate, dividendYield }, count) => {
      let sum = 0
      for (let place = 0; place < count; place++) sum += europeanImpliedVolOf(right[place]!, price[place]!, spot[place]!, strike[place]!, years[place]!, rate, dividendYield)
      return sum
    },
  },
  {
    name: 'American price',
    goal: 4e4,
    share: 0.05,
    peer: { work: 'american', share: 0.005, tolerance: 5e-3 },
    run: ({ right, spot, strike, years, vol, rate, dividendYield }, count) => {
      let sum = 0
      for (let place = 0; place < count; place++) sum += americanPriceOf(right[place] === 'call', spot[place]!, strike[place]!, years[place]!, vol[place]!, rate, dividendYield)
      return sum
    },
  },
  {
    name: 'American price and five Greeks',
    goal: null,
    share: 0.01,
    peer: null,
    run: ({ right, spot, strike, years, vol, rate, dividendYield }, count) => {
      let sum = 0
      for (let place = 0; place < count; place++) {
        americanPriceAndGreeksInto(right[place]!, spot[place]!, strike[place]!, years[place]!, vol[place]!, rate, dividendYield, out, 0)
        sum += out[0]!
      }
      return sum
    },
  },
  {
    name: 'American implied vol',
    goal: null,
    share: 0.01,
    peer: null,
    run: ({ right, price, spot, strike, years, rate, dividendYield }, count) => {
      let sum = 0
      // Somewhat above the European price, which an American option cannot be under.
      for (let place = 0; place < count; place++) sum += americanImpliedVolOf(right[place]!, price[place]! * 1.02 + 0.01, spot[place]!, strike[place]!, years[place]!, rate, dividendYield)
      return sum
    },
  },
]

/** Every work over one book, interleaved with QuantLib's round by round. Throws where both come to different results. */
export async function benchGreeks({ contracts = 1_000_000, rounds = 5, withPeer = true, onProgress = () => {} }: GreeksOptions = {}): Promise<GreeksResult> {
  const book = makeBook(contracts)
  const peer = withPeer ? startQuantLib() : null
  const times = WORKS.map((): { own: number[]; peer: number[] } => ({ own: [], peer: [] }))
  const countOf = (share: number): number => Math.max(1, Math.round(contracts * share))
  try {
    for (let round = -1; round < rounds; round++) {
      onProgress(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`)
      for (const [place, work] of WORKS.entries()) {
        const started = performance.now()
        work.run(book, countOf(work.share))
        const ms = performance.now() - started
        const peerMs = peer === null || work.peer === null ? null : await runPeer(peer, book, work, countOf(work.peer.share))
        if (round < 0) continue
        times[place]!.own.push(ms)
        if (peerMs !== null) times[place]!.peer.push(peerMs)
      }
    }
  } finally {
    peer?.end()
  }
  const rateOf = (count: number, ms: number[]): number => (count * 1000) / median(ms)
  return {
    rounds,
    quantLib: peer?.version ?? null,
    skipped: peer === null && withPeer ? ['QuantLib: no python3 here has it; on Debian, apt-get install quantlib-python'] : [],
    measures: WORKS.map(({ name, goal, share, peer: its }, place) => ({
      name,
      goal,
      contracts: countOf(share),
      rate: rateOf(countOf(share), times[place]!.own),
      quantLibRate: its === null || times[place]!.peer.length === 0 ? null : rateOf(countOf(its.share), times[place]!.peer),
    })),
  }
}

async function runPeer(peer: QuantLibPeer, book: OptionBook, { name, peer: its, run }: Work, count: number): Promise<number> {
  const { ms, sum } = await peer.ask(bookLine(book, count, its!.work))
  const own = run(book, count)
  if (!(Math.abs(own - sum) <= its!.tolerance * count)) throw new Error(`${name}: ${own} over ${count} contracts, and ${sum} by QuantLib`)
  return ms
}
