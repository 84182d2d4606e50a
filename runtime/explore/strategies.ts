import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { isStrategy, strategyKey, type Strategy } from '../../sdk/strategy.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'

const FOLDER = fileURLToPath(new URL('../../plugins/strategies/', import.meta.url))

/** The strategies that are there. */
export interface StrategyBook {
  /** By name. */
  readonly strategies: readonly Strategy[]
  /** Their names in the same order, for a reason that lists those known. */
  readonly names: readonly string[]
  /** The strategy of a name or alias, compared without case, spaces and punctuation; null where nobody has it. */
  find(name: string): Strategy | null
}

/**
 * Loads every strategy of a folder: the default exports of its `.ts` files, or `.js` ones in a built package; folders
 * and type declarations in it are left alone.
 * @throws StrikescanError `strategy_plugin_broken` where a file does not load or exports no strategy, `strategy_name_taken`
 * where two answer to one name
 */
export async function loadStrategies(folder: string = FOLDER): Promise<StrategyBook> {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^[\w-]+\.[jt]s$/.test(entry.name))
    .map(({ name }) => name)
    .sort()
  const owners = new Map<string, { strategy: Strategy; file: string }>()
  const strategies: Strategy[] = []
  for (const file of files) {
    const strategy = await loadStrategy(join(folder, file))
    for (const name of [strategy.name, ...(strategy.aliases ?? [])]) {
      const owner = owners.get(strategyKey(name))
      if (owner !== undefined) throw new StrikescanError('strategy_name_taken', { file, other: owner.file, name })
      owners.set(strategyKey(name), { strategy, file })
    }
    strategies.push(strategy)
  }
  strategies.sort((one, other) => (one.name < other.name ? -1 : 1))
  return { strategies, names: strategies.map(({ name }) => name), find: (name) => owners.get(strategyKey(name))?.strategy ?? null }
}

async function loadStrategy(file: string): Promise<Strategy> {
  let exported: unknown
  try {
    exported = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default
  } catch (cause) {
    throw new StrikescanError('strategy_plugin_broken', { file, problem: (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '') }, { cause })
  }
  if (!isStrategy(exported)) throw new StrikescanError('strategy_plugin_broken', { file, problem: 'its default export is no strategy' })
  return exported
}
