import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'esbuild'

import { pageDocument } from './page-document.ts'

/** The built page: `index.html` and `assets/…`, each but the smallest with `.br` and `.gz` beside it. */
export interface BuiltPage {
  readonly folder: string
  /** Names of the files in `assets`; each changes with what it holds. */
  readonly assets: ReadonlySet<string>
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const KEPT = join(ROOT, 'node_modules/.cache/strikescan')
/** Where what the page is made of lies: its own sources, and texts that it carries along. */
const SOURCE_FOLDERS = ['api/web', 'api/schemas', 'sdk', 'plugins/scanners', 'examples']
const ENTRIES = {
  app: fileURLToPath(new URL('page/main.ts', import.meta.url)),
  style: fileURLToPath(new URL('page/style.css', import.meta.url)),
  theme: fileURLToPath(new URL('page/theme-entry.ts', import.meta.url)),
  'type-service': fileURLToPath(new URL('page/editor/type-service-worker.ts', import.meta.url)),
}
/** Above this, the best compression takes longer than it saves on a local network. */
const LARGE_BYTES = 1_000_000

let building: Promise<BuiltPage> | null = null

/** The page, built when it is first asked for and kept beside the package until one of its sources changes. */
export function builtPage(): Promise<BuiltPage> {
  building ??= findOrBuild().catch((error: unknown) => {
    building = null
    throw error
  })
  return building
}

async function findOrBuild(): Promise<BuiltPage> {
  // The published package brings it along.
  const shipped = await readBuilt(fileURLToPath(new URL('built', import.meta.url)))
  if (shipped !== null) return shipped
  const kept = keptFolder()
  const key = sourcesKey()
  const folder = join(kept, `web-${key}`)
  await markInUse(kept, key, folder)
  const found = await readBuilt(folder)
  if (found !== null) return found
  const partial = `${folder}.${process.pid}.part`
  try {
    await build(partial)
    renameSync(partial, folder)
  } catch (error) {
    // Another process was quicker.
    const built = await readBuilt(folder)
    if (built === null) throw error
    return built
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return (await readBuilt(folder))!
}

async function readBuilt(folder: string): Promise<BuiltPage | null> {
  const names = await readdir(join(folder, 'assets')).catch(() => null)
  return names === null ? null : { folder, assets: new Set(names.filter((name) => !/\.(br|gz)$/.test(name))) }
}

async function build(folder: string): Promise<void> {
  const esbuild = createRequire(import.meta.url)('esbuild') as typeof import('esbuild')
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: ENTRIES,
    outdir: join(folder, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2023', 'chrome120', 'firefox121', 'safari17.2'],
    minify: true,
    write: false,
    metafile: true,
    legalComments: 'none',
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [carriedTexts()],
  })
  await mkdir(join(folder, 'assets'), { recursive: true })
  const names = new Map<string, string>()
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint !== undefined) names.set(basename(path).replace(/-[^-]*$/, ''), basename(path))
  }
  const html = pageDocument({ style: names.get('style')!, theme: names.get('theme')!, script: names.get('app')!, typeService: names.get('type-service')! })
  await Promise.all([
    writeCompressed(join(folder, 'index.html'), Buffer.from(html)),
    ...outputFiles.map(({ path, contents }) => writeCompressed(path, Buffer.from(contents))),
  ])
}

async function writeCompressed(path: string, bytes: Buffer): Promise<void> {
  const quality = bytes.length > LARGE_BYTES ? 5 : constants.BROTLI_MAX_QUALITY
  const [br, gz] = await Promise.all([promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }), promisify(gzip)(bytes, { level: 9 })])
  await Promise.all([writeFile(path, bytes), writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)])
}

/** Modules of texts from elsewhere: scanners to start from, and the types that the editor checks against. */
function carriedTexts(): Plugin {
  return {
    name: 'carried-texts',
    setup(bundler) {
      // Only what no browser reaches asks for Node's own modules.
      bundler.onResolve({ filter: /^(fs|path)$/ }, ({ path }) => ({ path: `#carried/${path}`, namespace: 'carried' }))
      // The editor's glue takes two lists of names from the compiler: it gets these, and the compiler stays in the worker.
      bundler.onResolve({ filter: /^typescript$/ }, () => ({ path: '#carried/compiler-names', namespace: 'carried' }))
      bundler.onResolve({ filter: /^#carried\// }, ({ path }) => ({ path, namespace: 'carried' }))
      bundler.onLoad({ filter: /.*/, namespace: 'carried' }, async ({ path }) => ({ contents: JSON.stringify(await CARRIED[path]!()), loader: 'json' }))
    },
  }
}

const CARRIED: Record<string, () => Promise<unknown>> = {
  '#carried/fs': async () => ({}),
  '#carried/path': async () => ({}),
  '#carried/compiler-names': async () => {
    const { ScriptElementKind, DiagnosticCategory } = createRequire(import.meta.url)('@typescript/typescript6') as typeof import('@typescript/typescript6')
    return { ScriptElementKind, DiagnosticCategory }
  },
  '#carried/starters': async () => [...(await startersOf('plugins/scanners', 'built-in')), ...(await startersOf('examples', 'example'))],
  '#carried/sdk-types': async () => Object.fromEntries((await filesOf('sdk')).map(({ name, text }) => [name, text])),
  '#carried/library-types': async () => {
    const library = join(createRequire(createRequire(import.meta.url).resolve('@typescript/typescript6')).resolve('@typescript/old'), '..')
    const names = (await readdir(library)).filter((name) => /^lib\.(es|decorators)[\w.]*\.d\.ts$/.test(name) && !name.endsWith('.full.d.ts'))
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(library, name), 'utf8')])))
  },
}

async function filesOf(folder: string): Promise<{ name: string; text: string }[]> {
  const names = (await readdir(join(ROOT, folder), { recursive: true }).catch(() => [])).filter((name) => /\.([cm]?js|ts)$/.test(name)).toSorted()
  return Promise.all(names.map(async (name) => ({ name: name.replaceAll('\\', '/'), text: await readFile(join(ROOT, folder, name), 'utf8') })))
}

/** Scanners of one file: the page's editor holds no more, and what lies deeper is of those that have several. */
const startersOf = async (folder: string, kind: string) => (await filesOf(folder)).filter(({ name }) => !name.includes('/')).map((file) => ({ ...file, kind }))

/** The folder for what is built, in the system's folder for passing files where the package's own can not be written to. */
function keptFolder(): string {
  try {
    mkdirSync(KEPT, { recursive: true })
    return KEPT
  } catch {
    const folder = mkdtempSync(join(tmpdir(), 'strikescan-web-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    return folder
  }
}

/** Changes with any file that the page is made of, and with what is installed. */
function sourcesKey(): string {
  const hash = createHash('sha256')
  const add = (name: string): void => {
    const { size, mtimeMs } = statSync(join(ROOT, name), { throwIfNoEntry: false }) ?? { size: -1, mtimeMs: -1 }
    hash.update(`${name} ${size} ${mtimeMs}\n`)
  }
  add('node_modules/.package-lock.json')
  for (const folder of SOURCE_FOLDERS) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).sort()) add(join(folder, name))
  }
  return hash.digest('hex').slice(0, 16)
}

/** Has the page stay as long as this process serves it; pages of sources long gone are removed with the bundles of the program. */
async function markInUse(kept: string, key: string, folder: string): Promise<void> {
  // Plain JavaScript, which the launcher runs as it is: only a repository has it.
  const builds = (await import(new URL('../cli/kept-builds.js', import.meta.url).href)) as { markInUse(kept: string, key: string, build: string): void }
  builds.markInUse(kept, key, folder)
}
