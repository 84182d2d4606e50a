import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withSourcePlaces } from '../../../api/source-places.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strikescan-stack-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a stack names the lines of the sources that were bundled', async () => {
  const source = join(folder, 'thrower.ts')
  writeFileSync(source, 'interface Unused {\n  a: number\n}\n\nexport function fail(value: Unused | null): never {\n  throw new Error(`at ${String(value)}`)\n}\n')
  const outfile = join(folder, 'cli-0123456789abcdef', 'main.mjs')
  await build({ entryPoints: [source], bundle: true, format: 'esm', outfile, sourcemap: 'external', minifyWhitespace: true })
  // In a process of its own, since the test runner rewrites the stacks of this one.
  const program = `import(${JSON.stringify(pathToFileURL(outfile).href)}).then(({ fail }) => fail(null)).catch(({ stack }) => console.log(stack))`
  const stack = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })
  expect(stack).toMatch(/main\.mjs:1:\d+/)
  expect(withSourcePlaces(stack)).toContain(`${pathToFileURL(source).href}:6:9`)
})

test('places elsewhere, and of a bundle without its map, stay as they are', () => {
  mkdirSync(join(folder, 'cli-0123456789abcdef'))
  const stack = `Error: x\n    at f (${pathToFileURL(folder).href}/cli-0123456789abcdef/gone.mjs:1:2)\n    at g (file:///a/b.ts:3:4)\n    at node:fs:5:6`
  expect(withSourcePlaces(stack)).toBe(stack)
})
