import type * as z from 'zod'

import type { ExplorationRow, Row, Run, RunEvent } from '../../../../runtime/host.ts'
import type { bars, chain, market } from '../../../schemas/market.ts'
import type { hitComparison, preview, runBody, runComparison } from '../../../schemas/run.ts'
import type { scanner } from '../../../schemas/scanner.ts'
import type { LiveMessage } from '../../../live/coalesce.ts'

/** What the server answers with, by the schemas that it answers by. */
export type { LiveMessage, Row, Run, RunEvent }
export type Scanner = z.infer<typeof scanner>
export type Diagnostic = Scanner['diagnostics'][number]
export type Market = z.infer<typeof market>
export type Preview = z.infer<typeof preview>
/** What a run was asked for. */
export type RunAsked = z.infer<typeof runBody>
/** A replay held against the run that it replays. */
export type Comparison = z.infer<typeof runComparison>
/** What became of the hits of one run in another. */
export type HitComparison = z.infer<typeof hitComparison>
export type HitChange = HitComparison['changes'][number]
export type ChainAnswer = z.infer<typeof chain>
export type RowStatus = Row['status']
export type RunStatus = Run['status']
export type Ledger = Run['ledger']
export type Funnel = NonNullable<Run['prefilter']>
/** What a symbol and date may be shown as while a run is under way. */
export type CellStatus = RowStatus | 'running'
export type Bar = z.infer<typeof bars>['bars'][number]
/** An explored strategy as the API gives it: the columns that came with it by their own names, then those of the exploration. */
export type Explored = ExplorationRow['outcome'] & { marketSource: string; [column: string]: unknown }
export type Leg = NonNullable<ExplorationRow['outcome']['legs']>[number]
