import { mkdtempSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { OptionContract } from '../../../../../sdk/options/chain.ts'
import { ChainStore } from '../../../../../runtime/market/chains/chain-store.ts'
import { atEnd } from '../../../../at-end.ts'

/** A new folder, gone with those of the test's file. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'strikescan-chains-'))
}

/** A store in a new folder, closed after the test. */
export function newStore(home = newFolder()): ChainStore {
  const store = ChainStore.open(home)
  atEnd(() => store.close())
  return store
}

/** Writes a file (its name may have folders) into a new folder and gives its path. */
export function fileOf(name: string, content: string | Uint8Array, folder = newFolder()): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

/** All contracts that a store has of a ticker as of a date. */
export function contractsOf(store: ChainStore, ticker: string, asOf: string | null = null): OptionContract[] {
  const recorded = store.source()?.newest(ticker, asOf)
  return (recorded?.expirations ?? []).flatMap((expiration) => [...recorded!.chain(expiration)!.contracts])
}

/** Made for these tests, in the layouts that the recorders write. */
export const CBOE_HEADER =
  'root,expiration,dte,type,strike,option,bid,ask,mid,last_trade_price,change,percent_change,volume,open_interest,iv,delta,gamma,vega,theta,rho,theo,open,high,low,prev_day_close,tick,last_trade_time,bid_size,ask_size'

export function cboeRow(occ: string, values: { bid?: string; ask?: string; iv?: string; type?: string; strike?: string; expiration?: string; root?: string; traded?: string; volume?: string } = {}): string {
  const match = /^([A-Z0-9]+?)(\d\d)(\d\d)(\d\d)([CP])(\d{8})$/.exec(occ)!
  const { bid = '1.1', ask = '1.2', iv = '0.0', type = match[5] === 'C' ? 'Call' : 'Put', strike = String(Number(match[6]) / 1000), root = match[1], traded = '2026-08-07T15:20:00', volume = '5.0' } = values
  const { expiration = `20${match[2]}-${match[3]}-${match[4]}` } = values
  return `${root},${expiration},7,${type},${strike},${occ},${bid},${ask},1.15,1.14,0.1,1,${volume},70.0,${iv},0.5,0.01,0.2,-0.03,0.04,1.15,0,0,0,1,up,${traded},11.0,12.0`
}

export const EQUITIES_HEADER =
  'contractSymbol,type,expiration,strike,lastTradeDate,lastTradeDateEDT,lastPrice,bid,ask,change,percentChange,volume,openInterest,impliedVolatility,inTheMoney,contractSize,currency,tenor_days,snap_date,max_tenor_for_strike,spot_price,relative_strike'

export const ETFS_HEADER = 'contractSymbol,expiry,type,strike,lastPrice,bid,ask,volume,openInterest,impliedVolatility,inTheMoney,lastTradeDate,spot,session'

export const LEAN_HEADER = '#expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility,delta,gamma,vega,theta,rho'
