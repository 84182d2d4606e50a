import type { Node } from 'acorn'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

import { allSources, filesBelow, read, ROOT, type Source } from './support/sources.ts'
import { walk } from './support/walk.ts'

const MAX_FILE_LINES = 500
const MAX_FUNCTION_LINES = 70

/** What may stand at the root beside dot-files. */
const TOP_LEVEL = [
  ['sdk', 'runtime', 'plugins', 'api', 'examples', 'test'],
  ['package.json', 'package-lock.json', 'tsconfig.json', 'vitest.config.ts', 'README.md', 'SECURITY.md', 'LICENSE'],
  // Not in the repository: see .gitignore.
  ['node_modules', 'dist'],
].flat()

const sources = allSources()
const isTest = ({ path }: Source): boolean => path.startsWith('test/')

describe('shape', () => {
  it('only the agreed names stand at the root', () => {
    expect(readdirSync(ROOT).filter((name) => !name.startsWith('.') && !TOP_LEVEL.includes(name))).toEqual([])
  })

  it(`no file is over ${MAX_FILE_LINES} lines`, () => {
    const long = sources.map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length })).filter(({ lines }) => lines > MAX_FILE_LINES)
    expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([])
  })

  it(`no function is over ${MAX_FUNCTION_LINES} lines`, () => {
    // A test file's outermost functions only group its tests.
    const long = sources.filter((source) => !isTest(source)).flatMap(longFunctions)
    expect(long).toEqual([])
  })

  it('no file names a path of one machine', () => {
    const pattern = /(?<![\w.*@:/-])\/(?:work|farm|root|tmp|home\/\w+|Users\/\w+)\//
    const texts = ['sdk', 'runtime', 'plugins', 'api', 'examples', 'test', '.ci'].flatMap(filesBelow).filter((path) => /(\.(ts|js|cjs|mjs|md|json|sh)|\/run)$/.test(path))
    const named = [...texts, 'README.md', 'package.json', 'package-lock.json', 'tsconfig.json', '.npmrc'].flatMap((path) =>
      read(path).split('\n').flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1} ${line.trim().slice(0, 100)}`] : [])),
    )
    expect(named).toEqual([])
  })

  it('every exported value is used by another file', () => {
    const words = new Map(sources.map(({ path, text }) => [path, new Set(text.match(/[\w$]+/g))]))
    const unused = sources
      // What the SDK exports is for scanner authors; plugins and examples export what their host looks for.
      .filter(({ path }) => !path.startsWith('sdk/') && !/\/(option-)?plugin\.ts$|^test\/(fixtures|bench)\/|\.config\.ts$/.test(path))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^export (?:async )?(?:function\*?|const|let|class) ([\w$]+)/gm)]
          .map(([, name]) => name!)
          .filter((name) => ![...words].some(([other, said]) => other !== path && said.has(name)))
          .map((name) => `${path}: ${name}`),
      )
    expect(unused).toEqual([])
  })
})

describe('plain Node runs what the tests run', () => {
  const node = async (...args: string[]): Promise<string> => (await promisify(execFile)(process.execPath, args, { cwd: ROOT })).stdout

  it('every file loads by type stripping alone', () => {
    // Parsing them all has thrown otherwise.
    expect(sources.length).toBeGreaterThan(100)
  })

  it('the command line starts', async () => {
    expect(await node('api/cli/strikescan.js', '--help')).toMatch(/^Usage: strikescan/)
  })

  it('the runtime, the SDK and every plugin load', async () => {
    const paths = ['runtime/host.ts', 'sdk/index.ts', ...filesBelow('plugins').filter((path) => /\/(option-)?plugin\.ts$|^plugins\/(strategies|scanners)\/[\w-]+\.ts$/.test(path))]
    // One process for all: each start of Node takes as long as to load most of them.
    const program = `const counts = {}
      for (const path of ${JSON.stringify(paths)}) counts[path] = await import(${JSON.stringify(`${ROOT}/`)} + path).then((module) => Object.keys(module).length, String)
      console.log(JSON.stringify(counts))`
    const counts = JSON.parse(await node('--input-type=module', '--eval', program)) as Record<string, number | string>
    expect(Object.keys(counts)).toEqual(paths)
    expect(Object.entries(counts).filter(([, count]) => !(Number(count) > 0))).toEqual([])
  })
})

/** Functions of a file that are too long, lines of functions within them left out, as `path:line lines`. */
function longFunctions({ path, program }: Source): string[] {
  const found: string[] = []
  const own = new Map<Node, number>()
  walk(program, (node, ancestors) => {
    if (!isFunction(node)) return
    const lines = node.loc!.end.line - node.loc!.start.line + 1
    own.set(node, (own.get(node) ?? 0) + lines)
    const outer = ancestors.findLast(isFunction)
    // The line that a function begins on belongs to the one around it.
    if (outer !== undefined) own.set(outer, (own.get(outer) ?? 0) - (lines - 1))
  })
  for (const [node, lines] of own) if (lines > MAX_FUNCTION_LINES) found.push(`${path}:${node.loc!.start.line} ${lines} lines`)
  return found
}

const isFunction = (node: Node): boolean => /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)
