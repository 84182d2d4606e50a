import { basename } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'

import type { ExplorationPlan } from '../explore/exploration-run.ts'
import { addStrategyRecord } from '../explore/read-strategies/json.ts'
import { StrategyRows } from '../explore/read-strategies/strategy-rows.ts'
import type { Journal } from '../journal/journal.ts'
import type { Run } from '../scan/run.ts'
import { newRun, type ExpectedMarket } from './new-run.ts'

/** How strategies are explored. */
export interface ExplorationWishes {
  /** Computes rows that tier 0 would skip. */
  readonly forceFull?: boolean | undefined
  /** Fetches every chain anew. */
  readonly refresh?: boolean | undefined
}

export interface RegisteredExploration {
  readonly number: number
  readonly run: Run
  readonly plan: ExplorationPlan
}

/**
 * Stores the rows of a strategies file and registers an exploration of them.
 * @throws strategies_… where the file can not be read; nothing is then registered
 */
export async function registerFile(journal: Journal, file: string, wishes: ExplorationWishes, market: ExpectedMarket): Promise<RegisteredExploration> {
  const { readStrategies } = await import('../explore/read-strategies/read-strategies.ts')
  const reading = readStrategies(file)
  const { number, run, plan } = register(journal, basename(file), wishes, market)
  let rows = 0
  try {
    for await (const part of reading) {
      await journal.whenFree(() => journal.explorations.add(number, rows, part))
      rows += part.length
    }
  } catch (error) {
    await journal.whenFree(() => journal.dropRun(number))
    throw error
  }
  return complete(journal, { number, run, plan }, rows, reading.report())
}

/** The name that errors and notes give to strategies that came in a request. */
const BODY = 'strategies'

/** Records that are read and stored between two turns of the event loop. */
const RECORDS_PER_TURN = 1_000

/** The same of records that are at hand. @throws strategies_columns_missing, strategies_too_many_columns */
export async function registerRecords(
  journal: Journal,
  records: readonly Readonly<Record<string, unknown>>[],
  wishes: ExplorationWishes,
  market: ExpectedMarket,
): Promise<RegisteredExploration> {
  const rows = new StrategyRows(BODY)
  let registered: RegisteredExploration | null = null
  try {
    for (let from = 0; from < records.length; from += RECORDS_PER_TURN) {
      records.slice(from, from + RECORDS_PER_TURN).forEach((record, index) => addStrategyRecord(record, `Element ${from + index + 1} of ${BODY}`, rows))
      rows.requireColumns()
      registered ??= await journal.whenFree(() => register(journal, BODY, wishes, market))
      const [{ number }, part] = [registered, rows.take()]
      await journal.whenFree(() => journal.explorations.add(number, from, part))
      await breathe()
    }
  } catch (error) {
    const { number } = registered ?? {}
    if (number !== undefined) await journal.whenFree(() => journal.dropRun(number))
    throw error
  }
  registered ??= await journal.whenFree(() => register(journal, BODY, wishes, market))
  return complete(journal, registered, records.length, rows)
}

function register(journal: Journal, filename: string, { forceFull = false, refresh = false }: ExplorationWishes, market: ExpectedMarket): RegisteredExploration {
  const plan: ExplorationPlan = { kind: 'exploration', forceFull, refresh, columns: [], rows: null }
  const run = newRun({ kind: 'exploration', scannerId: null, filename }, market)
  return { number: journal.createRun(run, plan), run, plan }
}

async function complete(
  journal: Journal,
  { number, run, plan }: RegisteredExploration,
  rows: number,
  { columns, notes }: { columns: readonly string[]; notes: readonly string[] },
): Promise<RegisteredExploration> {
  for (const note of notes) run.warnings.push({ code: 'strategies_file', message: note, count: 1, samples: [] })
  Object.assign(plan, { columns: [...columns], rows })
  await journal.whenFree(() => journal.savePlan(number, plan))
  return { number, run, plan }
}
