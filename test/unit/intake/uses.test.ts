import { describe, expect, it } from 'vitest'

import { inspectScript } from '../../../runtime/intake/inspect.ts'

const SCRIPT = `const SYMBOLS = ['AAPL']
const { ALPACA_KEY } = process.env
const url = \`https://api.polygon.io/v2/aggs/\${process.env.POLYGON_API_KEY}\`
const other = 'https://Example.com/x' + process.env['HOME']
const fs = require('fs')
const sleep = (ms) => new Promise((done) => setTimeout(done, ms))
async function main() {
  await fetch(url)
  await fetch('https://api.polygon.io/v3')
  await sleep(2 * 1000)
  fs.writeFileSync('out.json', JSON.stringify([Math.random(), Date.now(), new Date(), new Date(0)]))
  return fs.readFileSync('in.json') || SYMBOLS.length > other.length
}
main()
`

const usesOf = async (source: string, filename = 'script.js') => {
  const { report, diagnostics } = await inspectScript({ filename, bytes: Buffer.from(source), modules: { fs: 'standin' }, maxBytes: 100_000, deadlineMs: 20_000 })
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return report!.uses
}

describe('what a script uses of the world', () => {
  it('is listed with its lines', async () => {
    expect(await usesOf(SCRIPT)).toEqual({
      hosts: [{ host: 'api.polygon.io', lines: [3, 9], served: true }, { host: 'example.com', lines: [4], served: false }],
      environment: [{ name: 'ALPACA_KEY', lines: [2] }, { name: 'POLYGON_API_KEY', lines: [3] }, { name: 'HOME', lines: [4] }],
      filesRead: [12],
      filesWritten: [11],
      random: [11],
      clock: [11],
      sleeps: [{ line: 6, ms: null }, { line: 10, ms: 2_000 }],
    })
  })

  it('is nothing for a scanner that only looks at its bars', async () => {
    expect(await usesOf('export const scan = (symbol, bars) => bars.length > 3\n')).toEqual({ hosts: [], environment: [], filesRead: [], filesWritten: [], random: [], clock: [], sleeps: [] })
  })

  it('has the lines of the author where the file is TypeScript', async () => {
    const uses = await usesOf('interface Unused {\n  a: string\n}\n\nexport const scan = (symbol: string): boolean => Math.random() > 0.5\n', 'scan.ts')
    expect(uses.random).toEqual([5])
  })

  it('does not take a function of the script for one of the language', async () => {
    expect((await usesOf('const Date = () => 1\nexport const scan = () => Date() > 3\n')).clock).toEqual([])
  })
})
