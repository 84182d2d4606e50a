import type { FaultName } from './faults.ts'
import type { Reply } from './routes.ts'

/** What goes over the wire. */
export interface Message {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How it goes: whole, byte by byte, cut off in its middle, not at all with the connection reset, or never. */
export type Delivery = { readonly way: 'whole' | 'slow' | 'drop'; readonly message: Message } | { readonly way: 'reset' } | { readonly way: 'hang' }

const JSON_TYPE = { 'Content-Type': 'application/json;charset=UTF-8' }
const MAINTENANCE_PAGE = '<!DOCTYPE html>\n<html><head><title>Site Maintenance</title></head><body><h1>We&rsquo;ll be back soon!</h1></body></html>\n'
const RETRY_SECONDS = '1'
/** Stands for a number that JSON cannot write until the document is text. */
const BARE_NAN = '\u0001NaN'
const DAMAGED_ONE_IN = 3
const YEAR_MS = 365 * 86_400_000

/** A fault of Tradier's gateway. */
export function faultBody(text: string, code: string): string {
  return JSON.stringify({ fault: { faultstring: text, detail: { errorcode: code } } })
}

/** The answer as it is. */
function messageOf({ status, content }: Reply): Message {
  return typeof content === 'string'
    ? { status, headers: { 'Content-Type': 'text/plain;charset=UTF-8' }, body: content }
    : { status, headers: JSON_TYPE, body: JSON.stringify(content) }
}

/** A whole message of text or JSON. */
function said(status: number, body: string, headers: Record<string, string> = JSON_TYPE): Delivery {
  return { way: 'whole', message: { status, headers, body } }
}

const ofReply = (change: (message: Message) => Delivery) => (reply: Reply): Delivery => change(messageOf(reply))
const changed = (change: (content: unknown) => unknown) => (reply: Reply): Delivery => ({ way: 'whole', message: messageOf({ ...reply, content: change(reply.content) }) })

const DAMAGE: Readonly<Record<FaultName, (reply: Reply) => Delivery>> = {
  html: () => said(200, MAINTENANCE_PAGE, { 'Content-Type': 'text/html' }),
  half: ofReply((message) => ({ way: 'whole', message: { ...message, body: message.body.slice(0, message.body.length / 2) } })),
  empty: () => said(200, ''),
  null: () => said(200, 'null'),
  'text-null': () => said(200, '"null"'),
  reset: () => ({ way: 'reset' }),
  drop: ofReply((message) => ({ way: 'drop', message })),
  hang: () => ({ way: 'hang' }),
  slow: ofReply((message) => ({ way: 'slow', message })),
  '500': () => said(500, faultBody('Internal Server Error', 'messaging.adaptors.http.flow.UnexpectedError')),
  '503': () => said(503, faultBody('The Service is temporarily unavailable', 'messaging.adaptors.http.flow.ServiceUnavailable'), { ...JSON_TYPE, 'Retry-After': RETRY_SECONDS }),
  '401': () => said(401, faultBody('Access Token expired', 'keymanagement.service.access_token_expired')),
  '429': () => said(429, faultBody('Quota Violation', 'policies.ratelimit.QuotaViolation'), { ...JSON_TYPE, 'Retry-After': RETRY_SECONDS }),
  fault: () => said(200, faultBody('Unexpected EOF at target', 'messaging.adaptors.http.flow.UnexpectedEOFAtTarget')),
  errors: () => said(200, JSON.stringify({ errors: { error: 'The market data service is not available' } })),
  text: () => said(200, 'Invalid parameter, expiration: cannot be read.', { 'Content-Type': 'text/plain' }),
  redirect: () => said(302, '', { Location: 'https://maintenance.example/' }),
  gzip: ofReply((message) => ({ way: 'whole', message: { ...message, headers: { ...message.headers, 'Content-Encoding': 'gzip' } } })),
  'wrong-ticker': changed(ofAnotherTicker),
  expired: changed(aYearAgo),
  huge: changed((content) => withPrices(content, 1e300)),
  nan: changed((content) => withPrices(content, 'NaN')),
  'bare-nan': (reply) => {
    const message = messageOf({ ...reply, content: withPrices(reply.content, BARE_NAN) })
    return { way: 'whole', message: { ...message, body: message.body.replaceAll(JSON.stringify(BARE_NAN), 'NaN') } }
  },
}

/** What becomes of an answer that meets a fault. A fault of contents leaves an answer as it is that has none of the kind. */
export function deliveryOf(reply: Reply, fault: FaultName | null): Delivery {
  return fault === null ? { way: 'whole', message: messageOf(reply) } : DAMAGE[fault](reply)
}

type Contract = Record<string, unknown> & { symbol: string; expiration_date: string }

function mapContracts(content: unknown, change: (contract: Contract, at: number) => unknown): unknown {
  const option = (content as { options?: { option?: unknown } | null }).options?.option
  if (option === undefined) return content
  return { options: { option: Array.isArray(option) ? (option as Contract[]).map(change) : change(option as Contract, 0) } }
}

type Quote = Record<string, unknown> & { trade_date: number; bid_date: number; ask_date: number }

function mapQuotes(content: unknown, change: (quote: Quote, at: number) => unknown): unknown {
  const quotes = (content as { quotes?: { quote?: unknown } }).quotes
  if (quotes?.quote === undefined) return content
  const { quote } = quotes
  return { quotes: { ...quotes, quote: Array.isArray(quote) ? (quote as Quote[]).map(change) : change(quote as Quote, 0) } }
}

function ofAnotherTicker(content: unknown): unknown {
  const contracts = mapContracts(content, (contract) => ({ ...contract, underlying: 'ZZZZ', root_symbol: 'ZZZZ', symbol: `ZZZZ${contract.symbol.slice(-15)}` }))
  return mapQuotes(contracts, (quote) => ({ ...quote, symbol: 'ZZZZ', root_symbols: 'ZZZZ' }))
}

/** Bid and last price of every third contract or quote replaced. */
function withPrices(content: unknown, price: unknown): unknown {
  const damaged = (entry: Record<string, unknown>, at: number): unknown => (at % DAMAGED_ONE_IN === 0 ? { ...entry, bid: price, last: price } : entry)
  return mapQuotes(mapContracts(content, damaged), damaged)
}

function aYearAgo(content: unknown): unknown {
  // Every date of a document of expirations is one of expirations.
  if (Object.hasOwn(content as object, 'expirations')) return JSON.parse(JSON.stringify(content).replaceAll(/\d{4}-\d\d-\d\d/g, yearBefore))
  const quotes = mapQuotes(content, (quote) => ({ ...quote, trade_date: quote.trade_date - YEAR_MS, bid_date: quote.bid_date - YEAR_MS, ask_date: quote.ask_date - YEAR_MS }))
  return mapContracts(quotes, (contract) => {
    const date = yearBefore(contract.expiration_date)
    const root = contract.symbol.slice(0, -15)
    return { ...contract, expiration_date: date, symbol: `${root}${date.slice(2).replaceAll('-', '')}${contract.symbol.slice(-9)}` }
  })
}

/** The same day of the year before; February 28 for a leap day. */
function yearBefore(date: string): string {
  return `${Number(date.slice(0, 4)) - 1}${date.slice(4).replace('-02-29', '-02-28')}`
}
