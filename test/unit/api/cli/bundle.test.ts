import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withSourcePlaces } from '../../../../api/source-places.ts'

const BUNDLE = new URL('../../../../api/cli/bundle.js', import.meta.url).href

let root = ''
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'strikescan-bundle-')))
  write('package.json', '{"type":"module"}')
  write('sdk/shared.ts', 'export class Shared {}\nexport const isSame = (value: unknown): boolean => value instanceof Shared\n')
  write('runtime/host.ts', "import { isSame } from '../sdk/shared.ts'\nexport const where: string = import.meta.url\nexport { isSame }\nexport function fail(): never {\n  throw new Error('no')\n}\n")
  write('plugins/providers/own/plugin.ts', "import { kind } from './kind.ts'\nimport { Shared } from '../../../sdk/shared.ts'\nexport default { kind, made: new Shared(), where: import.meta.url }\n")
  write('plugins/providers/own/kind.ts', "export const kind: string = 'bundled'\n")
  write('plugins/strategies/shared/legs.ts', 'export const legs: number = 1\n')
  write('api/cli/main.ts', "export const version: number = 1\nexport const load = () => import('../../runtime/host.ts')\n")
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(name: string, text: string): void {
  const file = join(root, name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
}

/** Runs a program in which `main` is the module that the launcher would run, and `url` its place; gives what it prints. */
function run(program: string): unknown {
  const text = `
    const { bundled } = await import(${JSON.stringify(BUNDLE)})
    const url = await bundled(${JSON.stringify(root)}, ${JSON.stringify(join(root, 'api/cli/main.ts'))})
    const main = await import(url)
    console.log(JSON.stringify(await (async () => { ${program} })()))`
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', text], { encoding: 'utf8' }))
}
const urlOf = (name: string): string => pathToFileURL(join(root, name)).href
const kept = (): string[] => readdirSync(join(root, 'node_modules/.cache/strikescan'))

describe('the program as one file', () => {
  it('is made once, runs as the sources do, and is another after an edit', () => {
    const first = run('return url') as string
    expect(fileURLToPath(first).startsWith(join(root, 'node_modules/.cache'))).toBe(true)
    expect(run('return [url, main.version]')).toEqual([first, 1])
    expect(kept().filter((name) => name !== 'in-use')).toHaveLength(1)
    expect(readdirSync(join(root, 'node_modules/.cache/strikescan/in-use'))).toEqual([])
    write('api/cli/main.ts', 'export const version = 22\n')
    expect(run('return main.version')).toBe(22)
    expect(run('return url')).not.toBe(first)
  })

  it('notices a file that only something loaded on demand uses', () => {
    run('return 0')
    write('runtime/host.ts', "export const where = 'elsewhere'\n")
    expect(run('return (await main.load()).where')).toBe('elsewhere')
  })

  it('leaves modules at their place, and shares with plugins what they share with the sources', () => {
    expect(run(`const { Shared } = await import(${JSON.stringify(urlOf('sdk/shared.ts'))}); const host = await main.load(); return [host.where, host.isSame(new Shared())]`)).toEqual([urlOf('runtime/host.ts'), true])
  })

  it('has the plugins in it, at their place and with the same classes, and notices their edits', () => {
    const program = `const { default: own } = await import(${JSON.stringify(urlOf('plugins/providers/own/plugin.ts'))}); const host = await main.load(); return [own.kind, own.where, host.isSame(own.made)]`
    expect(run(program)).toEqual(['bundled', urlOf('plugins/providers/own/plugin.ts'), true])
    const [folder] = kept()
    expect(readdirSync(join(root, 'node_modules/.cache/strikescan', folder!, 'plugins'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mjs'))).toEqual([join('providers', 'own', 'plugin.mjs')])
    write('plugins/providers/own/kind.ts', "export const kind = 'edited anew'\n")
    expect((run(program) as string[])[0]).toBe('edited anew')
  })

  it('leaves a plugin alone that was put there after it was made', () => {
    expect(run(`
      const { writeFileSync } = await import('node:fs')
      writeFileSync(${JSON.stringify(join(root, 'plugins/strategies/late.ts'))}, "import { legs } from './shared/legs.ts'\\nexport default legs satisfies number\\n")
      return (await import(${JSON.stringify(urlOf('plugins/strategies/late.ts'))})).default`)).toBe(1)
  })

  it("keeps what names the sources' lines in stacks", () => {
    const stack = run('try { (await main.load()).fail() } catch (error) { return error.stack }') as string
    expect(withSourcePlaces(stack)).toMatch(/runtime\/host\.ts:5:\d+/)
  })

  it('gives way to the sources where nothing can be kept', () => {
    write('node_modules/.cache', 'a file in the place of a folder')
    expect(run('return [url, main.version]')).toEqual([urlOf('api/cli/main.ts'), 1])
  })

  it('gives way to the sources where they cannot be bundled, and leaves nothing behind', () => {
    write('runtime/host.ts', 'export const where = = 1\n')
    expect(run('return [url, main.version]')).toEqual([urlOf('api/cli/main.ts'), 1])
    expect(kept()).toEqual(['in-use'])
    expect(existsSync(join(root, 'node_modules/.cache/strikescan'))).toBe(true)
  })
})
