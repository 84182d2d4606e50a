import { describe, expect, it } from 'vitest'

import { cycles, importsOf, reachable, type Import } from './support/imports.ts'
import { allSources, folderOf, parseSource, read } from './support/sources.ts'

const sources = allSources()
const paths = new Set(sources.map(({ path }) => path))
const imports = sources.flatMap(importsOf)

interface Rule {
  /** Where the rule holds. */
  of: string
  within: (path: string) => boolean
  /** Whether a file may import this; `target` is null for packages and Node's own modules. */
  may: (found: Import & { target: string }) => boolean
  mayPackage: (specifier: string) => boolean
}

const inFolder = (folder: string) => (path: string) => path.startsWith(`${folder}/`)
const any = (): boolean => true
const none = (): boolean => false

/** The parts of the runtime that the ways in may name: its door, and what they need before the rest is loaded: the error type, words for what the system refuses, and workers started ahead. */
const RUNTIME_DOOR = new Set(['runtime/host.ts', 'runtime/errors/strikescan-error.ts', 'runtime/errors/system-problem.ts', 'runtime/ahead.ts'])

const RULES: Rule[] = [
  { of: 'sdk', within: inFolder('sdk'), may: ({ target }) => inFolder('sdk')(target), mayPackage: none },
  {
    of: 'runtime',
    within: inFolder('runtime'),
    may: ({ target }) => inFolder('runtime')(target) || inFolder('sdk')(target),
    mayPackage: any,
  },
  {
    of: 'runtime/guest (runs inside isolates)',
    within: inFolder('runtime/guest'),
    // Nothing of the host may slip into the bundle; types leave nothing behind.
    may: ({ target, isType }) => isType || inFolder('runtime/guest')(target) || inFolder('sdk')(target) || target === 'runtime/intake/plan.ts' || target === 'runtime/intake/stand-ins.ts',
    mayPackage: (specifier) => /^core-js\b/.test(specifier),
  },
  {
    of: 'plugins',
    within: inFolder('plugins'),
    // A plugin is a folder of its kind: plugins/providers/simulated.
    may: ({ from, target }) => inFolder('sdk')(target) || folderOf(from, 3) === folderOf(target, 3) || (inFolder('plugins/strategies')(from) && inFolder('plugins/strategies/shared')(target)),
    mayPackage: any,
  },
  {
    of: 'api',
    within: inFolder('api'),
    may: ({ target }) => inFolder('api')(target) || inFolder('sdk')(target) || RUNTIME_DOOR.has(target),
    mayPackage: any,
  },
  { of: 'test', within: inFolder('test'), may: any, mayPackage: any },
]

