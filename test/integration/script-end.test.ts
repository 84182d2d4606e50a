import { afterAll, beforeAll, expect, test } from 'vitest'

import { openTestHost, type Hosted, type TestHost } from './support/hosting.ts'

/** What scripts leave to be done when their process ends, as Node does it. */

let host: TestHost

beforeAll(async () => {
  host = await openTestHost()
})
afterAll(() => host.close())

const SYMBOLS = "const SYMBOLS = ['AAPL', 'MSFT']\n"
const statuses = ({ rows }: Hosted): string[] => rows.map(({ symbol, status }) => `${symbol} ${status}`)

test.each<[string, string]>([
  ['its natural end', "const found = new Map()\nasync function main() { for (const symbol of SYMBOLS) { await new Promise((done) => setTimeout(done, 5)); if (symbol !== 'MSFT') found.set(symbol, 1) } }\nprocess.once('exit', (code) => { console.log('code', code); console.log(JSON.stringify([...found.keys()].map((symbol) => ({ symbol })))) })\nmain()"],
  ['process.exit', "const fs = require('fs')\nlet all = ''\nprocess.on('exit', function (code) { console.log('code', code, this === process); fs.writeFileSync('hits.json', JSON.stringify([{ symbol: 'AAPL' }])) })\nasync function main() { for (const symbol of SYMBOLS) all += symbol; process.exit() }\nmain().catch(() => {})"],
  ['beforeExit, which may go on', "const hits = []\nlet rounds = 0\nprocess.on('beforeExit', (code) => { if (++rounds < 3) setTimeout(() => { if (rounds === 2) { hits.push({ symbol: 'AAPL' }); console.log('code', code) } }, 10) })\nfor (const symbol of SYMBOLS) rounds += symbol === 'IBM' ? 1 : 0"],
])('at %s, its listeners are called', async (_, body) => {
  const hosted = await host.run(SYMBOLS + body, { split: 'never' })
  expect(statuses(hosted)).toEqual(['AAPL hit', 'MSFT miss'])
  expect(hosted.logs.map(({ text }) => text).filter((text) => text.startsWith('code'))).toEqual([expect.stringMatching(/^code 0( true)?$/)])
})

test('they are told of a failure, what they throw is one, and what they leave for later is not done', async () => {
  const failing = await host.run(`${SYMBOLS}process.on('exit', (code) => console.log('code', code))\nfunction main() { throw new Error('no ' + SYMBOLS) }\nmain()`, { split: 'never' })
  expect([failing.run.ledger.failed, failing.logs.map(({ text }) => text)]).toEqual([2, ['code 1']])
  const throwing = await host.run(`${SYMBOLS}process.on('exit', () => { throw new Error('at the end') })\nfunction main() { return SYMBOLS.map((symbol) => ({ symbol })) }\nmain()`, { split: 'never' })
  expect(throwing.rows.map(({ status, error }) => [status, error?.message])).toEqual([['failed', expect.stringContaining('at the end')], ['failed', expect.stringContaining('at the end')]])
  const late = await host.run(`${SYMBOLS}process.off('exit', late)\nprocess.on('exit', late)\nprocess.on('exit', late)\nprocess.off('exit', late)\nasync function late() { console.log('now'); await null; console.log('never') }\nfunction main() { return SYMBOLS.map((symbol) => ({ symbol })) }\nmain()`, { split: 'never' })
  expect([late.run.ledger.hit, late.logs.map(({ text }) => text)]).toEqual([2, ['now']])
})

test('a script that ranks in the end is not divided, and what it shows of the ranking is what it found', async () => {
  const { run, rows } = await host.run(`const SYMBOLS = ['AAPL', 'MSFT', 'NVDA']\nconst all = []\nfunction main() { for (const symbol of SYMBOLS) all.push({ symbol, score: symbol.charCodeAt(0) }) }\nprocess.on('exit', () => { all.sort((a, b) => b.score - a.score); console.table(all.slice(0, 1)) })\nmain()`)
  expect([run.split?.mode, rows.filter(({ status }) => status === 'hit').map(({ symbol }) => symbol)]).toEqual(['whole', ['NVDA']])
})
