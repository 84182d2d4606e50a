import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { LRUCache } from 'lru-cache'

import { closest } from '../../sdk/closest.ts'
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
  /** The name of the strategy that a misspelt name or alias means; null where none is near. */
  suggest(name: string): string | null
}

/** Letters by which a name may be misspelt: more make a short straddle of a long one. */
const MOST_SLIPS = 2
/** A slip for so many letters. */
const LETTERS_A_SLIP = 4
/** Letters of a name that is looked at, and how many of them are kept with what they mean. */
const LONGEST_NAME = 60
const SLIPS_KEPT = 1_000

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
  const find = (name: string): Strategy | null => owners.get(strategyKey(name))?.strategy ?? null
  return {
    strategies,
    names: strategies.map(({ name }) => name),
    find,
    suggest: suggesting([...owners.keys()], (key) => owners.get(key)!.strategy.name),
  }
}

/** Finds what misspelt names mean; the same one may stand in a million rows. */
function suggesting(keys: readonly string[], nameOf: (key: string) => string): StrategyBook['suggest'] {
  const known = new LRUCache<string, { name: string | null }>({ max: SLIPS_KEPT })
  return (written) => {
    const key = strategyKey(written)
    if (key.length > LONGEST_NAME) return null
    const before = known.get(key)
    if (before !== undefined) return before.name
    const meant = closest(key, keys, Math.min(MOST_SLIPS, Math.floor(key.length / LETTERS_A_SLIP)))
    const name = meant === null ? null : nameOf(meant)
    known.set(key, { name })
    return name
  }
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
