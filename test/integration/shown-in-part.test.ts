import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { findsOf } from './support/finds.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'

const SYMBOLS = ['AAPL', 'AMD', 'INTC', 'MSFT', 'NVDA', 'TSLA', 'KO', 'PEP']
/** A list of all that was looked at, under a name, by how far down it stands. */
const looked = (name: string) => `const SYMBOLS = ${JSON.stringify(SYMBOLS)}\nconst ${name} = []\nasync function look() { for (const symbol of SYMBOLS) ${name}.push({ symbol, score: symbol.charCodeAt(0) }) }\n`
/** A list of what was chosen, under a name: all but KO. */
const chosen = (name: string) => looked(name).replace(`${name}.push`, `if (symbol !== 'KO') ${name}.push`)

describe('a list of which the script shows a part', () => {
  let host: TestHost
  beforeAll(async () => {
    host = await openTestHost()
  })
  afterAll(() => host.close())

  const run = async (source: string) => {
    const result = await host.run(source)
    return { finds: findsOf(result), codes: result.run.warnings.map(({ code }) => code), text: result.run.warnings.map(({ message }) => message).join(' ') }
  }

  const TAKEN: Record<string, [source: string, finds: string[], count: number]> = {
    'by a table of some': [`${looked('results')}look().then(() => { results.sort((a, b) => b.score - a.score); console.table(results.slice(0, 2)) })`, ['PEP 80', 'TSLA 84'], 2],
    'by a table of what a function picks': [`${looked('data')}function best(rows) { return rows.filter((row) => row.score > 83) }\nlook().then(() => console.table(best(data)))`, ['TSLA 84'], 1],
    'by a table of nothing': [`${looked('rows')}function best(rows) { return rows.filter((row) => row.score > 99) }\nlook().then(() => console.table(best(rows)))`, [], 0],
    'in CSV': [`${looked('snapshots')}look().then(() => { let csv = 'symbol,height'; for (const row of snapshots) if (row.score > 83) csv += '\\n' + row.symbol + ',' + row.score\nrequire('fs').writeFileSync('hits.csv', csv) })`, ['TSLA'], 1],
    'in CSV of a header alone': [`${looked('snapshots')}look().then(() => { let csv = 'symbol,score'; for (const row of snapshots) if (row.score > 99) csv += '\\n' + row.symbol\nrequire('fs').writeFileSync('hits.csv', csv) })`, [], 0],
    'as JSON': [`${looked('rows')}const pick = (list) => list.filter((row) => row.score > 83)\nlook().then(() => console.log(JSON.stringify(pick(rows))))`, ['TSLA 84'], 1],
  }

  it.each(Object.entries(TAKEN))('%s: what is shown is what it found, and the run says so', async (_, [source, finds, count]) => {
    const result = await run(source)
    expect([result.finds.toSorted(), result.codes]).toEqual([finds, ['part_taken']])
    expect(result.text).toMatch(new RegExp(`run over \\d symbols, .* names \\d, and .* ${count} of them`))
  })

  const KEPT: Record<string, [source: string, codes: string[]]> = {
    'a choice that is called hits': [`${chosen('hits')}look().then(() => { hits.sort((a, b) => b.score - a.score); console.table(hits.slice(0, 2)) })`, ['list_shown_in_part']],
    'a choice of which the first are shown': [`${chosen('results')}look().then(() => { results.sort((a, b) => b.score - a.score); console.table(results.slice(0, 5)) })`, ['list_shown_in_part']],
    'a choice that a file of hits holds': [`${chosen('results')}look().then(() => { console.table(results.toSorted((a, b) => b.score - a.score).slice(0, 3)); require('fs').writeFileSync('hits.json', JSON.stringify(results)) })`, []],
    'a choice beside an empty table of problems': [`${chosen('results')}const problems = [], errors = []\nlook().then(() => console.table(errors))`, []],
    'a choice beside a table of what was passed over': [`${chosen('results')}look().then(() => console.table([{ symbol: 'KO', reason: 'no volume' }]))`, []],
    'a choice beside a table of the bars of one symbol': [`${chosen('results')}look().then(() => console.table([1, 2, 3].map((close) => ({ symbol: 'AAPL', close }))))`, []],
    'a choice beside a file for each of some symbols': [`${chosen('rows')}look().then(() => { for (const row of rows.slice(3)) require('fs').writeFileSync(row.symbol + '.json', JSON.stringify(row)) })`, []],
    'what is called hits beside an empty table': [`${chosen('hits')}look().then(() => console.table([]))`, []],
    'a choice that several tables show together': [`${chosen('results')}look().then(() => { console.table(results.slice(0, 3)); console.table(results.slice(3)) })`, []],
  }

  it.each(Object.entries(KEPT))('%s: the list is what it found', async (_, [source, codes]) => {
    const result = await run(source)
    expect([result.finds.length, result.codes]).toEqual([SYMBOLS.length - 1, codes])
  })

  it('on several dates, counts by date where what is shown names dates', async () => {
    const source = `const SYMBOLS = ['AAPL', 'MSFT']\nconst DATES = ['2026-11-19', '2026-11-20']\nconst rows = []\nconst pick = (list) => list.filter((row) => row.date > '2026-11-19' || row.symbol === 'MSFT')\nfor (const date of DATES) for (const symbol of SYMBOLS) rows.push({ symbol, date })\n`
    expect(findsOf(await host.run(`${source}console.table(pick(rows))`))).toHaveLength(3)
    const undated = await host.run(`${source}console.table(pick(rows).slice(0, 1).map(({ symbol }) => ({ symbol })))`)
    expect([findsOf(undated).length, undated.run.warnings.map(({ code }) => code)]).toEqual([4, ['list_shown_in_part']])
  })
})
