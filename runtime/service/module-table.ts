import { createRequire } from 'node:module'

import type { ModuleTable } from '../intake/modules.ts'
import { OPTIONS_MODULE, STAND_INS } from '../intake/stand-ins.ts'

/** What scripts may import: the SDK, what has a stand-in, and packages that the settings allow and that are installed. */
export function moduleTable(allowed: readonly string[]): ModuleTable {
  const table: Record<string, ModuleTable[string]> = { strikescan: 'sdk', [OPTIONS_MODULE]: 'sdk' }
  for (const name of STAND_INS) table[name] = 'standin'
  for (const name of allowed) {
    if (isInstalled(name)) table[name] = 'bundled'
    else if (!Object.hasOwn(table, name)) table[name] = 'absent'
  }
  return table
}

/** Whether a package stands beside Strikescan: those beside a script are its author's, and no server has them. */
function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}
