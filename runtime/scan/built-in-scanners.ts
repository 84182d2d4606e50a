import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { closest } from '../../sdk/closest.ts'
import type { ParamDescription } from '../../sdk/parameters.ts'
import { describeParams, isScanner } from '../../sdk/scanner.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'

const FOLDER = fileURLToPath(new URL('../../plugins/scanners/', import.meta.url))
const SCANNER_FILE = /^([\w-]+)\.[jt]s$/

/** A scanner that ships with Strikescan. */
export interface BuiltInScanner {
  /** Its file's name without the extension, such as `gap-and-go`. */
  readonly name: string
  readonly filename: string
  readonly title: string
  readonly description: string
  readonly params: readonly ParamDescription[]
}

/**
 * Every scanner of a folder, in order of name: its `.ts` files, or `.js` ones in a built package.
 * @throws StrikescanError `scanner_plugin_broken` where a file does not load or exports no scanner
 */
export function listBuiltInScanners(folder: string = FOLDER): Promise<BuiltInScanner[]> {
  return Promise.all([...filesOf(folder)].map(([name, filename]) => loadScanner(folder, name, filename)))
}

/**
 * The file of a built-in scanner, byte for byte, which runs as an author's own would.
 * @throws StrikescanError `scanner_name_unknown`, naming what there is
 */
export function readBuiltInScanner(name: string, folder: string = FOLDER): { filename: string; source: Uint8Array } {
  const files = filesOf(folder)
  const filename = files.get(name)
  if (filename === undefined) {
    const meant = closest(name, [...files.keys()])
    const suggestion = meant === null ? `There are ${[...files.keys()].join(', ')}.` : `Did you mean ${meant}? "strikescan scanners" lists them.`
    throw new StrikescanError('scanner_name_unknown', { name, suggestion })
  }
  return { filename, source: readFileSync(join(folder, filename)) }
}

/** File names by scanner name, sorted. */
function filesOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name).sort()
  return new Map(names.flatMap((filename) => {
    const name = SCANNER_FILE.exec(filename)?.[1]
    return name === undefined ? [] : [[name, filename]]
  }))
}

async function loadScanner(folder: string, name: string, filename: string): Promise<BuiltInScanner> {
  let exported: unknown
  try {
    exported = ((await import(pathToFileURL(join(folder, filename)).href)) as { default?: unknown }).default
  } catch (cause) {
    const problem = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '')
    throw new StrikescanError('scanner_plugin_broken', { file: filename, problem }, { cause })
  }
  if (!isScanner(exported)) throw new StrikescanError('scanner_plugin_broken', { file: filename, problem: 'its default export is no scanner' })
  return { name, filename, title: exported.name ?? name, description: exported.description ?? '', params: describeParams(exported) }
}
