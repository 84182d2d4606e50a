import { dayFromIso } from '../../../runtime/market/days.ts'
import type { Journal } from '../../../runtime/journal/journal.ts'
import type { Row, RowStatus } from '../../../runtime/scan/row.ts'
import type { Run, RunEvent } from '../../../runtime/scan/run.ts'
import { isKept } from './fake-worker.ts'
import { isThin, isWithoutData, lastDates } from './fixtures.ts'
import type { Deed, RunSpec, Schedule } from './schedule.ts'
import { isScan, scriptOf, symbolsOf, type Watcher } from './server.ts'

export interface Judged {
  readonly journal: Journal
  readonly ids: ReadonlyMap<number, string>
  readonly schedule: Schedule
  readonly watchers: ReadonlyMap<string, Watcher>
  readonly cancelled: ReadonlySet<string>
  /** Tickers whose calls to the vendor met with trouble. */
  readonly troubled: ReadonlySet<string>
  readonly touched: ReadonlyMap<string, number>
  readonly faults: string[]
}

const STATUS: Record<Deed, RowStatus> = {
  hit: 'hit', miss: 'miss', slow: 'hit', throws: 'failed', isolate_oom: 'out_of_memory', hangs: 'timed_out', eats: 'out_of_memory', exits: 'failed', native_oom: 'out_of_memory', garbage: 'failed',
}
const CODE: Partial<Record<Deed, string>> = { throws: 'script_threw', hangs: 'symbol_timeout', exits: 'worker_lost', garbage: 'worker_broke_protocol', eats: 'script_out_of_memory', native_oom: 'script_out_of_memory' }
/** Deaths by chance of the worker at a row, from which on the row may say that its worker was lost. */
const LOST_AFTER = 2

/** What must always be true, of every run of a schedule; adds what is not to the faults. */
export function checkRuns(judged: Judged): void {
  for (const [place, id] of judged.ids) {
    const spec = judged.schedule.runs[place]!
    const stored = judged.journal.run(id)!
    const complain = (what: string): void => void judged.faults.push(`run ${place} (${stored.state.status}): ${what}`)
    const events = [...judged.journal.events(stored.number)]
    const rows = [...judged.journal.rows(stored.number)]
    checkEvents(stored.state, events, complain)
    checkWatcher(judged.watchers.get(id)!, events, complain)
    checkEnd(judged, spec, id, stored.state, complain)
    if (stored.state.ledger.detected === 0 && rows.length === 0 && isCutShort(judged, spec, id)) continue
    checkOrder(spec, stored.state, rows, complain)
    checkTold(events, rows, complain)
    for (const row of rows) checkRow(judged, spec, place, row, isCutShort(judged, spec, id), complain)
    if (spec.explore) checkExplored(judged, stored.number, stored.state, rows, complain)
  }
}

type Complain = (what: string) => void

/** Whether a run may end before its rows are scanned: it was given up, or had little time. */
const isCutShort = ({ cancelled }: Judged, spec: RunSpec, id: string): boolean => cancelled.has(id) || spec.timeoutMs !== null

function checkEvents(run: Run, events: readonly RunEvent[], complain: Complain): void {
  events.forEach(({ seq }, at) => seq === at + 1 || complain(`event ${at + 1} has the number ${seq}`))
  const ends = events.filter(({ type }) => type === 'end')
  if (ends.length !== 1 || events.at(-1)?.type !== 'end') complain(`${ends.length} ends, the last event is ${events.at(-1)?.type}`)
  let percent = 0
  for (const event of events) {
    if (event.type !== 'run') continue
    if (event.percent < percent) complain(`percent falls from ${percent} to ${event.percent} at event ${event.seq}`)
    percent = event.percent
  }
  const { detected, ...counts } = run.ledger
  const sum = Object.values(counts).reduce((all, count) => all + count, 0)
  if (sum !== detected) complain(`the ledger holds ${sum} of ${detected} rows`)
}

/** A watcher heard what the journal holds, all of it, and nothing that it does not hold. */
function checkWatcher({ heard }: Watcher, events: readonly RunEvent[], complain: Complain): void {
  if (heard.length !== events.length) complain(`a watcher heard ${heard.length} of ${events.length} events`)
  const other = heard.find((event, at) => JSON.stringify(event) !== JSON.stringify(events[at]))
  if (other !== undefined) complain(`a watcher heard event ${other.seq} otherwise than the journal has it: ${JSON.stringify(other)} / ${JSON.stringify(events[other.seq - 1])}`)
}

