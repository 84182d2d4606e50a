import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a worker process runs, and all that it may read. */
export interface WorkerCode {
  /** File to start. */
  file: string
  /** Files, and folders with `*` behind them, in the form of Node's `--allow-fs-read`. */
  readable: string[]
}

export type WorkerEntry = 'scan' | 'intake'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** The repository holds TypeScript, the published package built JavaScript. */
const IS_SOURCE = import.meta.url.endsWith('.ts')
const KEPT = join(ROOT, 'node_modules/.cache/strikescan')
const SOURCE_FOLDERS = ['runtime', 'sdk']
const KEEP_MS = 7 * 24 * 3_600_000

let currentKey: string | null = null
let bundling: Promise<void> | null = null

/**
 * The code of a worker: one bundled file where that is kept already, since stripping types and looking up modules take
 * longer than all else a worker does to start; else the sources as they are, and the bundle is made meanwhile, for the next.
 * A bundle also narrows what a worker can read to itself and its one native package.
 */
export function workerCode(entry: WorkerEntry): WorkerCode {
  const source = fileURLToPath(new URL(`../worker/${entry}-entry.${IS_SOURCE ? 'ts' : 'js'}`, import.meta.url))
  const native = entry === 'scan' ? nativeFolders() : []
  const unbundled = { file: source, readable: [`${ROOT}*`, ...native] }
  if (!IS_SOURCE) return unbundled
  const file = bundleFile(entry)
  if (existsSync(file)) return { file, readable: [file, ...native] }
  void bundleWorkers()
  return unbundled
}

/** Bundles every worker's code, once in a process. Never rejects: what cannot be kept costs time, nothing else. */
export function bundleWorkers(): Promise<void> {
  bundling ??= Promise.all((['scan', 'intake'] as const).map(bundleWorker)).then(
    () => removeOld(),
    () => {},
  )
  return bundling
}

async function bundleWorker(entry: WorkerEntry): Promise<void> {
  const file = bundleFile(entry)
  if (existsSync(file)) return
  mkdirSync(KEPT, { recursive: true })
  const { build } = await import('esbuild')
  const result = await build({
    entryPoints: [fileURLToPath(new URL(`../worker/${entry}-entry.ts`, import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'esnext',
    external: ['isolated-vm'],
    legalComments: 'none',
    logLevel: 'silent',
  })
  const partial = `${file}.${process.pid}.part`
  writeFileSync(partial, result.outputFiles[0]!.contents)
  renameSync(partial, file)
}

function bundleFile(entry: WorkerEntry): string {
  // Taken once, so that a process keeps to the code it was started with.
  currentKey ??= sourcesKey()
  return join(KEPT, `${entry}-worker-${currentKey}.mjs`)
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

/** Bundles of sources long gone. */
function removeOld(): void {
  for (const name of readdirSync(KEPT)) {
    const file = join(KEPT, name)
    if (/-worker-[0-9a-f]{16}\.mjs/.test(name) && file !== bundleFile('scan') && file !== bundleFile('intake') && Date.now() - statSync(file).mtimeMs > KEEP_MS) rmSync(file, { force: true })
  }
}

/** The folders of the one native package and of what loads its binary, wherever they are installed. */
function nativeFolders(): string[] {
  const native = createRequire(import.meta.url).resolve('isolated-vm')
  const loader = createRequire(native).resolve('node-gyp-build')
  return [...new Set([native, loader].map(packageFolder))].map((folder) => `${folder}${sep}*`)
}

function packageFolder(file: string): string {
  let folder = dirname(file)
  while (basename(dirname(folder)) !== 'node_modules' && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}
