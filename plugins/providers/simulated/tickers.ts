import type { RandomStream } from './random.ts'
import { streamOf } from './random.ts'
import { SECTORS, WELL_KNOWN_FUNDS, WELL_KNOWN_STOCKS } from './well-known.ts'

/** Without I and U, which keeps most English words, rude ones among them, out of the list. */
const LETTERS = 'ABCDEFGHJKLMNOPQRSTVWXYZ'
/** Texts that spreadsheet and data-frame tools read as a missing value or a truth value. */
const MISREAD = new Set(['NA', 'NAN', 'NO', 'YES', 'ON', 'OFF', 'N', 'Y'])

/** The tickers of a market, most prominent first; a longer list starts with every shorter one of the same seed. */
export function listTickers(seed: number, count: number): string[] {
  const taken = new Set<string>()
  for (const symbol of prominent()) {
    if (taken.size >= count) break
    taken.add(symbol)
  }
  const reserved = new Set(prominent())
  const random = streamOf(seed, '/tickers')
  while (taken.size < count) {
    const symbol = drawTicker(random)
    if (!reserved.has(symbol) && !MISREAD.has(symbol)) taken.add(symbol)
  }
  return [...taken]
}

/** Index funds first, then the best known stocks, then the remaining funds. */
function prominent(): string[] {
  const funds = WELL_KNOWN_FUNDS.map(([symbol]) => symbol)
  return [...funds.slice(0, 3), ...WELL_KNOWN_STOCKS.map(([symbol]) => symbol), ...funds.slice(3)]
}

/** Lengths about as among listed US stocks. */
function drawTicker(random: RandomStream): string {
  const pick = random.uniform()
  const length = pick < 0.002 ? 1 : pick < 0.045 ? 2 : pick < 0.42 ? 3 : 4
  let symbol = ''
  for (let index = 0; index < length; index++) symbol += LETTERS[random.below(LETTERS.length)]
  return symbol
}

const STARTS = ['Al', 'Ar', 'Bel', 'Bri', 'Cal', 'Cor', 'Den', 'Dor', 'El', 'Fair', 'Gal', 'Gran', 'Har', 'Hol', 'Iron', 'Kes', 'Lan', 'Lark', 'Mar', 'Mer', 'Nor', 'Oak', 'Or', 'Pen', 'Quin', 'Red', 'Ros', 'Sal', 'Sil', 'Stan', 'Tal', 'Tor', 'Val', 'Ver', 'Wel', 'Win', 'Zen']
const ENDS = ['bridge', 'brook', 'by', 'cott', 'dale', 'den', 'field', 'ford', 'gate', 'ham', 'haven', 'land', 'ley', 'mark', 'mont', 'more', 'nova', 'ora', 'ridge', 'stead', 'ton', 'vale', 'vera', 'wick', 'wood', 'worth']
const TRADES: Record<(typeof SECTORS)[number], readonly string[]> = {
  Technology: ['Systems', 'Software', 'Semiconductor', 'Networks', 'Data'],
  'Communication Services': ['Media', 'Communications', 'Interactive', 'Broadcasting'],
  'Consumer Discretionary': ['Brands', 'Retail', 'Motors', 'Restaurants', 'Leisure'],
  'Consumer Staples': ['Foods', 'Beverages', 'Household', 'Grocers'],
  Financials: ['Bancorp', 'Capital', 'Insurance Group', 'Financial'],
  'Health Care': ['Therapeutics', 'Biosciences', 'Medical', 'Pharma'],
  Industrials: ['Industries', 'Logistics', 'Aerospace', 'Engineering'],
  Energy: ['Energy', 'Petroleum', 'Drilling', 'Midstream'],
  Materials: ['Mining', 'Chemicals', 'Metals', 'Packaging'],
  'Real Estate': ['Realty Trust', 'Properties', 'Land Trust'],
  Utilities: ['Power', 'Gas & Electric', 'Water'],
}

/** An invented company name that fits the sector. Two companies may share one. */
export function drawName(random: RandomStream, sector: (typeof SECTORS)[number]): string {
  const trades = TRADES[sector]
  return `${STARTS[random.below(STARTS.length)]}${ENDS[random.below(ENDS.length)]} ${trades[random.below(trades.length)]}`
}
