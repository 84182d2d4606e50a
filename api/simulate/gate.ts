import { chooseFault, type Fault, type FaultName } from './faults.ts'
import { faultBody, type Message } from './damage.ts'
import { draw } from './draws.ts'
import { RateWindows, type RateState } from './rate-windows.ts'
import { tickersOf, type Asked } from './routes.ts'

export interface GateOptions {
  /** Requests a minute for one token; null for no limit. */
  readonly rate: number | null
  /** The only token that is let in; null for any. */
  readonly token: string | null
  readonly faults: readonly Fault[]
  /** Of the latency's jitter and of the faults. */
  readonly seed: number
  readonly latencyMs: number
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** What a request brings beside what it asks for. */
export interface Visitor {
  readonly authorization: string | undefined
  readonly accept: string | undefined
}

export type Admission =
  | { readonly admitted: false; readonly message: Message; readonly latencyMs: number }
  | { readonly admitted: true; readonly fault: FaultName | null; readonly headers: Readonly<Record<string, string>>; readonly latencyMs: number }

/** Kinds of request whose numbers are kept; beyond, counting starts over. */
const MOST_KINDS = 200_000
/** Latency varies by this fraction to either side. */
const JITTER = 0.1
const JSON_TYPE = { 'Content-Type': 'application/json;charset=UTF-8' }
const NOT_JSON = 'This server speaks JSON alone, where Tradier would answer in XML: send "Accept: application/json".'

/** Stands before the market: token, rate window, and what goes wrong with which request. */
export class Gate {
  readonly #options: GateOptions
  readonly #windows: RateWindows | null
  readonly #numbers = new Map<string, number>()

  constructor(options: GateOptions) {
    this.#options = options
    this.#windows = options.rate === null ? null : new RateWindows(options.rate, options.now)
  }

  admit(asked: Asked, visitor: Visitor): Admission {
    const { faults, seed } = this.#options
    const token = /^Bearer +(\S+)$/i.exec(visitor.authorization ?? '')?.[1] ?? null
    if (token === null || (this.#options.token !== null && token !== this.#options.token)) {
      return this.#refuse(401, faultBody('Invalid Access Token', 'keymanagement.service.invalid_access_token'), JSON_TYPE)
    }
    const state = this.#windows?.take(token) ?? null
    const headers = state === null ? {} : rateHeaders(state)
    if (state?.granted === false) return this.#refuse(429, faultBody('Quota Violation', 'policies.ratelimit.QuotaViolation'), { ...JSON_TYPE, ...headers })
    if (!/\bapplication\/json\b/i.test(visitor.accept ?? '')) return this.#refuse(406, NOT_JSON, { 'Content-Type': 'text/plain', ...headers })

    const tickers = tickersOf(asked.query)
    const kind = `${asked.path} ${tickers.join(',')} ${asked.query.get('expiration') ?? ''}`
    const nth = this.#next(kind)
    return { admitted: true, fault: chooseFault(faults, seed, kind, tickers, nth), headers, latencyMs: this.#latency(`${kind} ${nth}`) }
  }

  #refuse(status: number, body: string, headers: Record<string, string>): Admission {
    return { admitted: false, message: { status, headers, body }, latencyMs: this.#latency('refusal') }
  }

  #next(kind: string): number {
    const nth = (this.#numbers.get(kind) ?? 0) + 1
    if (this.#numbers.size >= MOST_KINDS) this.#numbers.clear()
    this.#numbers.set(kind, nth)
    return nth
  }

  #latency(label: string): number {
    const { latencyMs, seed } = this.#options
    return latencyMs * (1 - JITTER + 2 * JITTER * draw(seed, `latency ${label}`))
  }
}

function rateHeaders({ allowed, used, expiry }: RateState): Record<string, string> {
  return {
    'X-Ratelimit-Allowed': String(allowed),
    'X-Ratelimit-Used': String(used),
    'X-Ratelimit-Available': String(allowed - used),
    'X-Ratelimit-Expiry': String(expiry),
  }
}
