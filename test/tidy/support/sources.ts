import { parse, type Program } from 'acorn'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Folders of our code. Examples are written as users write, by their own rules. */
const CODE_FOLDERS = ['sdk', 'runtime', 'plugins', 'api', 'test']

export interface Source {
  /** Path from the root, with `/`. */
  path: string
  text: string
  /** The text with its types blanked: every offset and line stays. */
  code: string
  program: Program
}

/** Paths from the root of every file below a folder, `/` between their parts; none where there is no such folder. */
export function filesBelow(folder: string): string[] {
  const top = join(ROOT, folder)
  if (!existsSync(top)) return []
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(folder, join(entry.parentPath, entry.name).slice(top.length).replaceAll('\\', '/')))
    .sort()
}

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** Scripts that tests and benchmarks run, written as users write. */
const SCRIPTS = ['test/fixtures/', 'test/hostile/attacks/', 'test/bench/scanners/']

/** True for code that is ours. */
export const isOwnCode = (path: string): boolean => /\.(ts|js|cjs|mjs)$/.test(path) && !SCRIPTS.some((folder) => path.startsWith(folder)) && !path.endsWith('.d.ts')

let known: Source[] | null = null

/** Every file of our code, parsed. Throws where one holds syntax that Node's type stripping refuses. */
export function allSources(): Source[] {
  known ??= CODE_FOLDERS.flatMap(filesBelow).filter(isOwnCode).map((path) => parseSource(path, read(path)))
  return known
}

/** Throws where the text is no JavaScript once its types are blanked. */
export function parseSource(path: string, text: string): Source {
  const code = stripped(path, text)
  const sourceType = path.endsWith('.cjs') ? 'commonjs' : 'module'
  try {
    return { path, text, code, program: parse(code, { ecmaVersion: 'latest', sourceType, locations: true, allowHashBang: true }) }
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause })
  }
}

function stripped(path: string, text: string): string {
  if (!path.endsWith('.ts')) return text
  try {
    return stripTypeScriptTypes(text)
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause })
  }
}

/** The folder of a path by its depth: `folderOf('api/cli/main.ts', 1)` is `api`. */
export const folderOf = (path: string, depth: number): string => path.split('/').slice(0, depth).join('/')

/** Where a relative specifier leads from a file, as a path from the root. */
export const resolveFrom = (path: string, specifier: string): string => posix.join(dirname(path), specifier)
