import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

import { loadStrategies } from '../../../../runtime/explore/strategies.ts'

const sdk = JSON.stringify(fileURLToPath(new URL('../../../../sdk/index.ts', import.meta.url)))

const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })))

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'strategies-'))
  folders.push(folder)
  mkdirSync(join(folder, 'shared'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

const plugin = (name: string, aliases: string[] = []): string =>
  `import { defineStrategy } from ${sdk}
export default defineStrategy({ name: ${JSON.stringify(name)}, aliases: ${JSON.stringify(aliases)}, description: 'A test.', suits: [], rights: ['call'], expirations: 1, premium: 'debit', select: () => ({ legs: null, reason: 'none' }), capital: () => 1 })
`

describe('the strategies that ship', () => {
  it('are those of the contract', async () => {
    const { names, strategies } = await loadStrategies()
    expect(names).toEqual([
      'Buy-Write', 'Calendar', 'Call Credit Spread', 'Call Debit Spread', 'Cash-Secured Put', 'Covered Call', 'Diagonal', 'Iron Condor',
      'LEAP Call', 'LEAP Put', 'Long Call', 'Long Put', 'Long Straddle', 'Long Strangle', 'Put Credit Spread', 'Put Debit Spread',
    ])
    expect(strategies.map(({ name }) => name)).toEqual(names)
    // Every direction has something that suits it.
    for (const direction of ['bullish', 'bearish', 'neutral'] as const) expect(strategies.filter(({ suits }) => suits.includes(direction)).length).toBeGreaterThan(3)
  })

  it.each([
    ['long call', 'Long Call'],
    ['LONG_PUT', 'Long Put'],
    ['CSP', 'Cash-Secured Put'],
    ['Cash Secured Put', 'Cash-Secured Put'],
    ['  cash–secured  put ', 'Cash-Secured Put'],
    ['CoveredCall', 'Covered Call'],
    ['buy write', 'Buy-Write'],
    ['Buy/Write', 'Buy-Write'],
    ['Straddle', 'Long Straddle'],
    ['strangle', 'Long Strangle'],
    ['LEAPS Call', 'LEAP Call'],
    ['leaps put', 'LEAP Put'],
    ['Bull Call Spread', 'Call Debit Spread'],
    ['Bear Put Spread', 'Put Debit Spread'],
    ['Bear Call Spread', 'Call Credit Spread'],
    ['Bull Put Spread', 'Put Credit Spread'],
    ['iron-condor', 'Iron Condor'],
    ['Calendar Spread', 'Calendar'],
    ['Diagonal Spread', 'Diagonal'],
    ['PMCC', 'Diagonal'],
    ["Poor Man's Covered Call", 'Diagonal'],
    ['Diagonal (poor man’s covered call)', 'Diagonal'],
  ])('%s is %s', async (written, name) => {
    expect((await loadStrategies()).find(written)?.name).toBe(name)
  })

  it.each(['', ' ', '!', 'Long', 'Call Put', 'Jade Lizard', 'Short Straddle', 'constructor', '__proto__', 'x'.repeat(100_000)])('nobody answers to %j', async (written) => {
    expect((await loadStrategies()).find(written)).toBeNull()
  })
})

describe('a misspelt strategy', () => {
  it.each([
    ['Irn Condor', 'Iron Condor'],
    ['iron-condors', 'Iron Condor'],
    ['Calender', 'Calendar'],
    ['Lnog Strangle', 'Long Strangle'],
    ['Cash Secured Putt', 'Cash-Secured Put'],
    ['BULL_CAL_SPREAD', 'Call Debit Spread'],
    ["Poor Mans Coverd Call", 'Diagonal'],
  ])('%s means %s', async (written, name) => {
    const book = await loadStrategies()
    expect([book.find(written), book.suggest(written)]).toEqual([null, name])
  })

  // What is another position, or its opposite, is no slip.
  it.each(['', '!', 'XC', 'Short Straddle', 'Short Strangle', 'Short Call', 'Short Put', 'Jade Lizard', 'Butterfly', 'x'.repeat(100_000)])('%j means none that is known', async (written) => {
    expect((await loadStrategies()).suggest(written)).toBeNull()
  })
})

describe('loadStrategies', () => {
  it('takes .ts and .js files, and leaves declarations, maps, tests and folders alone', async () => {
    const folder = folderWith({ 'one.ts': plugin('One'), 'two.js': plugin('Two', ['Second']), 'two.d.ts': 'export default 1', 'two.js.map': '{}', 'one.test.ts': 'throw new Error()', 'README.md': '' })
    const book = await loadStrategies(folder)
    expect(book.names).toEqual(['One', 'Two'])
    expect(book.find('SECOND')?.name).toBe('Two')
  })

  it.each<[string, string, RegExp]>([
    ['exports no strategy', 'export default { name: "One" }', /one\.js cannot be used: its default export is no strategy\.$/],
    ['has no default export', 'export const name = "One"', /its default export is no strategy\.$/],
    ['throws', 'throw new Error("Kaboom.")', /one\.js cannot be used: Kaboom\.$/],
    ['is no JavaScript', 'export default {', /one\.js cannot be used: \S.*[^.]\.$/s],
    ['defines no strategy that can stand', plugin(' '), /one\.js cannot be used: name must be text/],
  ])('names a file that %s', async (_, text, message) => {
    await expect(loadStrategies(folderWith({ 'one.js': text }))).rejects.toMatchObject({ code: 'strategy_plugin_broken', fault: 'system', message: expect.stringMatching(message) })
  })

  it('names two files that answer to one name', async () => {
    const folder = folderWith({ 'one.ts': plugin('One', ['Uno']), 'two.ts': plugin('Two', ['U-N-O']) })
    await expect(loadStrategies(folder)).rejects.toMatchObject({ code: 'strategy_name_taken', message: 'The strategy plugins two.ts and one.ts both answer to "U-N-O".' })
  })
})
