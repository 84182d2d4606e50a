import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const LAUNCHER = fileURLToPath(new URL('../../api/cli/strikescan.js', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'strikescan-stdin-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const check = (input: string) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, 'check', '-', '--json', '--home', home], { input, encoding: 'utf8' })
  return { status, stderr, report: stdout === '' ? null : (JSON.parse(stdout) as object) }
}

it('a scanner may come on standard input, JavaScript or TypeScript; an empty one is told as such', () => {
  expect(check('export default (symbol: string) => symbol.length > 2\n')).toMatchObject({ status: 0, report: { filename: 'stdin', pattern: 'default', language: 'typescript' } })
  expect(check('')).toMatchObject({ status: 2, report: { filename: 'stdin', diagnostics: [{ code: 'file_empty' }] } })
})
