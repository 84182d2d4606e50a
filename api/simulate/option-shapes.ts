import type { OptionChain, OptionContract } from '../../sdk/options/chain.ts'
import { draw } from './draws.ts'
import { oneOrMany } from './lists.ts'

/** One contract in so many has a `mid_iv` of 0 beside a `smv_vol`, as the vendor's have at times. */
const ZERO_MID_IV = 0.02
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const HOUR_MS = 3_600_000
const FRIDAY = 5

/** A chain as `{"options":{"option":…}}`: a bare object for one contract; for none null, or now and then the text `null`. */
export function chainDocument(chain: OptionChain, symbol: string, withGreeks: boolean): unknown {
  const { contracts } = chain
  if (contracts.length === 0) return { options: draw(0, `none ${symbol} ${chain.expiration}`) < 0.5 ? null : 'null' }
  const calls = new Map(contracts.filter(({ right }) => right === 'call').map((call) => [`${call.root} ${call.strike}`, call]))
  const entries = contracts.map((contract) => {
    const entry = contractEntry(contract, symbol)
    return withGreeks ? { ...entry, greeks: greeksOf(contract, calls.get(`${contract.root} ${contract.strike}`), chain.asOf) } : entry
  })
  return { options: { option: oneOrMany(entries) } }
}

function contractEntry(contract: OptionContract, symbol: string) {
  const { root, expiration, right, strike, bid, ask, last, volume, quotedAt } = contract
  const wasTraded = last !== null && (volume ?? 0) > 0
  const traded = wasTraded ? last : null
  return {
    symbol: contract.occ.replaceAll(' ', ''),
    description: `${root} ${spokenDate(expiration)} $${strike.toFixed(2)} ${right === 'call' ? 'Call' : 'Put'}`,
    exch: 'Z',
    type: 'option',
    last,
    change: wasTraded ? 0 : null,
    volume: volume ?? 0,
    open: traded,
    high: traded,
    low: traded,
    close: null,
    bid,
    ask,
    underlying: symbol,
    strike,
    change_percentage: wasTraded ? 0 : null,
    average_volume: 0,
    last_volume: wasTraded ? 1 : 0,
    trade_date: wasTraded ? (quotedAt ?? 0) : 0,
    prevclose: last,
    week_52_high: 0,
    week_52_low: 0,
    bidsize: contract.bidSize ?? 0,
    bidexch: 'Z',
    bid_date: quotedAt ?? 0,
    asksize: contract.askSize ?? 0,
    askexch: 'Z',
    ask_date: quotedAt ?? 0,
    open_interest: contract.openInterest ?? 0,
    contract_size: contract.multiplier,
    expiration_date: expiration,
    expiration_type: expirationType(expiration),
    option_type: right,
    root_symbol: root,
  }
}

/** Greeks as Tradier states them: a put has theta and rho of the call at its strike, and without a bid `mid_iv` is the ask's. */
function greeksOf(contract: OptionContract, call: OptionContract | undefined, asOf: number) {
  const { greeks, impliedVol, bid } = contract
  if (greeks === null && impliedVol === null) return null
  const ofStrike = call?.greeks ?? greeks
  const hasBid = bid !== null && bid > 0
  const vol = impliedVol ?? 0
  const isZero = draw(0, `mid_iv ${contract.occ}`) < ZERO_MID_IV
  return {
    delta: greeks?.delta ?? null,
    gamma: greeks?.gamma ?? null,
    theta: ofStrike?.theta ?? null,
    vega: greeks?.vega ?? null,
    rho: ofStrike?.rho ?? null,
    phi: 0,
    bid_iv: hasBid && !isZero ? vol * 0.98 : 0,
    mid_iv: isZero ? 0 : hasBid ? vol : vol * 1.02,
    ask_iv: isZero ? 0 : vol * 1.02,
    smv_vol: vol,
    // The full hour, in UTC without saying so.
    updated_at: new Date(greeks?.updatedAt ?? Math.floor(asOf / HOUR_MS) * HOUR_MS).toISOString().slice(0, 19).replace('T', ' '),
  }
}

export interface ListedExpiration {
  readonly date: string
  /** Ascending; null where they were not asked for. */
  readonly strikes: readonly number[] | null
}

/** Expirations as `{"expirations":{"date":…}}`, or with flags `{"expirations":{"expiration":…}}`; null for none. */
export function expirationsDocument(listed: readonly ListedExpiration[], flags: { contractSize: boolean; expirationType: boolean; strikes: boolean }): unknown {
  if (listed.length === 0) return { expirations: null }
  if (!flags.contractSize && !flags.expirationType && !flags.strikes) return { expirations: { date: oneOrMany(listed.map(({ date }) => date)) } }
  const entries = listed.map(({ date, strikes }) => ({
    date,
    ...(flags.contractSize ? { contract_size: 100 } : {}),
    ...(flags.expirationType ? { expiration_type: expirationType(date) } : {}),
    ...(strikes === null ? {} : { strikes: strikes.length === 0 ? null : { strike: oneOrMany(strikes) } }),
  }))
  return { expirations: { expiration: oneOrMany(entries) } }
}

/** `standard` on third Fridays; a monthly expiration that a holiday moves to Thursday is `weeklys`, as at Tradier. */
function expirationType(date: string): string {
  return isThirdFriday(date) ? 'standard' : 'weeklys'
}

/** True on the third Friday of a month. */
export function isThirdFriday(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`)
  return day.getUTCDay() === FRIDAY && day.getUTCDate() > 14 && day.getUTCDate() <= 21
}

function spokenDate(date: string): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  return `${MONTHS[month - 1]} ${day} ${year}`
}
