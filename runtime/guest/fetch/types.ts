import type { ChainAnswer } from '../../worker/chain-answer.ts'
import type { NewsWish } from '../../worker/news-ask.ts'
import type { Content } from '../web/body.ts'

/** Daily bars of one symbol, oldest first, nothing after the as-of day; `day` is days since 1970-01-01. */
export interface GuestBars {
  readonly length: number
  readonly day: Int32Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** The market data that answers are made from. */
export interface GuestMarket {
  /** Everything up to and including the as-of day; earlier bars than those of `fromDay` may be left out, and all where none is as late. Null for an unknown symbol. */
  bars(symbol: string, fromDay?: number): GuestBars | null
  symbols(): readonly string[]
  readonly asOfDay: number
  /** Days with trading up to the as-of day, ascending. */
  sessions(): Int32Array
  /** Whether the exchange trades on a day; left out, past days come from `sessions` and later weekdays count. */
  isSession?(day: number): boolean
  /** Fields of vendors' answers that daily bars do not hold, and that the text of the script reads. */
  readonly fieldsRead?: readonly string[]
  /** What there is of a ticker's options up to the as-of day: the list of expirations, or the chain of one (ISO date). */
  askChain?(ticker: string, expiration: string): ChainAnswer
  /** News up to the as-of day's close: the text of a NewsAnswer. */
  askNews?(wish: NewsWish): string
  /** Reports something the user should know to the host, which counts it by code and text. */
  note(code: string, text: string): void
}

/** A market that lacks nothing, as the handlers need it. */
export interface ApiMarket extends GuestMarket {
  isSession(day: number): boolean
  readonly fieldsRead: readonly string[]
  askChain(ticker: string, expiration: string): ChainAnswer
  askNews(wish: NewsWish): string
}

/** An HTTP request to a market-data API, taken apart. */
export interface ApiRequest {
  readonly method: string
  /** Lower case, without port. */
  readonly host: string
  /** Percent-decoded parts of the path between slashes, an internal list; `/v2/x/` gives `v2`, `x`. */
  readonly segments: readonly string[]
  readonly path: string
  /** The first value of a query parameter, null where it is not there. */
  query(name: string): string | null
  /** The text of the body, empty without one. */
  readonly body: string
  /** The whole URL without fragment. */
  readonly url: string
  /** Virtual time in epoch milliseconds. */
  readonly now: number
}

/** What an API answers; `headers` are added to the content type that the content implies. */
export interface ApiAnswer {
  readonly status: number
  readonly content: Content
  /** Media type of the content. */
  readonly type: string
  /** Name and value by turns; null where the API sends none of its own. */
  readonly headers: readonly string[] | null
}

/** A market-data API: a pure function of a request and the market. */
export type ApiHandler = (request: ApiRequest, market: ApiMarket) => ApiAnswer

/** A JSON answer; `make` builds a fresh value at each call. */
export function jsonAnswer(status: number, make: () => unknown, headers: readonly string[] | null = null): ApiAnswer {
  return { status, content: { kind: 'value', make }, type: 'application/json', headers }
}

export function textAnswer(status: number, text: string, type = 'text/plain'): ApiAnswer {
  return { status, content: { kind: 'text', text }, type, headers: null }
}
