import { StrikescanError } from '../../errors/strikescan-error.ts'
import type { ChainFormat } from './report.ts'

/** The fields of a contract as files have them. */
const CHAIN_FIELDS = [
  'ticker', 'asOf', 'occ', 'root', 'expiration', 'right', 'strike', 'bid', 'ask', 'bidSize', 'askSize', 'last', 'volume', 'openInterest',
  'impliedVol', 'delta', 'gamma', 'theta', 'vega', 'rho', 'greeksAt', 'quotedAt', 'tradedAt', 'underlyingPrice', 'multiplier', 'style',
  'settlement', 'adjusted',
] as const
export type ChainField = (typeof CHAIN_FIELDS)[number]

/** A layout of chain files. */
interface FormatDefinition {
  readonly name: ChainFormat
  /** Columns that together are found in files of this layout alone. */
  readonly signature: readonly string[]
  readonly columns: Partial<Record<ChainField, string>>
  /** By the vendor's own word. */
  readonly delayMinutes: number
  /** What the file's name has to say because no column does. */
  readonly needs: readonly ('ticker' | 'instant' | 'day')[]
  /** How such a file is named, for errors. */
  readonly named: string
}

/** The recorded layouts; `contracts` is any table whose columns are named or mapped. */
const FORMATS: readonly FormatDefinition[] = [
  {
    name: 'cboe_delayed',
    signature: ['option', 'last_trade_price', 'open_interest', 'theo', 'prev_day_close'],
    columns: {
      occ: 'option', root: 'root', expiration: 'expiration', right: 'type', strike: 'strike', bid: 'bid', ask: 'ask', bidSize: 'bid_size', askSize: 'ask_size',
      last: 'last_trade_price', volume: 'volume', openInterest: 'open_interest', impliedVol: 'iv', delta: 'delta', gamma: 'gamma', theta: 'theta', vega: 'vega',
      rho: 'rho', tradedAt: 'last_trade_time',
    },
    delayMinutes: 15,
    needs: ['instant'],
    named: 'AAPL_chain_20260807_194024.csv, with the capture time in UTC',
  },
  {
    name: 'yahoo_equities',
    signature: ['contractSymbol', 'snap_date', 'spot_price', 'tenor_days'],
    columns: {
      occ: 'contractSymbol', expiration: 'expiration', right: 'type', strike: 'strike', bid: 'bid', ask: 'ask', last: 'lastPrice', volume: 'volume',
      openInterest: 'openInterest', impliedVol: 'impliedVolatility', tradedAt: 'lastTradeDate', asOf: 'snap_date', underlyingPrice: 'spot_price', multiplier: 'contractSize',
    },
    delayMinutes: 15,
    needs: [],
    named: 'AAPL_2025-11-25.csv',
  },
  {
    name: 'yahoo_etfs',
    signature: ['contractSymbol', 'session', 'spot', 'expiry'],
    columns: {
      occ: 'contractSymbol', expiration: 'expiry', right: 'type', strike: 'strike', bid: 'bid', ask: 'ask', last: 'lastPrice', volume: 'volume',
      openInterest: 'openInterest', impliedVol: 'impliedVolatility', tradedAt: 'lastTradeDate', asOf: 'session', underlyingPrice: 'spot',
    },
    delayMinutes: 15,
    needs: [],
    named: 'SPY.csv',
  },
  {
    name: 'lean_eod_greeks',
    signature: ['#expiry', 'strike', 'right', 'implied_volatility', 'open_interest'],
    columns: {
      expiration: '#expiry', strike: 'strike', right: 'right', last: 'close', volume: 'volume', openInterest: 'open_interest', impliedVol: 'implied_volatility',
      delta: 'delta', gamma: 'gamma', vega: 'vega', theta: 'theta', rho: 'rho',
    },
    delayMinutes: 0,
    needs: ['ticker', 'day'],
    named: 'aapl_20140602.csv, or aapl/20140602.csv',
  },
]

const CONTRACTS: FormatDefinition = { name: 'contracts', signature: [], columns: {}, delayMinutes: 0, needs: [], named: 'SPY_2026-08-12.csv' }

