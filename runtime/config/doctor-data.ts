import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { BarStore } from '../market/store.ts'

/** What was found of what a state folder holds; `problem` where it is not as it was written. */
export interface DataCheck {
  found: string
  problem: StrikescanError | null
}

/** Looks at the file as a whole, and ends at the first problem. Its path is the argument. */
const JOURNAL_PROGRAM = `
  import { DatabaseSync } from 'node:sqlite'
  try {
    const [row] = new DatabaseSync(process.argv[1], { readOnly: true, timeout: 5000 }).prepare('PRAGMA quick_check(1)').all()
    console.log(String(Object.values(row)[0]).replaceAll('\\n', ' '))
  } catch (error) {
    console.log(error.message)
  }`

/** Whether SQLite finds the journal sound, in a process of its own, which has as long as `run` gives it. */
export async function checkJournal(home: string, execPath: string, run: (command: string, args: string[]) => Promise<{ code: number | null; stdout: string }>): Promise<DataCheck> {
  const file = join(home, 'journal.db')
  if (!existsSync(file)) return { found: 'there is none yet', problem: null }
  const { code, stdout } = await run(execPath, ['--input-type=module', '-e', JOURNAL_PROGRAM, file])
  if (code !== 0) return { found: 'not read to its end: that takes too long, or its reader was stopped', problem: null }
  const said = stdout.trim()
  return said === 'ok' ? { found: 'read to its end and sound', problem: null } : { found: said, problem: new StrikescanError('journal_damaged', { file, problem: said }) }
}

/** Holds every snapshot of the market against its name, for at most `longestMs`; those that are current come first. */
export async function checkMarket(home: string, longestMs: number, now: () => number = Date.now): Promise<DataCheck> {
  if (!existsSync(join(home, 'market', 'catalog.db'))) return { found: 'there are none yet', problem: null }
  const began = now()
  try {
    const store = BarStore.open(home)
    try {
      const snapshots = store.summary().snapshots.toReversed().toSorted((one, other) => Number(other.current) - Number(one.current))
      let checked = 0
      let bytes = 0
      for (const { id } of snapshots) {
        if (now() - began > longestMs) break
        bytes += await store.verify(id)
        checked++
      }
      const rest = snapshots.length - checked
      return { found: `${checked} hold what their names say (${(bytes / 1e6).toFixed(1)} MB)${rest === 0 ? '' : `; ${rest} older ones were not looked at, as that takes too long`}`, problem: null }
    } finally {
      store.close()
    }
  } catch (error) {
    if (error instanceof StrikescanError) return { found: error.message, problem: error }
    throw error
  }
}
