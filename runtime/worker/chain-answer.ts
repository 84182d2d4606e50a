import type { OptionChain, OptionContract } from '../../sdk/options/chain.ts'

/** What a script wants to know of a ticker's options: what expirations there are, or the chain of one of them. */
export interface ChainAsk {
  ticker: string
  /** ISO date; null for the list of them. */
  expiration: string | null
}

/** Most characters of a ticker that is asked for. */
export const MAX_TICKER = 32

/** Most different questions for each row of a unit: all expirations of a ticker twice over. */
export const ASKS_PER_ROW = 200
/** The hooks before and after a batch may ask as many as a row. */
const HOOKS = 2

/** Most questions that a unit of so many rows comes to. */
export const mostAsks = (rows: number): number => ASKS_PER_ROW * (rows + HOOKS)

/** Where chains come from, and for when they stand. */
interface ChainOrigin {
  /** True where no market ever made these quotes. */
  readonly simulated: boolean
  /** Epoch milliseconds that the answer stands for. */
  readonly asOf: number
}

export type ChainAnswer =
  | { readonly kind: 'none'; readonly reason: 'no_source' | 'unknown_ticker' | 'failed'; readonly message: string }
  | (ChainOrigin & { readonly kind: 'expirations'; readonly dates: readonly string[] })
  | (ChainOrigin & {
      readonly kind: 'chain'
      readonly price: number | null
      readonly delayMinutes: number
      readonly contracts: ContractColumns
    })

type Numbers = readonly (number | null)[]

/** The contracts of a chain by column, each as long as `occ`; a fifth of what objects would take. */
export interface ContractColumns {
  /** Without spaces, such as `AAPL261218C00150000`. */
  readonly occ: readonly string[]
  readonly root: readonly string[]
  readonly isCall: readonly boolean[]
  readonly isEuropean: readonly boolean[]
  readonly strike: readonly number[]
  readonly multiplier: readonly number[]
  readonly bid: Numbers
  readonly ask: Numbers
  readonly bidSize: Numbers
  readonly askSize: Numbers
  readonly last: Numbers
  readonly volume: Numbers
  readonly openInterest: Numbers
  readonly impliedVol: Numbers
  readonly delta: Numbers
  readonly gamma: Numbers
  readonly theta: Numbers
  readonly vega: Numbers
  readonly rho: Numbers
  readonly quotedAt: Numbers
}

/** A chain as it travels to a worker. */
export function chainAnswer(chain: OptionChain, simulated: boolean): ChainAnswer {
  const { contracts, asOf, delayMinutes } = chain
  const column = <T,>(read: (contract: OptionContract) => T): T[] => contracts.map(read)
  return {
    kind: 'chain',
    simulated,
    asOf,
    price: chain.underlyingPrice,
    delayMinutes,
    contracts: {
      occ: column(({ occ }) => occ.replaceAll(' ', '')),
      root: column(({ root }) => root),
      isCall: column(({ right }) => right === 'call'),
      isEuropean: column(({ style }) => style === 'european'),
      strike: column(({ strike }) => strike),
      multiplier: column(({ multiplier }) => multiplier),
      bid: column(({ bid }) => bid),
      ask: column(({ ask }) => ask),
      bidSize: column(({ bidSize }) => bidSize),
      askSize: column(({ askSize }) => askSize),
      last: column(({ last }) => last),
      volume: column(({ volume }) => volume),
      openInterest: column(({ openInterest }) => openInterest),
      impliedVol: column(({ impliedVol }) => impliedVol),
      delta: column(({ greeks }) => greeks?.delta ?? null),
      gamma: column(({ greeks }) => greeks?.gamma ?? null),
      theta: column(({ greeks }) => greeks?.theta ?? null),
      vega: column(({ greeks }) => greeks?.vega ?? null),
      rho: column(({ greeks }) => greeks?.rho ?? null),
      quotedAt: column(({ quotedAt }) => quotedAt),
    },
  }
}
