import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a worker process runs, and all that it may read. */
export interface WorkerCode {
  /** File to start. */
  file: string
  /** Files, and folders with `*` behind them, in the form of Node's `--allow-fs-read`. */
  readable: string[]
  arguments?: string[]
}

export type WorkerEntry = 'scan' | 'intake'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** The repository holds TypeScript, the published package built JavaScript. */
const IS_SOURCE = import.meta.url.endsWith('.ts')
const KEPT = join(ROOT, 'node_modules/.cache/strikescan')
const SOURCE_FOLDERS = ['runtime', 'sdk']

declare global {
  /** In a bundle of this process's own code, the key of the sources it was made of; the bundler puts it in the place of this name. */
  var strikescanSources: string | undefined
}

/** Taken once, so that a process keeps to the code it was started with. */
let currentKey: string | null = null
let cannotBundle = false

/**
 * The code of a worker: one file, bundled when it is first asked for and kept beside the package, since stripping types
 * and looking up modules take longer than all else a worker does to start. It also narrows what a worker can read to that
 * file and its one native package. Where nothing can be kept the sources serve as they are. What is kept of sources long
 * gone is removed with the bundles of the program, by its launcher.
 */
export function workerCode(entry: WorkerEntry): WorkerCode {
  const native = entry === 'scan' ? nativeFolders() : []
  // The build has bundled it.
  if (!IS_SOURCE) return withFile(fileURLToPath(new URL(`../worker/${entry}-worker.cjs`, import.meta.url)), native)
  const source = fileURLToPath(new URL(`../worker/${entry}-entry.ts`, import.meta.url))
  const file = bundled(entry, source)
  return file === null ? { file: source, readable: [`${ROOT}*`, ...native] } : withFile(file, native)
}

/** Changes with the code of workers: what one version made may be of no use to another. */
export function codeKey(): string {
  if (IS_SOURCE) return (currentKey ??= globalThis.strikescanSources ?? sourcesKey())
  const { size, mtimeMs } = statSync(workerCode('intake').file)
  return `${size} ${mtimeMs}`
}

/** By its real path: a worker may not follow the links on the way to it, for instance where `node_modules` is one. */
function withFile(file: string, native: string[]): WorkerCode {
  const real = realpathSync(file)
  return { file: real, readable: [real, ...native] }
}

/** Path of the bundle, or null where it can not be made or kept. */
function bundled(entry: WorkerEntry, source: string): string | null {
  const file = bundleFile(entry)
  if (existsSync(file)) return file
  if (cannotBundle) return null
  try {
    mkdirSync(KEPT, { recursive: true })
    const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild')
    const result = buildSync({
      entryPoints: [source],
      bundle: true,
      write: false,
      platform: 'node',
      // Node without its snapshot compiles the parts of itself that it uses, and a module uses more of them than a script.
      format: 'cjs',
      target: 'esnext',
      external: ['isolated-vm'],
      minifyWhitespace: true,
      legalComments: 'none',
      logLevel: 'silent',
    })
    const partial = `${file}.${process.pid}.part`
    writeFileSync(partial, result.outputFiles[0]!.contents)
    renameSync(partial, file)
    return file
  } catch {
    // It costs time at every start, nothing else; not to be tried again for every worker.
    cannotBundle = true
    return null
  }
}

function bundleFile(entry: WorkerEntry): string {
  return join(KEPT, `${entry}-worker-${codeKey()}.cjs`)
}

/** Changes with any file that can end up in a bundle: our sources, and what is installed. */
function sourcesKey(): string {
  const hash = createHash('sha256').update(process.version)
  const add = (name: string): void => {
    const { size, mtimeMs } = statSync(join(ROOT, name), { throwIfNoEntry: false }) ?? { size: -1, mtimeMs: -1 }
    hash.update(`${name} ${size} ${mtimeMs}\n`)
  }
  add('node_modules/.package-lock.json')
  for (const folder of SOURCE_FOLDERS) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      if (name.endsWith('.ts')) add(join(folder, name))
    }
  }
  return hash.digest('hex').slice(0, 16)
}

/**
 * The folders of the one native package and of what loads its binary, wherever they are installed: as named, as linked to, and
 * where they are looked for first, since to look where one may not is an error and not a "no".
 */
function nativeFolders(): string[] {
  const native = findPackage('isolated-vm', import.meta.url)
  const loader = findPackage('node-gyp-build', join(native.real, 'package.json'))
  return [...new Set([...native.lookedFor, native.real, ...loader.lookedFor, loader.real])].map((folder) => `${folder}${sep}*`)
}

function findPackage(name: string, from: string): { lookedFor: string[]; real: string } {
  const folders = createRequire(from)
    .resolve.paths(name)!
    .filter((folder) => existsSync(folder))
    .map((folder) => join(folder, name))
  const at = folders.findIndex((folder) => existsSync(folder))
  if (at < 0) throw new Error(`the package ${name} is not installed`)
  return { lookedFor: folders.slice(0, at + 1), real: realpathSync(folders[at]!) }
}
