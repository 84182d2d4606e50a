import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'

import { readInput, readStandardInput } from '../command.ts'
import type { Runtime } from '../host-types.ts'
import type { Terminal } from '../terminal.ts'

/** Shown in help where a command takes a scanner. */
export const SCANNER_HELP = 'the scanner: a JavaScript or TypeScript file, one that ships with Strikescan, as in @gap-and-go, or - for standard input'

/**
 * The scanner that an argument means: `@name` is one that ships with Strikescan, and so is a bare name that is no file
 * here; `-` is standard input, beside which no files lie; all else is a path. Files that it imports by relative names come with it.
 * @throws scanner_name_unknown, input_file_unreadable, input_file_empty
 */
export function readScanner(terminal: Terminal, runtime: Pick<Runtime, 'readBuiltInScanner' | 'gatherScript'>, given: string): { filename: string; source: Uint8Array } {
  if (given === '-') return { filename: 'stdin', source: readStandardInput('The scanner') }
  if (given.startsWith('@') && !existsSync(resolve(terminal.cwd, given))) return runtime.readBuiltInScanner(given.slice(1))
  if (/^[\w-]+$/.test(given) && !existsSync(resolve(terminal.cwd, given))) return runtime.readBuiltInScanner(given)
  return { filename: basename(given), source: runtime.gatherScript(resolve(terminal.cwd, given), readInput(terminal, 'The scanner', given)) }
}
