import type { Profile } from '../profile.ts'
import type { RandomStream } from '../random.ts'
import type { Sector } from '../well-known.ts'

/** Continuous interest rate per year of the simulated market, for every maturity. */
export const SIMULATED_RATE = 0.04

/** What is known of a company beside its trading. */
export interface Company {
  /** Shares outstanding, in the share count of the market's last session. */
  readonly shares: number
  /** Continuous dividend yield per year. */
  readonly dividendYield: number
}

/** Shares outstanding in millions, in the order of magnitude of the real ones, and dividend yield in percent a year. */
const WELL_KNOWN: Readonly<Record<string, readonly [millions: number, yieldPercent: number]>> = {
  SPY: [1030, 1.1], QQQ: [660, 0.5], IWM: [300, 1.1], DIA: [87, 1.5], VTI: [1750, 1.2], VOO: [1250, 1.2], XLK: [340, 0.6], XLF: [980, 1.4], XLE: [300, 3.2], XLV: [260, 1.6], XLU: [250, 2.7],
  SMH: [100, 0.4], ARKK: [95, 0], EEM: [400, 2.3], TLT: [560, 4.1], HYG: [220, 5.6], GLD: [330, 0], SLV: [520, 0], USO: [14, 0], TQQQ: [290, 0.9], SQQQ: [150, 4.5],
  AAPL: [14_800, 0.4], MSFT: [7430, 0.7], NVDA: [24_300, 0.02], TSLA: [3220, 0], AMZN: [10_600, 0], GOOG: [5480, 0.35], GOOGL: [5820, 0.35], META: [2510, 0.3], AMD: [1620, 0], JPM: [2740, 1.9], NFLX: [4250, 0],
  AVGO: [4700, 0.7], INTC: [4380, 0], BAC: [7400, 2.1], WMT: [7970, 0.9], DIS: [1800, 0.9], V: [1930, 0.7], MA: [905, 0.5], XOM: [4260, 3.5], CVX: [2000, 4.4], PLTR: [2370, 0], COIN: [255, 0], UBER: [2090, 0],
  SOFI: [1190, 0], F: [3980, 5.2], GM: [950, 1], T: [7150, 3.9], VZ: [4220, 6.2], PFE: [5690, 6.8], MRK: [2500, 3.8], JNJ: [2410, 2.9], LLY: [945, 0.8], UNH: [906, 2.5], ABBV: [1770, 3], KO: [4300, 3],
  PEP: [1370, 3.9], PG: [2340, 2.7], COST: [443, 0.5], HD: [995, 2.3], LOW: [561, 1.8], NKE: [1480, 2.2], MCD: [714, 2.4], SBUX: [1140, 2.9], BA: [756, 0], CAT: [469, 1.4], GE: [1060, 0.5], LMT: [233, 2.8],
  RTX: [1340, 1.7], HON: [635, 2.2], UPS: [848, 7.5], FDX: [236, 2.4], DAL: [653, 1.1], AAL: [660, 0], UAL: [324, 0], CCL: [1310, 0], ABNB: [613, 0], SHOP: [1300, 0], CRM: [952, 0.7], ORCL: [2850, 0.7],
  ADBE: [419, 0], CSCO: [3960, 2.4], QCOM: [1080, 2.2], TXN: [909, 3], MU: [1120, 0.3], IBM: [931, 2.6], NOW: [207, 0], SNOW: [334, 0], PANW: [669, 0], CRWD: [250, 0], NET: [348, 0], SMCI: [594, 0], MSTR: [287, 0],
  RIVN: [1220, 0], NIO: [2200, 0], BABA: [2390, 0.6], TSM: [5190, 1.1], ARM: [1060, 0], PYPL: [955, 0], SQ: [610, 0], HOOD: [889, 0], GS: [303, 1.7], MS: [1600, 2.4], WFC: [3200, 2], C: [1840, 2.4],
  SCHW: [1810, 1.2], BLK: [155, 1.9], GME: [448, 0], AMC: [513, 0], SNAP: [1690, 0], ROKU: [147, 0], RBLX: [695, 0], MARA: [370, 0], RIOT: [370, 0], PLUG: [1160, 0], LCID: [307, 0], CMG: [1340, 0],
  BKNG: [32.4, 0.7], OXY: [984, 2], SLB: [1490, 3.3], FCX: [1440, 0.7], NEM: [1100, 1.3], LIN: [469, 1.3], O: [914, 5.4], AMT: [468, 3.5], NEE: [2060, 3.2], DUK: [778, 3.5],
}

/** Chance that a company pays a dividend, and the mean yield of those that do in percent, by sector. */
const DIVIDENDS: Readonly<Record<Sector, readonly [chance: number, percent: number]>> = {
  Technology: [0.25, 0.9],
  'Communication Services': [0.3, 2.2],
  'Consumer Discretionary': [0.45, 1.7],
  'Consumer Staples': [0.7, 2.6],
  Financials: [0.8, 2.8],
  'Health Care': [0.15, 1.6],
  Industrials: [0.6, 1.5],
  Energy: [0.6, 3.6],
  Materials: [0.6, 2],
  'Real Estate': [0.85, 4.6],
  Utilities: [0.95, 3.4],
  Fund: [0.8, 1.8],
}

/** Sessions of usual trading that turn the whole company over: 70 to 700, as US stocks do. */
const TURNOVER_SESSIONS = { from: 70, to: 700 } as const

/** Draws share count and dividend yield; `usualVolume` in shares a session, in the share count of the market's last session. */
export function drawCompany(random: RandomStream, { symbol, sector, lastPrice }: Profile, usualVolume: number): Company {
  const sessions = TURNOVER_SESSIONS.from * Math.pow(TURNOVER_SESSIONS.to / TURNOVER_SESSIONS.from, random.uniform())
  const [chance, percent] = DIVIDENDS[sector]
  const pays = random.chance(lastPrice < 5 ? chance / 4 : chance)
  const drawnYield = percent * random.between(0.3, 1.7)
  const known = WELL_KNOWN[symbol]
  if (known) return { shares: known[0] * 1e6, dividendYield: known[1] / 100 }
  return { shares: Math.max(Math.round(usualVolume * sessions), 1_000_000), dividendYield: pays ? drawnYield / 100 : 0 }
}
