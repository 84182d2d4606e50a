import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The code that runs inside isolates, as script texts whose completion value is a function to call. */
export interface GuestBundle {
  core: string
  web: string
  /** Modules of Node and packages that only scripts which import them need. */
  standIns: string
}

/** What is bundled, each with the export that the script text comes to; all of them where that is null. */
const ENTRIES = {
  core: { path: '../guest/main.ts', value: 'start' },
  web: { path: '../guest/web-main.ts', value: 'start' },
  standIns: { path: '../guest/stand-ins-main.ts', value: 'start' },
  options: { path: '../../sdk/options/index.ts', value: null },
} as const
/**
 * Names of the language that a bundle may use. Each bundle holds them as its own: a script's top-level `const Math` or
 * `class Map` would otherwise stand in the way of every script text of the context, the guest's included.
 */
const BUILT_INS = [
  ...['Array', 'ArrayBuffer', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'Boolean', 'DataView', 'Date', 'Error', 'EvalError', 'Float32Array', 'Float64Array'],
  ...['Function', 'Int16Array', 'Int32Array', 'Int8Array', 'Intl', 'Iterator', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Promise', 'Proxy'],
  ...['RangeError', 'ReferenceError', 'Reflect', 'RegExp', 'Set', 'String', 'Symbol', 'SyntaxError', 'TypeError', 'URIError', 'Uint16Array', 'Uint32Array'],
  ...['Uint8Array', 'Uint8ClampedArray', 'WeakMap', 'WeakSet', 'decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape', 'isFinite'],
  ...['isNaN', 'parseFloat', 'parseInt', 'unescape'],
]
const SOURCE_FOLDERS = ['../guest/', '../../sdk/']
/** The repository holds TypeScript; the published package holds built JavaScript, with this code bundled already. */
const IS_SOURCE = import.meta.url.endsWith('.ts')

/** A process keeps to the code that it was started with, and looks for it once. */
const known = new Map<string, Promise<string>>()
let currentKey: string | null = null

/** The guest's code, bundled by esbuild; kept in `cacheFolder` under the hash of its sources, since bundling takes longer than a run. */
export async function guestBundle(cacheFolder: string): Promise<GuestBundle> {
  const [core, web, standIns] = await Promise.all([part('core', cacheFolder), part('web', cacheFolder), part('standIns', cacheFolder)])
  return { core, web, standIns }
}

/** `strikescan/options`, for scripts that import it: a package like others, but of our own sources, and built with them. */
export const optionsBundle = (cacheFolder: string): Promise<string> => part('options', cacheFolder)

function part(name: keyof typeof ENTRIES, cacheFolder: string): Promise<string> {
  const id = `${name} ${cacheFolder}`
  const found = known.get(id) ?? makePart(name, cacheFolder)
  known.set(id, found)
  found.catch(() => known.delete(id))
  return found
}

async function makePart(name: keyof typeof ENTRIES, cacheFolder: string): Promise<string> {
  if (!IS_SOURCE) return readFileSync(new URL(`./guest-${name}.script`, import.meta.url), 'utf8')
  currentKey ??= globalThis.strikescanSources ?? sourcesHash()
  const file = join(cacheFolder, `guest-${name}-${currentKey}.js`)
  const kept = readKept(file)
  if (kept !== null) return kept
  const { path, value } = ENTRIES[name]
  const text = await bundleScript(fileURLToPath(new URL(path, import.meta.url)), value)
  keep(file, text)
  return text
}

/**
 * Where the published package carries a package for scripts, bundled: installed, it would stand beside its users' own, with all it brings.
 * No such file where it carries none.
 */
const carriedPackage = (specifier: string): URL => new URL(`./package-${specifier}.script`, import.meta.url)

/** Whether there is such a package for scripts: carried along, or installed beside Strikescan; those beside a script are its author's, and no server has them. */
export function isPackageThere(specifier: string): boolean {
  if (existsSync(carriedPackage(specifier))) return true
  try {
    createRequire(import.meta.url).resolve(specifier)
    return true
  } catch {
    return false
  }
}

/** A package that scripts may import, as it is carried along, or bundled from the installed one and kept like the guest. */
export async function packageBundle(specifier: string, cacheFolder: string): Promise<string> {
  const carried = carriedPackage(specifier)
  if (existsSync(carried)) return readFileSync(carried, 'utf8')
  const entry = createRequire(import.meta.url).resolve(specifier)
  const { size, mtimeMs } = statSync(entry)
  const key = createHash('sha256').update(`${specifier} ${size} ${mtimeMs}`).digest('hex').slice(0, 16)
  const file = join(cacheFolder, `package-${key}.js`)
  const kept = readKept(file)
  if (kept !== null) return kept
  const text = await bundleScript(entry, null)
  keep(file, text)
  return text
}

/** One script text of an entry file: its completion value is the export `name`, or all exports where that is null. */
async function bundleScript(entry: string, name: string | null): Promise<string> {
  const { build } = await import('esbuild')
  const bundle = () =>
    build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'cjs',
      target: 'esnext',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      legalComments: 'none',
      minifySyntax: true,
      logLevel: 'silent',
    })
  // esbuild works in a process of its own, which anything may end; the next call starts another.
  const result = await bundle().catch(bundle)
  const value = name === null ? 'module.exports' : `module.exports.${name}`
  const body = `'use strict'; var module = { exports: {} }; var exports = module.exports;\n${result.outputFiles[0]!.text}\nreturn ${value};`
  return `(function () { const globalThis = this, {${BUILT_INS.join(',')}} = this; return (function () { ${body} })() }).call(this)`
}

/** Changes with any file that can end up in a bundle. */
function sourcesHash(): string {
  const hash = createHash('sha256')
  for (const folder of SOURCE_FOLDERS.map((path) => fileURLToPath(new URL(path, import.meta.url)))) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!/\.[jt]s$/.test(name)) continue
      const { size, mtimeMs } = statSync(join(folder, name))
      hash.update(`${name} ${size} ${mtimeMs}\n`)
    }
  }
  return hash.digest('hex').slice(0, 16)
}

function readKept(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function keep(file: string, text: string): void {
  try {
    mkdirSync(join(file, '..'), { recursive: true })
    const partial = `${file}.${process.pid}.part`
    writeFileSync(partial, text)
    renameSync(partial, file)
  } catch {
    // A cache that cannot be written costs time at the next start, nothing else.
  }
}
