import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

import { loadStrategies } from '../../../../runtime/explore/strategies.ts'
import type { ExpirationSlice, OptionContract, OptionRight, StrategyMarket } from '../../../../sdk/index.ts'
import { europeanPriceAndGreeks } from '../../../../sdk/options/european.ts'
import { europeanImpliedVol } from '../../../../sdk/options/implied-vol.ts'
import { contractOf, quoted } from './chains.ts'
import { expectSound } from './invariants.ts'

const FOLDER = join(fileURLToPath(new URL('../../../../../', import.meta.url)), 'shared', 'data', 'option_chains')
const isThere = existsSync(FOLDER)

interface Line {
  readonly expiration: string
  readonly contract: OptionContract
  readonly delta: number | null
  readonly spot: number | null
}

interface Recording {
  readonly day: string
  readonly lines: readonly Line[]
}

function rows(path: string): Record<string, string>[] {
  const [head, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trim().split(/\r?\n/)
  const headers = head!.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, index) => [headers[index]!, cell])))
}

const number = (text: string | undefined): number | null => (text === undefined || text === '' ? null : Number(text))

function lineOf(right: OptionRight, expiration: string, cells: Record<string, string>, interest: string | undefined, root: string): Line {
  const delta = number(cells['delta'])
  const contract = contractOf(right, expiration, [Number(cells['strike']), number(cells['bid']), number(cells['ask']), delta, number(interest)], { root, volume: number(cells['volume']), style: root === 'VIX' ? 'european' : 'american' })
  return { expiration, contract, delta, spot: number(cells['spot']) }
}

const yahoo = (day: string, ticker: string): Recording => ({
  day,
  lines: rows(join(FOLDER, 'yahoo_etfs', day, `${ticker}.csv.gz`)).map((cells) => lineOf(cells['type'] === 'C' ? 'call' : 'put', cells['expiry']!, cells, cells['openInterest'], ticker)),
})

function cboe(file: string): Recording {
  const [, ticker, day] = /^(\w+)_chain_(\d{8})/.exec(file)!
  return {
    day: day!.replace(/(....)(..)(..)/, '$1-$2-$3'),
    lines: rows(join(FOLDER, 'cboe_delayed', file))
      .filter(({ root }) => root === ticker)
      .map((cells) => lineOf(cells['type'] === 'Call' ? 'call' : 'put', cells['expiration']!, cells, cells['open_interest'], ticker!)),
  }
}

/** Slices of a recording with the price they stand around: its own, else where call and put of one strike cost the same. */
function slicesOf({ day, lines }: Recording): { slice: ExpirationSlice; spot: number }[] {
  return [...Map.groupBy(lines, ({ expiration }) => expiration)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([expiration, listed]) => {
      const dte = Math.round((Date.parse(expiration) - Date.parse(day)) / 86_400_000)
      const ofType = (right: OptionRight) => listed.filter(({ contract }) => contract.right === right).map(({ contract }) => quoted(contract)).sort((one, other) => one.contract.strike - other.contract.strike)
      const slice = { expiration, dte, years: (dte + 0.5) / 365, calls: ofType('call'), puts: ofType('put') }
      const spot = listed[0]!.spot ?? parity(slice)
      return dte > 0 && spot !== null ? [{ slice, spot }] : []
    })
}

function parity({ calls, puts }: ExpirationSlice): number | null {
  const pairs = calls.flatMap(({ contract, mid }) => {
    const put = puts.find((other) => other.contract.strike === contract.strike)
    return mid === null || put === undefined || put.mid === null ? [] : [{ gap: Math.abs(mid - put.mid), forward: contract.strike + mid - put.mid }]
  })
  return pairs.sort((one, other) => one.gap - other.gap)[0]?.forward ?? null
}

function deltaIn(slices: readonly ExpirationSlice[], spot: number): StrategyMarket['delta'] {
  const known = new Map<string, number | null>()
  return (contract) => {
    const stated = contract.greeks!.delta
    if (stated !== null) return stated
    if (!known.has(contract.occ)) {
      const { years } = slices.find(({ expiration }) => expiration === contract.expiration)!
      const inputs = { spot, strike: contract.strike, years, rate: 0.04 }
      const { vol } = europeanImpliedVol(contract.right, { ...inputs, price: (contract.bid! + contract.ask!) / 2 })
      known.set(contract.occ, vol === null ? null : europeanPriceAndGreeks(contract.right, { ...inputs, vol }).delta)
    }
    return known.get(contract.occ)!
  }
}

const recordings: [string, () => Recording][] = isThere
  ? [
      ...readdirSync(join(FOLDER, 'yahoo_etfs')).flatMap((day) => ['SPY', 'QQQ', 'IWM'].map((ticker): [string, () => Recording] => [`${ticker} ${day}`, () => yahoo(day, ticker)])),
      ...readdirSync(join(FOLDER, 'cboe_delayed')).map((file): [string, () => Recording] => [file, () => cboe(file)]),
    ]
  : []

describe.skipIf(!isThere)('recorded chains (needs ../shared/data)', () => {
  it.each(recordings)('every strategy on every expiration of %s: legs that hold or a reason', async (_, read) => {
    const book = await loadStrategies()
    const dated = slicesOf(read())
    expect(dated.length).toBeGreaterThan(3)
    let positions = 0
    for (const [index, { slice, spot }] of dated.entries()) {
      const later = dated.slice(index + 1).map((entry) => entry.slice)
      const market: StrategyMarket = { ticker: 'TEST', spot, bias: index % 2 === 0 ? null : 'bearish', near: slice, later, delta: deltaIn([slice, ...later], spot) }
      for (const strategy of book.strategies) if (expectSound(strategy, market) !== null) positions++
    }
    expect(positions).toBeGreaterThan(dated.length * 5)
  })
})
