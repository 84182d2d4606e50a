// Builds the package as it is published into dist/, in the layout of the repository: JavaScript of every part, the
// declarations that its exports lead to, the code of workers and of isolates bundled, so that nothing is bundled or
// stripped of types where it is installed, and a manifest of its own that names only what is loaded there. `npm run build`,
// then `npm pack ./dist`.
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'

import { builtPage } from '../api/web/page-build.ts'
import { settingsSchema } from '../runtime/config/schema.ts'
import { guestBundle, optionsBundle, packageBundle } from '../runtime/isolate/guest-bundle.ts'
import { carriedLicences, keepReached } from './shipped.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PARTS = ['sdk', 'runtime', 'plugins', 'api']
/** What can be imported of the package, each with its source. */
const EXPORTS = { '.': 'sdk/index.ts', './options': 'sdk/options/index.ts', './testing': 'api/testing/index.ts' }
const ENTRIES = Object.values(EXPORTS)
/** Of use to sources alone. */
const NOT_SHIPPED = ['api/cli/bundle.js']
/** Runs in browsers: bundled, not compiled file by file. */
const PAGE = 'api/web/page'
const WORKERS = ['scan', 'intake']
/** Packages that scripts may import where no setting says otherwise. */
const CARRIED = settingsSchema.shape['imports.allow'].parse(undefined)
const TYPESCRIPT = join(ROOT, 'node_modules/typescript/bin/tsc')

/** Builds into a folder beside `out` and puts it in its place once it is complete. */
export async function buildPackage(out = join(ROOT, 'dist')) {
  const partial = `${out}.${process.pid}.part`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  try {
    compile(partial)
    declare(partial)
    copyAssets(partial)
    await bundleWorkers(partial)
    await bundleGuest(partial)
    const packages = await keepLoaded(partial)
    cpSync((await builtPage()).folder, join(partial, 'api/web/built'), { recursive: true })
    writeFileSync(join(partial, 'THIRD-PARTY-LICENSES.txt'), await carriedLicences(ROOT, CARRIED))
    writeManifest(partial, packages)
    rmSync(out, { recursive: true, force: true })
    renameSync(partial, out)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** JavaScript of every part. */
function compile(out) {
  typescript(out, 'javascript', { declaration: false }, { include: PARTS.map((part) => join(ROOT, part)), exclude: [join(ROOT, PAGE)] })
}

/** Declarations of what a scanner's author can import, and of nothing else. */
function declare(out) {
  const folder = join(out, '.declarations')
  typescript(
    folder,
    'declarations',
    { declaration: true, emitDeclarationOnly: true, stripInternal: true },
    { files: ENTRIES.map((entry) => join(ROOT, entry)) },
  )
  const seen = new Set()
  for (const entry of ENTRIES) takeDeclaration(folder, out, entry.replace(/\.ts$/, '.d.ts'), seen)
  rmSync(folder, { recursive: true })
}

/** Copies one declaration and those it names, which it names as they are called in the package. */
function takeDeclaration(from, to, name, seen) {
  if (seen.has(name)) return
  seen.add(name)
  const text = readFileSync(join(from, name), 'utf8').replace(
    /((?:from|import)\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\.ts\2/g,
    (_, before, quote, path) => {
      takeDeclaration(from, to, join(dirname(name), `${path}.d.ts`), seen)
      return `${before}${quote}${path}.js${quote}`
    },
  )
  mkdirSync(dirname(join(to, name)), { recursive: true })
  writeFileSync(join(to, name), text)
}

/** Runs the compiler over some files. Types are checked by the tests; here they are only taken away or written down. */
function typescript(out, name, options, files) {
  mkdirSync(out, { recursive: true })
  const config = join(out, `tsconfig.${name}.json`)
  const compilerOptions = {
    noEmit: false,
    noCheck: true,
    allowImportingTsExtensions: false,
    rewriteRelativeImportExtensions: true,
    rootDir: ROOT,
    outDir: out,
    typeRoots: [join(ROOT, 'node_modules/@types')],
    ...options,
  }
  writeFileSync(config, JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: [], ...files }))
  const { status, stdout } = spawnSync(process.execPath, [TYPESCRIPT, '-p', config], { cwd: ROOT, encoding: 'utf8' })
  rmSync(config)
  if (status !== 0) throw new Error(`tsc failed for ${name}:\n${stdout}`)
}

/** What is no TypeScript: plain JavaScript, texts, the examples. */
function copyAssets(out) {
  for (const part of PARTS) {
    for (const name of readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' })) {
      if (
        !/\.(js|css|html|svg|json|md|png|ico|woff2)$/.test(name) ||
        NOT_SHIPPED.includes(`${part}/${name}`) ||
        join(part, name).startsWith(join(PAGE))
      ) {
        continue
      }
      const target = join(out, part, name)
      mkdirSync(dirname(target), { recursive: true })
      copyFileSync(join(ROOT, part, name), target)
    }
  }
  cpSync(join(ROOT, 'examples'), join(out, 'examples'), { recursive: true })
  for (const name of ['README.md', 'LICENSE']) copyFileSync(join(ROOT, name), join(out, name))
}

/** One file for each kind of worker: it starts sooner, and may then read nothing but that file. */
async function bundleWorkers(out) {
  for (const name of WORKERS) {
    await build({
      entryPoints: [join(ROOT, `runtime/worker/${name}-entry.ts`)],
      outfile: join(out, `runtime/worker/${name}-worker.cjs`),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'esnext',
      external: ['isolated-vm'],
      legalComments: 'none',
      logLevel: 'warning',
    })
  }
}

/** The code inside isolates, as script texts. */
async function bundleGuest(out) {
  const folder = join(out, '.guest')
  const bundle = { ...(await guestBundle(folder)), options: await optionsBundle(folder) }
  for (const [name, text] of Object.entries(bundle)) writeFileSync(join(out, `runtime/isolate/guest-${name}.script`), text)
  for (const name of CARRIED) writeFileSync(join(out, `runtime/isolate/package-${name}.script`), await packageBundle(name, folder))
  rmSync(folder, { recursive: true, force: true })
}

/** Leaves the code that something loads where the package is installed; returns the packages that it imports. */
function keepLoaded(out) {
  const code = PARTS.flatMap((part) => globSync(`${part}/**/*.js`, { cwd: out }))
  const started = [...ENTRIES.map((entry) => entry.replace(/\.ts$/, '.js')), 'api/cli/strikescan.js', 'api/cli/main.js']
  const workers = WORKERS.map((name) => `runtime/worker/${name}-worker.cjs`)
  return keepReached(out, [...started, ...workers, ...globSync('plugins/**/*.js', { cwd: out })], code)
}

/** The repository's manifest, less what only the repository needs; its exports name what was built. */
function writeManifest(out, packages) {
  const { scripts, devDependencies, imports, private: _, dependencies, ...rest } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const built = (source) => ({ types: `./${source.replace(/\.ts$/, '.d.ts')}`, default: `./${source.replace(/\.ts$/, '.js')}` })
  const manifest = {
    ...rest,
    dependencies: Object.fromEntries(Object.entries(dependencies).filter(([name]) => packages.has(name))),
    types: built(EXPORTS['.']).types,
    exports: { ...Object.fromEntries(Object.entries(EXPORTS).map(([name, source]) => [name, built(source)])), './package.json': './package.json' },
  }
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const out = process.argv[2] === undefined ? undefined : resolve(process.argv[2])
  await buildPackage(out)
  console.log(`built ${relative(process.cwd(), out ?? join(ROOT, 'dist'))}`)
}
