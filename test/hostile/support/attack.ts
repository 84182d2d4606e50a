import { readdirSync, readFileSync } from 'node:fs'

import type { RowStatus } from '../../../runtime/host.ts'

/** The symbol that a script behaves badly on, where it does so on one alone. */
export const CULPRIT = 'NVDA'

/** What stands at the top of an attack's file: what it does, and exactly what is to come of it. */
export interface Attack {
  /** Path below `attacks/`, without its ending. */
  name: string
  source: Buffer
  /** True where a deadline is to end it. */
  isEndless: boolean
  /** What is tried, in a sentence. */
  tries: string
  /** The row of the culprit; where it is left out, it too has the row of an honest run. */
  row?: { status: RowStatus; code?: string; says?: string; data?: unknown; score?: number | null }
  /** The status of every row, where none can be saved. */
  rows?: { status: RowStatus; code?: string; says?: string }
  /** Error of the run, where it fails as a whole. */
  run?: { code: string; says?: string }
  /** Codes of the report, where the file is not even accepted. */
  refused?: string[]
  /** Codes of the run's warnings. */
  warnings?: string[]
  /** Codes that may be among them, where it hangs on the machine which of two limits is first. */
  mayWarn?: string[]
  /** What the log holds in the end: a text that is there, and one that is not. */
  log?: { has?: string; lacks?: string; lines?: number }
  /** Limits beside those of all attacks. */
  limits?: { symbolTimeoutMs?: number; memoryMb?: number; timeoutMs?: number }
  params?: Record<string, unknown>
  /** MB that all processes together may hold meanwhile, where the usual ceiling is not the one. */
  ceilingMb?: number
  /** Whether it runs in every `npm test`; all others run in the long suite. */
  quick?: boolean
}

const folder = new URL('../attacks/', import.meta.url)

/** Every attack, by name. */
export function readAttacks(): Attack[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[jt]s$/.test(name)).sort()
  return names.map((name) => {
    const source = readFileSync(new URL(name, folder))
    const [, head] = /^\/\* (\{.*?\n?\}) \*\/$/ms.exec(source.toString()) ?? []
    if (head === undefined) throw new Error(`${name} does not begin with its expectations`)
    const expected = JSON.parse(head) as Omit<Attack, 'name' | 'source' | 'isEndless'>
    const isEndless = expected.row?.status === 'timed_out' || expected.rows?.status === 'timed_out' || expected.run?.code === 'load_timeout'
    return { name: name.replaceAll('\\', '/'), source, isEndless, ...expected }
  })
}
