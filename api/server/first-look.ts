import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'

import type { ServerHost } from './server-host.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url))
/** The example that is run, over every symbol of the market. */
const SHOWN = 'rsi-reversal.js'
/** What a state folder may hold that nobody has used yet. */
const BEFORE_USE = new Set(['config.json'])

/** Whether a state folder is new: it is not there, or holds settings alone. To be asked before the host opens it. */
export function isUnused(home: string): boolean {
  try {
    return readdirSync(home).every((name) => BEFORE_USE.has(name))
  } catch {
    return true
  }
}

/** Uploads the examples and runs one, so that there is something to look at. What fails is logged and is no reason not to serve. */
export async function showExamples(host: ServerHost, logger: Logger, folder = EXAMPLES): Promise<void> {
  try {
    const names = readdirSync(folder).filter((name) => /\.([cm]?js|ts)$/.test(name)).toSorted()
    for (const filename of names) {
      const { scanner } = await host.saveScanner({ filename, source: readFileSync(join(folder, filename)) })
      if (scanner !== null && filename === SHOWN) host.submitRun({ scannerId: scanner.id, universe: 'all' })
    }
    logger.info({ examples: names.length, run: SHOWN }, 'examples are there')
  } catch (error) {
    logger.warn({ err: error }, 'the examples could not be shown')
  }
}
