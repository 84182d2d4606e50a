import * as z from 'zod'

import { COMPARED_BY, EXPLORATION_STATUSES, HIT_CHANGES, RUN_STATUSES, STAGE_PERCENT, type Run } from '../../runtime/host.ts'
import { cursor, dateList, flag, id, instant, isoDate, oneOf, ofSetting, pageSize, symbolList } from './fields.ts'
import { row } from './row.ts'

const prefilterSettings = z.strictObject({
  minVolume: ofSetting('prefilter.minVolume').optional().meta({ description: 'shares a day' }),
  minPrice: ofSetting('prefilter.minPrice').optional().meta({ description: 'dollars' }),
  maxPrice: ofSetting('prefilter.maxPrice').optional().meta({ description: 'dollars' }),
  limit: ofSetting('prefilter.limit').optional(),
  activateAbove: ofSetting('prefilter.activateAbove').optional(),
  window: ofSetting('prefilter.window').optional().meta({ description: 'sessions' }),
})

const prefilter = z.union([z.literal(false), prefilterSettings], { error: 'false or an object of settings' })

const exploreOptions = z.union([flag(), z.strictObject({
  forceFull: flag().optional().meta({ description: 'computes rows that the preflight would skip' }),
  refresh: flag().optional().meta({ description: 'fetches every chain anew' }),
})], { error: 'true, false or an object of options' })

const universe = oneOf(['all'])
const NOT_BOTH = { symbolsUniverse: ['symbols', 'universe', 'Name the symbols in one way.'], datesFrom: ['dates', 'from', 'Name the dates in one way.'], datesTo: ['dates', 'to', 'Name the dates in one way.'] } as const

/** Issues of two fields of which one may be given; see `validation.ts`. */
function excludes(body: Record<string, unknown>, context: z.RefinementCtx): void {
  for (const [first, second, hint] of Object.values(NOT_BOTH)) {
    if (body[first] !== undefined && body[second] !== undefined) context.addIssue({ code: 'custom', path: [first], params: { excludes: second, hint } })
  }
}

export const runBody = z.strictObject({
  scannerId: id(),
  symbols: symbolList().optional().meta({ description: 'in place of the script\'s own' }),
  universe: universe.optional(),
  dates: dateList().optional().meta({ description: 'in place of the script\'s own' }),
  from: isoDate().optional(),
  to: isoDate().optional(),
  asOf: isoDate().optional().meta({ description: 'nothing after this date is seen' }),
  params: z.record(z.string(), z.unknown(), { error: 'an object of parameters' }).optional(),
  prefilter: prefilter.optional(),
  split: oneOf(['auto', 'always', 'never']).optional(),
  limits: z.strictObject({
    timeoutMs: ofSetting('limits.timeoutMs').optional(),
    symbolTimeoutMs: ofSetting('limits.symbolTimeoutMs').optional(),
    memoryMb: ofSetting('limits.memoryMb').optional(),
    workers: ofSetting('workers.count').optional(),
  }, { error: 'an object of limits' }).optional(),
  explore: exploreOptions.optional(),
}, { error: 'an object with scannerId' }).superRefine(excludes).meta({ id: 'RunRequest' })

export const previewBody = z.strictObject({
  scannerId: id().optional().meta({ description: 'whose own symbols and screen are meant where none are given' }),
  symbols: symbolList().optional(),
  universe: universe.optional(),
  asOf: isoDate().optional(),
  prefilter: prefilterSettings.optional(),
}, { error: 'an object' }).superRefine(excludes).meta({ id: 'PrefilterPreviewRequest' })

export const funnel = z.object({
  settings: z.object({ minVolume: z.number(), minPrice: z.number(), maxPrice: z.number(), limit: z.number(), activateAbove: z.number(), window: z.number() }),
  applied: z.boolean(),
  dates: z.int().optional().meta({ description: 'how many dates were screened, each with the same symbols: the counts are summed over them. Runs of versions before have none' }),
  in: z.int(),
  steps: z.array(z.object({ name: z.enum(['no_data', 'volume', 'price', 'limit']), removed: z.int() })),
  kept: z.int(),
}).meta({ id: 'Funnel' })

export const preview = z.object({ funnel, date: z.string(), kept: z.array(z.string()).readonly() }).meta({ id: 'PrefilterPreview' })

const ledger = z.object({
  detected: z.int(), rejected: z.int(), hit: z.int(), miss: z.int(), failed: z.int(),
  timedOut: z.int(), outOfMemory: z.int(), noData: z.int(), cancelled: z.int(),
}).meta({ id: 'Ledger', description: 'rows by outcome; detected equals the sum of the rest' })

