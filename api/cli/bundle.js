/*
 * The program as one file. The repository holds TypeScript in some two hundred files, and stripping, finding and linking
 * them takes longer than all else before a run. So they are bundled when they are first run and kept beside the package,
 * under a name that changes with any of them: a bundle of other sources is never run. Without a bundle the sources serve
 * as they are. A published package is built JavaScript and has no use for this.
 */
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import * as nodeModule from 'node:module'
import { join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

import { markInUse, removeOldBuilds } from './kept-builds.js'

/** Folders whose files may end up in the bundle. */
const FOLDERS = ['api', 'runtime', 'sdk', 'plugins']
/** What other modules, which stay files of their own, import as well. */
const SHARED_FOLDER = 'sdk'
/** Of that, what must be there only once: a class is another class in a second copy of its file. Functions may be there twice. */
const HAS_IDENTITY = /^(export (default )?)?(abstract )?class\b|\bSymbol\(|\bnew Weak(Map|Set)\b/m
/** Plugins that the runtime finds in their folders and imports: bundled with it they share its code instead of bringing their own. */
const PLUGIN_FOLDERS = ['plugins/providers', 'plugins/strategies']
const IS_PLUGIN = /^export default\b/m
/** Packages of plain JavaScript that nearly every command loads. Others are loaded when they are needed, from where they are. */
const BUNDLED_PACKAGES = ['commander', 'zod', 'acorn', '@jridgewell/trace-mapping', '@jridgewell/sourcemap-codec', '@jridgewell/resolve-uri', 'pidusage', 'safe-buffer', 'hyparquet', 'yauzl', 'buffer-crc32', 'pend']

/** The module to run for `entry`: its bundle where one can be made and kept, else the file itself. URLs of files. */
export async function bundled(root, entry) {
  const kept = join(root, 'node_modules/.cache/strikescan')
  const key = sourcesKey(root)
  const folder = join(kept, `cli-${key}`)
  const file = join(folder, 'main.mjs')
  try {
    markInUse(kept, key, folder)
    if (!fs.existsSync(file)) await makeBundle({ root, entry, key, kept, folder })
  } catch {
    // It costs time at every start, nothing else.
    return pathToFileURL(entry).href
  }
  takePartsFrom(root, folder)
  return pathToFileURL(file).href
}

/** Gives whoever imports a plugin or one of the shared files its part of the bundle, where that has one. */
function takePartsFrom(root, folder) {
  const home = pathToFileURL(root).href + '/'
  const parted = [SHARED_FOLDER, ...PLUGIN_FOLDERS].map((name) => `${home}${name}/`)
  nodeModule.registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      if (!parted.some((start) => found.url.startsWith(start))) return found
      const own = join(folder, partName(found.url.slice(home.length)) + '.mjs')
      return fs.existsSync(own) ? { ...found, url: pathToFileURL(own).href, format: 'module' } : found
    },
  })
}

const partName = (name) => name.replace(/\.ts$/, '')

/** Changes with any file that can end up in a bundle, with the place they are at, and with what is installed. */
function sourcesKey(root) {
  let seen = `${process.version} ${root}\n${lineOf(root, 'node_modules/.package-lock.json')}`
  for (const folder of FOLDERS) seen += linesOf(root, folder)
  return createHash('sha256').update(seen).digest('hex').slice(0, 16)
}

/** By folder, since asking for all files below one at once costs a look at each of them more. */
function linesOf(root, folder) {
  let lines = ''
  for (const entry of fs.readdirSync(`${root}${sep}${folder}`, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = `${folder}${sep}${entry.name}`
    if (entry.isDirectory()) lines += linesOf(root, name)
    else if (/\.[jt]s$/.test(name)) lines += lineOf(root, name)
  }
  return lines
}

function lineOf(root, name) {
  const { size, mtimeMs } = fs.statSync(`${root}${sep}${name}`, { throwIfNoEntry: false }) ?? { size: -1, mtimeMs: -1 }
  return `${name} ${size} ${mtimeMs}\n`
}

async function makeBundle({ root, entry, key, kept, folder }) {
  const partial = `${folder}.${process.pid}.part`
  fs.mkdirSync(kept, { recursive: true })
  removeOldBuilds(kept)
  const { build } = await import('esbuild')
  try {
    await build({
      entryPoints: [{ in: entry, out: 'main' }, ...parts(root, SHARED_FOLDER, HAS_IDENTITY), ...PLUGIN_FOLDERS.flatMap((plugins) => parts(root, plugins, IS_PLUGIN))],
      outdir: partial,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      // What is loaded on demand stays a file of its own.
      splitting: true,
      platform: 'node',
      format: 'esm',
      target: 'esnext',
      // What else is made of the same sources, workers' code, need not look at them again.
      define: { 'globalThis.strikescanSources': JSON.stringify(key) },
      // Read only where a stack is to be shown: `api/source-places.ts`.
      sourcemap: 'external',
      sourcesContent: false,
      // Less to read and to check at every start; names stay as they are.
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: 'none',
      logLevel: 'silent',
      banner: { js: "import { createRequire as strikescanRequire } from 'node:module'; const require = strikescanRequire(import.meta.url);" },
      plugins: [asInPlace(root)],
    })
    fs.renameSync(partial, folder)
  } finally {
    fs.rmSync(partial, { recursive: true, force: true })
  }
}

/** Files of a folder that must stay modules which can be imported, by what their text has. */
function parts(root, folder, pattern) {
  const home = join(root, folder)
  const names = fs.readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && pattern.test(fs.readFileSync(join(home, name), 'utf8')))
  return names.map((name) => ({ in: join(home, name), out: `${folder}/${partName(name.replaceAll(sep, '/'))}` }))
}

/** Modules of ours find their neighbours as if they lay where they were written; what is not bundled is found from there. */
function asInPlace(root) {
  return {
    name: 'as-in-place',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        const name = path.split('/').slice(0, path.startsWith('@') ? 2 : 1).join('/')
        return kind === 'entry-point' || BUNDLED_PACKAGES.includes(name) ? undefined : { path, external: true }
      })
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const isOurs = !relative(root, path).startsWith('node_modules')
        const text = fs.readFileSync(path, 'utf8')
        return { contents: isOurs ? text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)) : text, loader: 'ts' }
      })
    },
  }
}
