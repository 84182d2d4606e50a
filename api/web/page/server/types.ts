import type { z } from 'zod'

import type { Row, Run, RunEvent } from '../../../../runtime/host.ts'
import type { chain, market, symbolPage } from '../../../schemas/market.ts'
import type { preview } from '../../../schemas/run.ts'
import type { scanner } from '../../../schemas/scanner.ts'
import type { LiveMessage } from '../../../live/coalesce.ts'

/** What the server answers with, by the schemas that it answers by. */
export type { LiveMessage, Row, Run, RunEvent }
export type Scanner = z.infer<typeof scanner>
export type Diagnostic = Scanner['diagnostics'][number]
export type Market = z.infer<typeof market>
export type SymbolPage = z.infer<typeof symbolPage>
export type Preview = z.infer<typeof preview>
export type ChainAnswer = z.infer<typeof chain>
export type RowStatus = Row['status']
export type RunStatus = Run['status']
export type Ledger = Run['ledger']
export type Funnel = NonNullable<Run['prefilter']>
/** What a symbol and date may be shown as while a run is under way. */
export type CellStatus = RowStatus | 'running'
export interface Bar {
  date: string
  open: number
  high: number
  low: number
  close: number
  volume: number
}

export interface Leg {
  side: 'long' | 'short'
  right: 'call' | 'put'
  strike: number
  expiration: string
  quantity: number
  occ: string
}

/** An explored strategy as the API gives it: the columns that came with it, then those of the exploration. */
export interface Explored {
  Ticker?: string
  Date?: string
  Close?: string
  Strategy?: string
  explorationStatus: string
  explorationReason: string
  legs: Leg[] | null
  selectedExpiration: string | null
  selectedStrikes: number[] | null
  finalDte: number | null
  bid: number | null
  ask: number | null
  mid: number | null
  spreadPct: number | null
  openInterest: number | null
  volume: number | null
  impliedVol: number | null
  greeksDelta: number | null
  greeksGamma: number | null
  greeksTheta: number | null
  greeksVega: number | null
  greeksRho: number | null
  greeksSource: string | null
  capitalRequired: number | null
  maxProfit: number | 'unlimited' | null
  maxLoss: number | 'unlimited' | null
  breakevens: number[] | null
  sampledLiquidityClass: string | null
  finalLiquidityContext: string | null
  dataQuality: string[]
  skipReason: string | null
  escalationReason: string | null
  marketSource: string
  [column: string]: unknown
}