const counts = () => z.record(z.string(), z.int())
const explorationReport = z.object({
  provider: z.string(),
  simulated: z.boolean(),
  rows: z.int(),
  tickers: z.int(),
  // Runs of versions before have none.
  retryable: z.int().optional().meta({ description: 'rows without a whole answer, for what can pass or be mended: a resume tries them again' }),
  byStatus: z.partialRecord(z.enum(EXPLORATION_STATUSES), z.int()),
  plan: z.object({ calls: z.int(), durationMs: z.number(), limitedBy: z.string() }),
  calls: z.int(),
  // Runs of versions before have none.
  priceCalls: z.int().optional(),
  retries: z.int(),
  failures: counts(),
  cache: z.object({
    memory: z.int(), disk: z.int(), redis: z.int(), fetched: z.int(), failed: z.int(),
    stale: z.int(), corrupt: z.int(), unstorable: z.int(), hitRate: z.number().nullable(),
  }),
  durationMs: z.number(),
}).meta({ id: 'ExplorationReport', description: 'what the exploration came to' })

export const run = z.object({
  id: z.string(),
  kind: z.enum(['scan', 'exploration']),
  scannerId: z.string().nullable(),
  filename: z.string(),
  replayOf: z.string().optional().meta({ description: 'the run that this one does again' }),
  status: z.enum(RUN_STATUSES),
  stage: z.enum(Object.keys(STAGE_PERCENT) as [Run['stage'], ...Run['stage'][]]),
  percent: z.number().meta({ description: '0 to 100; never falls' }),
  message: z.string(),
  etaMs: z.number().nullable(),
  createdAt: instant(),
  startedAt: instant().nullable(),
  finishedAt: instant().nullable(),
  market: z.object({ source: z.string(), simulated: z.boolean(), snapshot: z.string(), asOf: z.string().nullable() }),
  prefilter: funnel.nullable(),
  split: z.object({ mode: z.enum(['batch', 'whole']), reason: z.string(), dates: z.enum(['together', 'apart']).optional() }).nullable(),
  lookback: z.int().optional().meta({ description: 'sessions up to each date that the script is shown; left out where it is shown all' }),
  ledger,
  warnings: z.array(z.object({ code: z.string(), message: z.string(), count: z.int(), samples: z.array(z.string()) })),
  timings: z.record(z.string(), z.number()).meta({ description: 'milliseconds' }),
  files: z.array(z.object({ path: z.string(), bytes: z.int() })).optional().meta({ description: 'what the script wrote to files' }),
  explore: explorationReport.nullable(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
}).meta({ id: 'Run' })

export const runComparison = z.object({
  rows: z.int(),
  same: z.int(),
  differences: z.array(z.object({ symbol: z.string(), date: z.string(), fields: z.array(z.string()).readonly(), before: row, after: row })).readonly(),
}).meta({ id: 'RunComparison' })

const comparedRun = z.object({ run: z.string(), dates: z.int(), firstDate: z.string().nullable(), lastDate: z.string().nullable() })
export const hitComparison = z.object({
  before: comparedRun,
  after: comparedRun,
  by: z.enum(COMPARED_BY).meta({ description: 'row: hits of one symbol and date are matched; symbol: those of one symbol, of several dates its last' }),
  reason: z.string().meta({ description: 'why they were compared that way' }),
  counts: z.object({ new: z.int(), gone: z.int(), changed: z.int(), same: z.int() }).meta({ description: 'of all hits, listed or not' }),
  changes: z.array(z.object({
    kind: z.enum(HIT_CHANGES),
    symbol: z.string(),
    before: row.nullable().meta({ description: 'its row in the earlier run, hit or not; null where that did not look at it' }),
    after: row.nullable(),
    scoreMove: z.number().nullable().meta({ description: 'by how much the score rose' }),
    fields: z.array(z.string()).readonly().meta({ description: 'what differs of a changed hit: score, direction, strategies, names of its data' }),
  })).readonly().meta({ description: 'new ones first, then those that are gone, then those that stayed, each the best score first; what is the same is listed by symbol only' }),
  isWhole: z.boolean().meta({ description: 'false where further changes are only counted' }),
}).meta({ id: 'HitComparison' })
export const changesQuery = z.strictObject({
  since: id().meta({ description: 'the run before' }),
  by: oneOf(COMPARED_BY).optional().meta({ description: 'how hits are matched; where left out by symbol if the runs have no date in common, else by row' }),
  limit: pageSize(1_000, 5_000).meta({ description: 'most changes of each kind that are listed; 1000 where left out' }),
})

export const runParams = z.strictObject({ id: id() })
const FILE_PATH = 'the path of a file as the run lists it'
export const fileList = z.object({ files: z.array(z.object({ path: z.string(), bytes: z.int() })) }).meta({ id: 'RunFiles' })
export const fileQuery = z.strictObject({ path: z.string({ error: FILE_PATH }).min(1, { error: FILE_PATH }).max(400, { error: FILE_PATH }) })
export const runListQuery = z.strictObject({ cursor: cursor(), limit: pageSize(100, 1_000), status: oneOf(RUN_STATUSES).optional(), scannerId: id().optional() })
export const runPage = z.object({ runs: z.array(run), nextCursor: z.string().nullable() })