function checkEnd({ cancelled }: Judged, spec: RunSpec, id: string, run: Run, complain: Complain): void {
  if (run.status === 'completed' && run.percent !== 100) complain(`completed at ${run.percent} percent`)
  if (run.status === 'completed' && run.error !== null) complain(`completed with the error ${run.error.code}`)
  if (run.status === 'cancelled' && !cancelled.has(id)) complain('cancelled, which nobody asked for')
  if (run.status === 'failed' && !(run.error?.code === 'run_timeout' && spec.timeoutMs !== null)) complain(`failed: ${run.error?.code} ${run.error?.message}`)
  // The text of the script says that it may be divided, and so do all that is tried of it.
  if (spec.mode === 'tried' && run.split !== null && run.split.mode !== 'batch') complain(`${run.split.mode}: ${run.split.reason}`)
}

/** Every row asked for, once, in the order asked for. */
function checkOrder(spec: RunSpec, run: Run, rows: readonly Row[], complain: Complain): void {
  const dates = lastDates(spec.dates)
  const asked = symbolsOf(spec).flatMap((symbol) => dates.map((date) => `${symbol} ${date}`))
  const found = rows.map(({ symbol, date }) => `${symbol} ${date}`)
  if (JSON.stringify(asked) !== JSON.stringify(found)) complain(`rows of ${found.join(', ')} where ${asked.join(', ')} were asked for`)
  if (run.ledger.detected !== asked.length) complain(`${run.ledger.detected} rows detected of ${asked.length}`)
}

/** The last that the events tell of a symbol is what its row says, and nothing is told of it after its row. */
function checkTold(events: readonly RunEvent[], rows: readonly Row[], complain: Complain): void {
  const told = new Map<string, string[]>()
  for (const event of events) {
    if (event.type !== 'symbols') continue
    for (const { symbol, date, status } of event.symbols) told.set(`${symbol} ${date}`, [...(told.get(`${symbol} ${date}`) ?? []), status])
  }
  for (const { symbol, date, status } of rows) {
    const all = told.get(`${symbol} ${date}`) ?? []
    if (all.at(-1) !== status) complain(`${symbol} ${date} is ${status}, and the events end with ${all.at(-1)}`)
    if (all.filter((one) => one !== 'running').length !== 1) complain(`${symbol} ${date} was told as ${all.join(', ')}`)
  }
}

function checkRow({ touched }: Judged, spec: RunSpec, place: number, row: Row, isCut: boolean, complain: Complain): void {
  const { symbol, date, status, error } = row
  const name = `${symbol} ${date}`
  const expected = expectedOf(spec, symbol)
  if (status === expected.status && (expected.code === undefined || expected.code === error?.code)) {
    if (status === 'hit' && JSON.stringify(row.data) !== JSON.stringify({ symbol, day: dayFromIso(date) })) complain(`${name} is a hit with ${JSON.stringify(row.data)}`)
    return
  }
  if (isCut && (status === 'cancelled' || error?.code === 'run_unreached')) return
  const isLost = error?.code === 'worker_lost' && (touched.get(`${scriptOf(spec, place).name} ${symbol}`) ?? 0) >= LOST_AFTER
  if (isLost || (isLossOfAll(spec) && status !== 'hit')) return
  complain(`${name} is ${status} (${row.reason}), not ${expected.status}`)
}

/** What becomes of a symbol if nothing goes wrong but what its script does. */
function expectedOf(spec: RunSpec, symbol: string): { status: RowStatus; code?: string | undefined } {
  const deed = scriptOf(spec, 0).deeds[symbol]
  if (deed === undefined || isWithoutData(symbol)) return { status: 'no_data' }
  if (spec.prefilter && isThin(symbol)) return { status: 'rejected' }
  const status = STATUS[deed]
  const rank = isScan(spec) ? spec.rank : 'none'
  if (status === 'hit' && rank === 'throws') return { status: 'failed', code: 'script_threw' }
  if (status === 'hit' && rank === 'hangs') return { status: 'timed_out', code: 'rank_timeout' }
  if (status === 'hit' && rank === 'keeps' && !isKept(symbol)) return { status: 'miss' }
  return { status, code: CODE[deed] }
}

/** A script that takes all symbols at once, undivided, fails for all of them. */
const isLossOfAll = (spec: RunSpec): boolean => spec.mode === 'together' && spec.deeds.some((deed) => !['hit', 'miss', 'slow'].includes(deed))

/** Each hit's strategy row has one outcome: that of a good day, unless the vendor was in trouble. */
function checkExplored({ journal, troubled }: Judged, number: number, run: Run, rows: readonly Row[], complain: Complain): void {
  if (run.status !== 'completed') return
  const hits = rows.filter(({ status }) => status === 'hit')
  const explored = [...journal.explorations.rows(number)]
  if (explored.length !== hits.length) complain(`${explored.length} explored rows of ${hits.length} hits`)
  explored.forEach(({ position, input, outcome }, at) => {
    if (position !== at || input.ticker !== hits[at]?.symbol) complain(`explored row ${at} is ${position} ${input.ticker}`)
    if (outcome.explorationStatus !== 'Success' && !troubled.has(input.ticker)) complain(`${input.ticker} was explored as ${outcome.explorationStatus}: ${outcome.explorationReason}`)
  })
}
