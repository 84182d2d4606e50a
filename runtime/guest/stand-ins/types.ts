import type { ApiAnswer } from '../fetch/types.ts'
import type { ModuleObject } from '../environment/modules.ts'

/** What the other parts of the guest lend to the stand-ins of packages and of Node's modules. */
export interface StandInDeps {
  /** Asks a market-data API at once; throws a TypeError where none answers. */
  request(method: string, url: string, body: string): ApiAnswer
  /** Virtual time in epoch milliseconds. */
  now(): number
  /** A promise that a virtual timer settles. */
  sleep(ms?: unknown, value?: unknown): Promise<unknown>
  /** Text as `console.log` writes its arguments. */
  format(...values: unknown[]): string
  inspect(value: unknown, options?: unknown): string
  /** Says something that the run's user should know. */
  note(code: string, text: string): void
  /** Keeps a file that the script wrote, whole, in place of what it wrote under that name before. */
  writeFile(path: string, content: string | Uint8Array): void
  /** Forgets a file that the script wrote. */
  removeFile(path: string): void
  filename: string
  /** Files that came with the script, by their absolute paths. */
  files: readonly { path: string; text: string }[]
  require(specifier: unknown): unknown
}

export type { ModuleObject }
