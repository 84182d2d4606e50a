import { expect, it } from 'vitest'

import { compareScripts } from './support/compared.ts'

const host = compareScripts('quick')

it('a code of exit other than 0 that is only set is told beside the hits', async () => {
  const { run: result, rows } = await host().run("const SYMBOLS = ['AAPL']\nconst hits = []\nfor (const symbol of SYMBOLS) hits.push({ symbol })\nprocess.exitCode = 3\n")
  expect(rows.map(({ status }) => status)).toEqual(['hit'])
  expect(result.warnings.find(({ code }) => code === 'exit_code')?.message).toContain('to 3')
})
