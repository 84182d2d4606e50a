import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import { draw } from './draws.ts'

/** Every trouble that can be ordered, with what it does; names as they stand in `--faults`. */
export const FAULTS = {
  html: 'a maintenance page with status 200',
  half: 'the first half of the answer, as if it were whole',
  empty: 'an empty body',
  null: 'null',
  'text-null': 'the text "null"',
  reset: 'the connection is reset before an answer',
  drop: 'the connection is reset in the middle of the answer',
  hang: 'no answer',
  slow: 'an answer of one byte a second',
  '500': 'status 500',
  '503': 'status 503 with Retry-After',
  '401': 'status 401, as for a token that has expired',
  '429': 'status 429, as past the rate limit',
  fault: 'a fault of the gateway with status 200',
  errors: 'an error of the API with status 200',
  text: 'the sentence "Invalid parameter, …"',
  redirect: 'a redirect to another host',
  gzip: 'a compressed body that is broken',
  'wrong-ticker': 'contracts and quotes of another ticker',
  expired: 'dates of a year ago',
  huge: 'every third price is 1e300',
  nan: 'every third price is the text "NaN"',
  'bare-nan': 'every third price is NaN, which is no JSON',
} as const

export type FaultName = keyof typeof FAULTS

export interface Fault {
  readonly name: FaultName
  /** Upper case; null for all tickers. */
  readonly ticker: string | null
  /** From 0 to 1. */
  readonly probability: number
}

const MOST_FAULTS = 100
const FLAG = '--faults'

/**
 * The faults of `html=0.01,reset@AAPL=1`: name, ticker where it is for one alone, probability from 0 to 1.
 * @throws flag_bad_value
 */
export function parseFaults(spec: string): Fault[] {
  if (spec.trim() === '') return []
  const parts = spec.split(',')
  if (parts.length > MOST_FAULTS) throw refuse(`${parts.length} entries`, `at most ${MOST_FAULTS} of them`)
  return parts.map(parseFault)
}

function parseFault(part: string): Fault {
  const [, name = '', ticker, text = ''] = /^([^@=]*)(?:@([^=]*))?=(.*)$/.exec(part.trim()) ?? []
  if (name === '') throw refuse(JSON.stringify(part.slice(0, 60)), 'a name and a probability, as in html=0.01 or reset@AAPL=1')
  if (!isFaultName(name)) throw refuse(JSON.stringify(name.slice(0, 60)), `one of ${Object.keys(FAULTS).join(', ')}`)
  if (ticker !== undefined && !/^[A-Za-z][A-Za-z0-9./-]{0,11}$/.test(ticker)) throw refuse(JSON.stringify(ticker.slice(0, 60)), 'a ticker, as in reset@AAPL=1')
  const probability = /^(?:\d+\.?\d*|\.\d+)(?:e-?\d{1,3})?$/i.test(text) ? Number(text) : Number.NaN
  if (!(probability >= 0 && probability <= 1)) throw refuse(JSON.stringify(text.slice(0, 60)), `a probability from 0 to 1, as in ${name}=0.01`)
  return { name, ticker: ticker === undefined ? null : spelling(ticker), probability }
}

const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name)

/** `BRK.B` and `BRK-B` are `BRK/B`. */
const spelling = (ticker: string): string => ticker.toUpperCase().replace(/[.-]/, '/')

const refuse = (value: string, allowed: string): StrikescanError =>
  new StrikescanError('flag_bad_value', { flag: FLAG, value, allowed, hint: 'Separate several by commas: --faults html=0.01,reset@AAPL=1.' })

/**
 * The fault that the nth request of one kind meets, null where it goes well: the first of the list that its draw calls for.
 * `kind` is what the request asks for, `tickers` those it names.
 */
export function chooseFault(faults: readonly Fault[], seed: number, kind: string, tickers: readonly string[], nth: number): FaultName | null {
  const named = new Set(tickers.map(spelling))
  const met = faults.find(({ name, ticker, probability }, at) => (ticker === null || named.has(ticker)) && draw(seed, `fault ${at} ${name} ${kind} ${nth}`) < probability)
  return met?.name ?? null
}
