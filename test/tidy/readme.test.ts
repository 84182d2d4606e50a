import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { SETTING_KEYS, settingInfo } from '../../runtime/config/schema.ts'
import { rowColumns } from '../../runtime/output/columns.ts'
import { ROW_STATUSES } from '../../runtime/scan/row.ts'
import { RUN_STATUSES } from '../../runtime/scan/run.ts'
import { inspectScript } from '../../runtime/intake/inspect.ts'
import { command as commandLine, FakeHost } from '../unit/api/cli/fake-terminal.ts'
import { read, ROOT } from './support/sources.ts'

const readme = read('README.md')
const manifest = JSON.parse(read('package.json')) as Record<'scripts' | 'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>>
const blocks = (language: string): string[] => [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text!)

/** Every setting as a line of a Markdown table. */
function settingsTable(): string {
  const rows = SETTING_KEYS.map(settingInfo).map(({ key, default: value, unit, help, flag, allowed }) => {
    const shown = Array.isArray(value) ? value.join(', ') : String(value)
    return `| \`${key}\` | ${shown}${unit === '' ? '' : ` ${unit}`} | ${help}; ${allowed}${flag === null ? '' : `; \`${flag}\``} |`
  })
  return ['| setting | default | |', '| --- | --- | --- |', ...rows].join('\n')
}

/** What `strikescan … --help` prints. */
async function helpOf(command: string[]): Promise<string> {
  return (await commandLine([...command, '--help'], new FakeHost(), { cwd: ROOT })).out
}

const flagsIn = (help: string): string[] => [...new Set([...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag!))].filter((flag) => flag !== '--version')

const COMMANDS = [
  ...['start', 'serve', 'run', 'explore', 'scanners', 'new', 'dev', 'check', 'push', 'runs', 'simulate', 'market', 'doctor'].map((name) => [name]),
  ...[['runs', 'replay'], ['runs', 'compare'], ['runs', 'show'], ['runs', 'prune']],
  ...[['import', 'bars'], ['import', 'chains'], ['import', 'news']],
  ...[['market', 'reset'], ['config', 'show'], ['config', 'init']],
]
/** Those of which only commands below them are documented. */
const GROUPS = [['import'], ['config']]

describe('the README', () => {
  it('lists the settings as they are', () => {
    const shown = /<!-- settings: .*? -->\n(.*?)\n?<!-- settings end -->/s.exec(readme)?.[1]
    expect(shown).toBe(settingsTable())
  })

  it.each(COMMANDS.map((command) => [command.join(' '), command] as const))('documents %s and all its flags', async (name, command) => {
    const help = await helpOf(command)
    expect(help).toContain(`Usage: strikescan ${name}`)
    expect(readme).toMatch(new RegExp(`^\\| \`${name}[ \`]`, 'm'))
    expect(flagsIn(help).filter((flag) => !readme.includes(`\`${flag}`) && !readme.includes(`, ${flag}`))).toEqual([])
  })

  it('names every command that there is', async () => {
    const below = async (command: string[]): Promise<string[][]> => [...(await helpOf(command)).matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => [...command, name!]).filter(([...words]) => words.at(-1) !== 'help')
    const first = await below([])
    const groups = [...GROUPS, ['runs'], ['market']]
    const all = [...first, ...(await Promise.all(groups.map(below))).flat()].map((command) => command.join(' '))
    const documented = [...COMMANDS, ...GROUPS].map((command) => command.join(' '))
    expect(all.toSorted()).toEqual(documented.toSorted())
  })

  it('shows only commands and flags that there are', async () => {
    const lines = blocks('sh').flatMap((text) => text.split('\n')).flatMap((line) => line.replace(/\s+#.*/, '').split(' && '))
    const unknown: string[] = []
    for (const line of lines.filter((each) => each !== '')) {
      const [tool, ...words] = line.replace(/ >.*/, '').split(' ')
      if (tool === 'npm') {
        const script = words[0] === 'run' ? words[1]! : words[0]!
        if (script !== 'ci' && manifest.scripts[script] === undefined) unknown.push(line)
        continue
      }
      const command = COMMANDS.toSorted((a, b) => b.length - a.length).find((each) => each.every((word, at) => words[at + 1] === word))
      const flags = words.filter((word) => word.startsWith('--'))
      const known = command === undefined ? [] : flagsIn(await helpOf(command))
      if (tool !== 'npx' || words[0] !== 'strikescan' || command === undefined || flags.some((flag) => !known.includes(flag))) unknown.push(line)
    }
    expect(lines.length).toBeGreaterThan(10)
    expect(unknown).toEqual([])
  })

  it('shows scanners that can run', async () => {
    const scripts = blocks('js')
    const patterns = []
    for (const [at, source] of scripts.entries()) {
      const modules = { strikescan: 'sdk' } as const
      const { plan, diagnostics } = await inspectScript({ filename: `example-${at}.js`, bytes: Buffer.from(source), modules, maxBytes: 100_000, deadlineMs: 20_000 })
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
      patterns.push(plan?.pattern)
    }
    expect(patterns).toEqual(['defineScanner', 'default', 'scan', 'main', 'script'])
  })

  it('names every column of row files, every status and every file that it points to', () => {
    const columns = rowColumns({ market: { source: 'x', simulated: false, snapshot: 'y' }, timings: true }).map(({ name }) => name)
    expect([...columns, ...ROW_STATUSES, ...RUN_STATUSES].filter((word) => !readme.includes(`\`${word}\``))).toEqual([])
  })

  it('names every library with its licence', () => {
    const rows = [...readme.matchAll(/^\| (`[^|]+) \| [^|]+ \| ([\w.-]+) \|$/gm)].flatMap(([, names, licence]) => [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => [name!, licence!] as const))
    const wanted = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies })
    const listed = new Map(rows)
    expect(wanted.filter((name) => !listed.has(name))).toEqual([])
    expect([...listed.keys()].filter((name) => !wanted.includes(name))).toEqual([])
    const require = createRequire(join(ROOT, 'package.json'))
    const wrong = [...listed].filter(([name, licence]) => {
      const installed = require.resolve.paths(name)!.map((folder) => join(folder, name, 'package.json')).find((path) => isThere(path))
      // Packages of other platforms are not installed.
      return installed !== undefined && (JSON.parse(readFileSync(installed, 'utf8')) as { license: string }).license !== licence
    })
    expect(wrong).toEqual([])
  })
})

function isThere(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}
