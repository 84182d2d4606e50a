import type { ModuleTable } from '../intake/modules.ts'
import { OPTIONS_MODULE, STAND_INS } from '../intake/stand-ins.ts'
import { isPackageThere } from '../isolate/guest-bundle.ts'

/** What scripts may import: the SDK, what has a stand-in, and packages that the settings allow and that are there. */
export function moduleTable(allowed: readonly string[]): ModuleTable {
  const table: Record<string, ModuleTable[string]> = { strikescan: 'sdk', [OPTIONS_MODULE]: 'sdk' }
  for (const name of STAND_INS) table[name] = 'standin'
  for (const name of allowed) {
    if (isPackageThere(name)) table[name] = 'bundled'
    else if (!Object.hasOwn(table, name)) table[name] = 'absent'
  }
  return table
}