describe('who imports whom', () => {
  it.each(RULES.map((rule) => [rule.of, rule] as const))('%s keeps to its direction', (_, rule) => {
    const offenders = imports.filter((found) => {
      if (!rule.within(found.from)) return false
      const { target } = found
      return target === null ? !rule.mayPackage(found.specifier) : !rule.may({ ...found, target })
    })
    expect(offenders.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([])
  })

  it('only runtime/isolate imports isolated-vm', () => {
    const offenders = imports.filter(({ from, specifier }) => specifier === 'isolated-vm' && !inFolder('runtime/isolate')(from) && !inFolder('test')(from))
    expect(offenders.map(({ from }) => from)).toEqual([])
  })

  it('every dependency is there for something, and nothing is imported that is none', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
    const packageOf = (specifier: string): string => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
    const packages = imports.filter(({ target, specifier }) => target === null && !/^(node:|#|carried:)/.test(specifier)).map(({ from, specifier }) => ({ isTest: inFolder('test')(from) || !from.includes('/'), name: packageOf(specifier) }))
    const product = new Set(packages.filter(({ isTest }) => !isTest).map(({ name }) => name))
    // Named in a setting, for scripts to import.
    product.add('technicalindicators')
    // The scanners that ship import the package by its name, as their readers will.
    product.delete('strikescan')
    expect(Object.keys(dependencies!).filter((name) => !product.has(name))).toEqual([])
    expect([...product].filter((name) => dependencies![name] === undefined)).toEqual([])
    expect(packages.filter(({ name }) => dependencies![name] === undefined && devDependencies![name] === undefined && name !== 'strikescan').map(({ name }) => name)).toEqual([])
  })

  it('no code outside test imports from it', () => {
    expect(imports.filter(({ from, target }) => target?.startsWith('test/') && !inFolder('test')(from)).map(({ from }) => from)).toEqual([])
  })

  it('every relative import names a file that is there', () => {
    const missing = imports.filter(({ target }) => target !== null && !paths.has(target) && !target.startsWith('test/fixtures/') && !target.endsWith('.css'))
    expect(missing.map(({ from, specifier }) => `${from} imports ${specifier}`)).toEqual([])
  })

  it('the runtime names no plugin', () => {
    const names = ['simulated', 'tradier', 'polygon'].map((name) => `plugins/providers/${name}`)
    const offenders = sources.filter(({ path, text }) => inFolder('runtime')(path) && names.some((name) => text.includes(name)))
    expect(offenders.map(({ path }) => path)).toEqual([])
  })

  it('no files import each other in a circle once types are stripped', () => {
    expect(cycles(imports.filter(({ isType }) => !isType))).toEqual([])
  })

  it('no files outside one folder import each other in a circle, types included', () => {
    // Within one folder, types may lean on each other.
    expect(cycles(imports).filter((circle) => new Set(circle.map((path) => path.slice(0, path.lastIndexOf('/')))).size > 1)).toEqual([])
  })
})

/** Files that are started, or found by their place, and so are imported by nobody. */
const ENTRIES = [/^api\/cli\/strikescan\.js$/, /^sdk\/(options\/)?index\.ts$/, /^api\/testing\/index\.ts$/, /^runtime\/worker\/\w+-entry\.ts$/, /^plugins\/.*\/((option|news)-)?plugin\.ts$/, /^plugins\/(strategies|scanners)\/[\w-]+\.ts$/]

describe('files that an older Node starts', () => {
  // Everything these may import by name was there in Node 18: a name that is missing would stop them before they can say so.
  const OLD_NAMES: Record<string, string[]> = {
    'node:child_process': ['spawn', 'spawnSync'],
    'node:fs': ['existsSync', 'mkdtempSync', 'readFileSync', 'rmSync'],
    'node:module': ['createRequire'],
    'node:os': ['constants', 'tmpdir'],
    'node:path': ['dirname', 'join'],
    'node:url': ['fileURLToPath'],
  }

  it.each(['api/cli/strikescan.js', 'api/cli/node-finder.js', 'api/cli/parent-watch.js', 'test/run.js'])('%s imports only what that has', (path) => {
    const { text } = sources.find((source) => source.path === path)!
    const named = [...text.matchAll(/^import \{(.*?)\} from '(node:.*?)'/gms)].flatMap(([, names, module]) => names!.split(',').map((name) => [module!, name.trim()] as const))
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter(([module, name]) => !OLD_NAMES[module]?.includes(name))).toEqual([])
  })
})

describe('what every start has to load', () => {
  it('is not zod whole: taken as `{ z }` it brings the words of all its languages along', () => {
    expect(sources.filter(({ path, text }) => !path.startsWith('test/') && /^import (type )?\{[^}]*\} from 'zod'/m.test(text) && !/^import type \{ core \} from 'zod'/m.test(text)).map(({ path }) => path)).toEqual([])
  })
})

describe('dead files', () => {
  const isTest = (path: string): boolean => path.startsWith('test/')
  /** Started by hand, or by vitest around the tests. */
  const TEST_COMMANDS = new Set(['test/run.js', 'test/bench/main.ts', 'test/temporary-folder.ts', 'test/temporary-root.ts'])
  const entries = sources.map(({ path }) => path).filter((path) => ENTRIES.some((entry) => entry.test(path)))
  const testEntries = sources.map(({ path }) => path).filter((path) => /\.test\.ts$/.test(path) || TEST_COMMANDS.has(path))

  it('every file of the product can be reached from an entry', () => {
    const reached = reachable(entries)
    expect([...paths].filter((path) => !isTest(path) && !reached.has(path))).toEqual([])
  })

  it('every file of the tests can be reached from a test or a command', () => {
    const reached = reachable(testEntries)
    expect([...paths].filter((path) => isTest(path) && !reached.has(path))).toEqual([])
  })
})

describe('the checks themselves', () => {
  it('see a circle, a deep one and a file that imports itself', () => {
    const edge = (from: string, target: string): Import => ({ from, specifier: target, target, isType: false })
    expect(cycles([edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('c', 'd'), edge('e', 'e'), edge('d', 'f')])).toEqual([['a', 'b', 'c'], ['e']])
  })

  it('see the imports of a file', () => {
    const text = "import { a } from './a.ts'\nexport * from '../b.ts'\nimport 'node:fs'\nimport type { C } from './c.ts'\nexport const d = () => import('./d.ts')\n// from './e.ts'\n"
    const seen = importsOf(parseSource('runtime/scan/x.ts', text)).map(({ target, specifier, isType }) => [target ?? specifier, isType])
    expect(seen.sort()).toEqual([['node:fs', false], ['runtime/b.ts', false], ['runtime/scan/a.ts', false], ['runtime/scan/c.ts', true], ['runtime/scan/d.ts', false]])
  })
})