/** Names that other tables give to the fields, lower case without punctuation, the preferred first. */
const SYNONYMS: Record<ChainField, readonly string[]> = {
  ticker: ['ticker', 'underlying', 'underlyingsymbol', 'underlyingticker', 'symbol'],
  asOf: ['asof', 'snapshot', 'snapshotat', 'capturedat', 'quotedate', 'datadate', 'tradedate', 'snapdate', 'session', 'date'],
  occ: ['occ', 'occsymbol', 'optionsymbol', 'contractsymbol', 'contract', 'option', 'osi', 'contractid'],
  root: ['root', 'rootsymbol', 'optionroot'],
  expiration: ['expiration', 'expirationdate', 'expiry', 'expirydate', 'expiredate', 'exdate'],
  right: ['right', 'optiontype', 'contracttype', 'callput', 'putcall', 'cpflag', 'cp', 'type'],
  strike: ['strike', 'strikeprice'],
  bid: ['bid', 'bidprice', 'bestbid'],
  ask: ['ask', 'askprice', 'bestoffer', 'offer'],
  bidSize: ['bidsize'],
  askSize: ['asksize'],
  last: ['last', 'lastprice', 'lasttradeprice', 'close'],
  volume: ['volume', 'tradevolume', 'vol'],
  openInterest: ['openinterest', 'oi', 'openint'],
  impliedVol: ['impliedvol', 'impliedvolatility', 'iv'],
  delta: ['delta'],
  gamma: ['gamma'],
  theta: ['theta'],
  vega: ['vega'],
  rho: ['rho'],
  greeksAt: ['greeksat', 'updatedat'],
  quotedAt: ['quotedat', 'quotetime', 'quotedatetime', 'quotereadtime'],
  tradedAt: ['tradedat', 'lasttradetime', 'lasttradedate'],
  underlyingPrice: ['underlyingprice', 'underlyinglast', 'spot', 'spotprice'],
  multiplier: ['multiplier', 'contractsize', 'sharespercontract'],
  style: ['style', 'exercisestyle'],
  settlement: ['settlement', 'settlementtype'],
  adjusted: ['adjusted'],
}

/** Where the fields stand in a record: positions from 0, -1 where there is none. */
export interface ChainPlan {
  readonly format: FormatDefinition
  readonly positions: Record<ChainField, number>
  /** The columns by name: a record with more or fewer is malformed. */
  readonly header: readonly string[]
}

/** Checks the field names of a map and the name of a format. */
export function checkChainOptions(map: Record<string, string>, format: string | undefined): void {
  for (const field of Object.keys(map)) {
    if (!CHAIN_FIELDS.includes(field as ChainField)) throw new StrikescanError('import_chain_field', { field, fields: CHAIN_FIELDS.join(', ') })
  }
  if (format !== undefined && definitionOf(format) === undefined) {
    throw new StrikescanError('import_chain_format_unknown', { format, formats: [...FORMATS, CONTRACTS].map(({ name }) => name).join(', ') })
  }
}

/**
 * Finds the layout of a table and where its fields stand.
 *
 * @param map field to column name, before what the layout says
 * @param wanted the layout that the caller names; null detects it
 */
export function planChainColumns(file: string, header: readonly string[], map: Record<string, string>, wanted: string | undefined): ChainPlan {
  const names = header.map((name) => name.trim())
  const format = wanted === undefined ? detect(names) : definitionOf(wanted)!
  const columns = names.map((name) => name || '(unnamed)').join(', ').slice(0, 300)
  // A column that the caller gives to one field is not found for another by its name.
  const given = new Set(Object.values(map))
  const free = names.map((name) => (given.has(name) ? '' : name))
  const positions = {} as Record<ChainField, number>
  for (const field of CHAIN_FIELDS) {
    const mapped = map[field]
    positions[field] = mapped === undefined ? positionOf(field, free, format) : names.indexOf(mapped)
    if (mapped !== undefined && positions[field] < 0) throw new StrikescanError('import_map_column', { file, field, column: mapped, columns })
    const same = mapped === undefined ? sameNamed(free, free[positions[field]], format) : names.filter((name) => name === mapped)
    if (same.length > 1) throw new StrikescanError('import_column_ambiguous', { file, field, columns: same.join(', ') })
  }
  const missing = missingFields(positions)
  if (missing.length === 0) return { format, positions, header: names }
  const identity = ['occ', 'strike', 'expiration', 'right'] as const
  if (wanted === undefined && identity.filter((field) => positions[field] >= 0).length < 2) {
    throw new StrikescanError('import_not_chains', { file, looksLike: `a table with the columns ${columns}`, mend: 'name its columns with a map if it does hold option contracts' })
  }
  throw new StrikescanError('import_columns_missing', { file, missing: missing.join(', '), missingFirst: missing[0]!, columns })
}

function definitionOf(name: string): FormatDefinition | undefined {
  return [...FORMATS, CONTRACTS].find((format) => format.name === name)
}

function detect(names: readonly string[]): FormatDefinition {
  return FORMATS.find(({ signature }) => signature.every((name) => names.includes(name))) ?? CONTRACTS
}

function positionOf(field: ChainField, names: readonly string[], format: FormatDefinition): number {
  if (format !== CONTRACTS) return names.indexOf(format.columns[field] ?? '\0')
  for (const synonym of SYNONYMS[field]) {
    const position = names.findIndex((name) => plain(name) === synonym)
    if (position >= 0) return position
  }
  return -1
}

/** All columns that go by the name of one. */
function sameNamed(names: readonly string[], wanted: string | undefined, format: FormatDefinition): string[] {
  const key = (name: string): string => (format === CONTRACTS ? plain(name) : name)
  return wanted === undefined ? [] : names.filter((name) => key(name) === key(wanted))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

function missingFields(positions: Record<ChainField, number>): ChainField[] {
  const missing = positions.occ >= 0 ? [] : (['expiration', 'right', 'strike'] as const).filter((field) => positions[field] < 0)
  return positions.bid < 0 && positions.ask < 0 && positions.last < 0 ? [...missing, 'bid', 'ask'] : missing
}
