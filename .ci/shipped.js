// What the built package needs beside itself, and what of others it carries inside: read from what was built, so that neither
// list can fall behind the code.
import { globSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { build } from 'esbuild'

const ANALYSIS = { bundle: true, splitting: true, write: false, metafile: true, outdir: '/', platform: 'node', format: 'esm', logLevel: 'error' }

/**
 * Removes what nothing loads any more, since a bundle holds it or it was types alone, and returns the packages that the rest
 * imports: whoever installs the package gets these, and none that only serve to make it.
 * @param entries files that are started or found by their place
 * @param candidates files that go where none of them leads to
 */
export async function keepReached(folder, entries, candidates) {
  // The bundler names files by their place without links on the way.
  const out = realpathSync(folder)
  const { metafile } = await build({
    ...ANALYSIS,
    entryPoints: entries.map((name) => join(out, name)),
    absWorkingDir: out,
    packages: 'external',
    // Only the repository has it.
    external: ['./bundle.js'],
  })
  for (const name of candidates) if (metafile.inputs[name.replaceAll('\\', '/')] === undefined) rmSync(join(out, name))
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter(({ external }) => external))
  return new Set(imported.map(({ path }) => path.split('/').slice(0, path.startsWith('@') ? 2 : 1).join('/')))
}

/** The licences of all that is inside the bundles: one text, as the package ships it. */
export async function carriedLicences(folder, packages) {
  const root = realpathSync(folder)
  const sources = ['runtime/guest/**/*.ts', 'runtime/worker/*-entry.ts', 'api/web/page/**/*.{ts,tsx}'].flatMap((pattern) => globSync(pattern, { cwd: root }))
  const { metafile } = await build({
    ...ANALYSIS,
    entryPoints: [...sources.map((name) => join(root, name)), ...packages.map((name) => createRequire(join(root, 'package.json')).resolve(name))],
    absWorkingDir: root,
    mainFields: ['module', 'main'],
    external: ['isolated-vm', 'typescript', '#carried/*'],
  })
  const libraries = new Set(Object.keys(metafile.inputs).flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []))
  return `${[ABOUT, ...[...libraries].toSorted().map((library) => licenceOf(join(root, library)))].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}

const ABOUT = `Strikescan is under the MIT licence, see LICENSE. The files of this package that are bundles (the web page, the code of
workers and of isolates) hold code of the packages below, each under the licence that stands here.`

function licenceOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice|thirdpartynotice)/i.test(file))
  if (license === undefined && texts.length === 0) throw new Error(`${folder} is bundled and names no licence`)
  const by = texts.length > 0 || author === undefined ? '' : `, by ${author.name ?? author}; the package holds no text of its licence`
  return [`${name} ${version} (${license})${by}`, ...texts.map((file) => readFileSync(join(folder, file), 'utf8').trim())].join('\n\n')
}
