import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import type { ProviderPlugin } from '../../sdk/market.ts'

const FOLDER = fileURLToPath(new URL('../../plugins/providers/', import.meta.url))

/** A data provider by its name, found as `plugins/providers/NAME/plugin.*`; null where there is none. */
export async function findProvider(name: string, folder: string = FOLDER): Promise<ProviderPlugin | null> {
  const home = join(folder, name)
  const file = existsSync(home) ? readdirSync(home).find((entry) => /^plugin\.[jt]s$/.test(entry)) : undefined
  if (file === undefined) return null
  const { default: plugin } = (await import(pathToFileURL(join(home, file)).href)) as { default: ProviderPlugin }
  return plugin
}
