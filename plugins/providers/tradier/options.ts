import { ProviderOptionError } from '../../../sdk/market.ts'

/** Options of the Tradier provider. */
export interface TradierOptions {
  /** Where the API answers; default `https://api.tradier.com`. The `/v1` that the vendor's pages end it with may stand there. Plain `http` only for this machine itself: the token would be readable. */
  baseUrl?: string
  /** The access token of the account. */
  token: string
  /** True where what answers at `baseUrl` makes its quotes up; default: true for an address of this machine itself. */
  simulated?: boolean
  /** Epoch milliseconds; default the clock of this machine. */
  clock?: () => number
}

export interface CheckedOptions {
  /** Without a slash or `/v1` at its end. */
  readonly baseUrl: string
  readonly host: string
  readonly token: string
  readonly simulated: boolean
  readonly clock: () => number
}

const LIVE = 'https://api.tradier.com'
const KNOWN = ['baseUrl', 'token', 'simulated', 'clock']
const LONGEST_TOKEN = 4_096

/** @throws ProviderOptionError; its message never holds the token */
export function checkOptions(options: TradierOptions): CheckedOptions {
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name))
  if (unknown !== undefined) throw refuse(unknown, 'is not known', `Use ${KNOWN.join(', ')}.`)
  const { baseUrl = LIVE, token, clock = Date.now } = options
  const address = readAddress(baseUrl)
  const { simulated = isThisMachine(address.hostname) } = options
  if (typeof token !== 'string' || token === '') throw refuse('token', 'is missing', 'Give the access token of a Tradier account.')
  // What a header cannot carry would be refused with the token in the message.
  if (!/^[\x21-\x7e]+$/.test(token) || token.length > LONGEST_TOKEN) throw refuse('token', 'holds characters that no token has', 'Give the access token alone, without blanks, quotes or line ends.')
  if (typeof simulated !== 'boolean') throw refuse('simulated', 'is neither true nor false', 'Leave it out to go by the address.')
  if (typeof clock !== 'function') throw refuse('clock', 'is no function', 'Leave it out for the clock of this machine.')
  return { baseUrl: address.href.replace(/(?:\/v1)?\/*$/, ''), host: address.hostname, token, simulated, clock }
}

function readAddress(text: unknown): URL {
  const address = typeof text === 'string' && URL.canParse(text) ? new URL(text) : null
  if (address === null || !/^https?:$/.test(address.protocol)) throw refuse('baseUrl', 'is no web address', `Give one such as ${LIVE} or https://sandbox.tradier.com.`)
  if (address.username !== '' || address.password !== '') throw refuse('baseUrl', 'holds a user name or password', 'Give the address alone; the token goes by itself.')
  if (address.search !== '' || address.hash !== '') throw refuse('baseUrl', 'holds a query or a fragment', `Give one such as ${LIVE}.`)
  if (address.protocol === 'http:' && !isThisMachine(address.hostname)) {
    throw refuse('baseUrl', 'is an http address of another machine, to which the token would go readable by all on the way', 'Give the https address.')
  }
  return address
}

export function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

function refuse(option: string, what: string, hint: string): ProviderOptionError {
  return new ProviderOptionError('tradier', option, what, hint)
}
