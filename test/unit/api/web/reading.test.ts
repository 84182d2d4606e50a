import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { payoffOf } from '../../../../api/web/page/read/payoff.ts'
import { nearestRejected } from '../../../../api/web/page/read/near-misses.ts'
import { columnFormat } from '../../../../api/web/page/read/number-column.ts'
import { columnsFor } from '../../../../api/web/page/read/row-columns.ts'
import { matcher } from '../../../../api/web/page/read/filtering.ts'
import { nextSorting, sorted } from '../../../../api/web/page/read/sorting.ts'
import { cellAt, gridLayout, moved } from '../../../../api/web/page/live/grid-layout.ts'
import { EXPLORED_STATUSES } from '../../../../api/schemas/explored-order.ts'
import { EXPLORATION_STATUSES } from '../../../../runtime/host.ts'
import { aboutOf } from '../../../../api/web/page/scanners/about.ts'
import { estimate } from '../../../../api/web/page/start/estimate.ts'
import { atStep, stepAt } from '../../../../api/web/page/start/prefilter-form-scale.ts'
import { formAgain, freshForm } from '../../../../api/web/page/start/opening.ts'
import { datesIn, runRequest, type RunForm } from '../../../../api/web/page/start/run-request.ts'
import { strayIn, symbolsIn } from '../../../../api/web/page/start/symbol-list.ts'
import type { Explored, Row, Run, RunAsked, Scanner } from '../../../../api/web/page/server/types.ts'

/** Side, right, strike and expiration of each leg, with `stock` where shares are held; then premium, most profit, most loss and breakevens, by hand. */
const POSITIONS: [string, string, number, number | 'unlimited' | null, number | 'unlimited', number[] | null][] = [
  ['Long Call', 'lc258', 7.425, 'unlimited', 742.5, [265.425]],
  ['Long Put', 'lp258', 6.625, 25_137.5, 662.5, [251.375]],
  ['Cash-Secured Put', 'sp249', 3.675, 367.5, 24_532.5, [245.325]],
  ['Covered Call', 'stock sc268', 3.075, 1_307.5, 25_492.5, [254.925]],
  ['Long Strangle', 'lc268 lp249', 6.75, 'unlimited', 675, [242.25, 274.75]],
  ['Call Debit Spread', 'lc258 sc268', 4.35, 565, 435, [262.35]],
  ['Put Credit Spread', 'sp249 lp245', 0.82, 82, 318, [248.18]],
  ['Iron Condor', 'sp238 lp233 sc276 lc281', 1.03, 103, 397, [236.97, 277.03]],
  ['Calendar', 'sc258 lc258+', 2.3, null, 230, null],
]

function explored([strategy, legs, mid, maxProfit, maxLoss, breakevens]: (typeof POSITIONS)[number], multiplier = 100): Explored {
  const scaled = (dollars: number | 'unlimited' | null) => (typeof dollars === 'number' ? (dollars * multiplier) / 100 : dollars)
  return {
    ticker: 'AAPL', strategy, close: '258', mid, maxProfit: scaled(maxProfit), maxLoss: scaled(maxLoss), breakevens, impliedVol: 0.25,
    positionShares: legs.startsWith('stock') ? multiplier : 0,
    legs: legs.replace('stock ', '').split(' ').map((text) => {
      const [, side, right, strike, later] = /^([ls])([cp])(\d+)(\+?)$/.exec(text)!
      return { side: side === 'l' ? 'long' : 'short', right: right === 'c' ? 'call' : 'put', strike: Number(strike), expiration: later === '+' ? '2027-01-15' : '2026-12-24', quantity: 1, occ: text, multiplier }
    }),
  } as unknown as Explored
}

describe('the payoff of a position', () => {
  it.each(POSITIONS)('%s crosses zero at its breakevens and keeps within its bounds', (...position) => {
    const [, , , maxProfit, maxLoss, breakevens] = position
    const { prices, profits, at, isModelled } = payoffOf(explored(position))!
    expect(at).toBe('2026-12-24')
    expect(isModelled).toBe(position[0] === 'Calendar')
    for (const even of breakevens ?? []) expect(profits[prices.indexOf(even)]).toBeCloseTo(0, 6)
    if (typeof maxProfit === 'number' && breakevens!.length !== 1) expect(Math.max(...profits)).toBeCloseTo(maxProfit, 6)
    if (typeof maxProfit === 'number') expect(Math.max(...profits)).toBeLessThanOrEqual(maxProfit + 1e-6)
    if (typeof maxLoss === 'number') expect(Math.min(...profits)).toBeGreaterThanOrEqual(-maxLoss - 1e-6)
  })

  it.each(POSITIONS)('%s of mini contracts of 10 shares is a tenth of it, whatever the strategy is called', (...position) => {
    const whole = payoffOf(explored(position))!
    const mini = payoffOf({ ...explored(position, 10), strategy: 'Of my own' })!
    expect(mini.prices).toEqual(whole.prices)
    mini.profits.forEach((profit, place) => expect(profit).toBeCloseTo(whole.profits[place]! / 10, 9))
  })

  it('is none where a row does not tell its shares, as those of earlier versions', () => {
    const row = explored(POSITIONS[0]!)
    expect(payoffOf({ ...row, positionShares: null })).toBeNull()
    expect(payoffOf({ ...row, legs: row.legs!.map(({ multiplier: _, ...leg }) => leg as NonNullable<Explored['legs']>[number]) })).toBeNull()
  })

  it('is none without legs or a quote', () => {
    expect(payoffOf({ ...explored(POSITIONS[0]!), legs: null })).toBeNull()
    expect(payoffOf({ ...explored(POSITIONS[0]!), mid: null })).toBeNull()
  })
})

const row = (symbol: string, status: Row['status'], more: Partial<Row> = {}): Row => ({ symbol, date: '2026-11-20', status, reason: '', score: 1, direction: null, data: null, strategies: [], batchId: 1, workerId: 1, attempt: 1, queueMs: 0, dataMs: 0, scriptMs: 0, error: null, ...more })

describe('near misses', () => {
  it('are the rejected rows that missed what was asked by the smallest factor', () => {
    const rejected = ['mean volume 155,962 over 20 sessions is not above 1,000,000', 'close 0.9968 is below 1.00', 'rank 301 by dollar volume, limit 300', 'mean volume 998,662 over 20 sessions is not above 1,000,000', 'close 600.00 is above 500.00', 'no number here', 'mean volume 0 over 20 sessions is not above 1,000,000']
      .map((reason, place) => row(`R${place}`, 'rejected', { reason }))
    expect(nearestRejected(rejected).map(({ symbol }) => symbol)).toEqual(['R3', 'R1', 'R2', 'R4', 'R0'])
  })
})

describe('the outlook of a run', () => {
  const scanner = { split: { mode: 'batch', reason: '' } } as Scanner
  const ledger = { detected: 1_000, rejected: 400, hit: 60, miss: 540, failed: 0, timedOut: 0, outOfMemory: 0, noData: 0, cancelled: 0 }
  const run = { ledger, timings: { queued: 9_000, loading: 100, executing: 600, exploring: 1_200 }, explore: { calls: 120 } } as unknown as Run
  const rows = Array.from({ length: 100 }, (_, place) => row(`S${place}`, 'miss', { batchId: Math.floor(place / 25) }))

  it('is that of an earlier run, by the rows that its script looked at', () => {
    const input = { kept: 300, dates: 2, scanner, experience: { run, rows, isOwn: true } }
    expect(estimate({ ...input, explores: true })).toEqual({ symbols: 300, dates: 2, batches: 24, calls: 120, durationMs: 1_900 })
    expect(estimate({ ...input, explores: false })).toMatchObject({ calls: 0, durationMs: 700 })
    expect(estimate({ ...input, explores: false, scanner: { split: { mode: 'whole', reason: '' } } as Scanner })).toMatchObject({ batches: 1 })
  })

  it('says nothing where nothing ran', () => {
    expect(estimate({ kept: 300, dates: 1, explores: true, scanner, experience: null })).toEqual({ symbols: 300, dates: 1, batches: null, calls: null, durationMs: null })
  })
})

describe('tables', () => {
  it('sort numbers by size, put what is missing last either way, and keep the order of equals', () => {
    const items = [{ id: 1, score: 9 }, { id: 2, score: null }, { id: 3, score: 10 }, { id: 4, score: 9 }, { id: 5, score: Number.NaN }]
    expect(sorted(items, ({ score }) => score, true).map(({ id }) => id)).toEqual([3, 1, 4, 2, 5])
    expect(sorted(items, ({ score }) => score, false).map(({ id }) => id)).toEqual([1, 4, 3, 2, 5])
    expect(nextSorting({ by: 'score', isDown: true }, 'score', true)).toEqual({ by: 'score', isDown: false })
  })

  it('filter by words, words not to be there, and comparisons', () => {
    const test = (filter: string): boolean => matcher<{ text: string; rsi: number }>(filter, ({ text }) => text, ({ rsi }, name) => (name === 'rsi' ? rsi : undefined))({ text: 'aapl bullish', rsi: 28 })
    expect(['', 'AAPL', '-crm', 'rsi<30 bull', 'rsi>=28', 'rsi=28'].map(test)).toEqual([true, true, true, true, true, true])
    expect(['crm', '-aapl', 'rsi<28', 'score>0'].map(test)).toEqual([false, false, false, false])
  })
})

describe('the columns of rows', () => {
  const titles = (rows: readonly Row[], ...statuses: Row['status'][]): string[] => columnsFor(rows, statuses).map(({ title }) => title)

  it('write the numbers of a column with their points below each other', () => {
    const written = (...values: number[]): string[] => values.map(columnFormat(values))
    expect(written(372.8, 380.67, 3_012.458, 4)).toEqual(['372.80', '380.67', '3,012.46', '4.00'])
    expect(written(0.60153, -0.1212, 2)).toEqual(['0.6015', '-0.1212', '2.0000'])
    expect(written(145_964_716, 3_980, 0)).toEqual(['145,964,716', '3,980', '0'])
    expect(written(1e308, 0.5, 1.5e-9, Number.NaN)).toEqual(['1.0000e+308', '0.5', '1.5000e-9', 'NaN'])
    expect(written()).toEqual([])
  })

  it('leave out what says nothing, or says again what the row says', () => {
    const own = { symbol: 'a', date: '2026-11-20', direction: 'bullish', score: '1.00%' }
    const rows = [row('A', 'hit', { direction: 'bullish', reason: 'matched', data: { ...own, gap: 0.5 } }), row('A', 'hit', { direction: 'bullish', reason: 'matched', data: { ...own, gap: 0.25, note: ['x'] } })]
    expect(titles(rows, 'hit')).toEqual(['Symbol', 'Score', 'Direction', 'gap', 'More data'])
    expect(titles([...rows, row('B', 'miss', { date: '2026-11-19', score: null })], 'hit', 'miss')).toEqual(['Symbol', 'Date', 'Status', 'Score', 'Direction', 'gap', 'More data', 'Reason'])
    // One that says something else is told.
    expect(titles([...rows, row('B', 'hit', { data: { ...own, gap: 1 } })], 'hit')).toContain('symbol')
    expect(titles([], 'hit')).toEqual(['Symbol'])
  })
})

describe('what a scanner says of itself', () => {
  it.each([
    ['its description', `/* Not this. */ defineScanner({ description: 'Opens high.' })`, 'Opens high.'],
    ['the first sentence of a block, without its title and its stars', '/**\n * Title\n *\n * Says 1.5 things,\n * over lines. And more.\n *\n *   a command\n */', 'Says 1.5 things, over lines.'],
    ['that of lines, behind what stands before them', "#!/usr/bin/env node\nrequire('x')\n\n// Which pay best? The first.\n// More.\n/* Later. */", 'Which pay best?'],
    ['all of a comment without a sentence', '// only a title', 'only a title'],
    ['nothing', 'export default () => null', ''],
  ])('is %s', (_, text, about) => expect(aboutOf(text)).toBe(about))

  it.each(['examples', 'plugins/scanners'].flatMap((folder) => readdirSync(folder).filter((name) => /\.([cm]?js|ts)$/.test(name)).map((name) => `${folder}/${name}`)))('is a sentence for %s', (path) => {
    expect(aboutOf(readFileSync(path, 'utf8'))).toMatch(/^[^*/\n]+[.?!]$/)
  })
})

it('every status of an explored strategy has its place', () => expect([...EXPLORED_STATUSES]).toEqual([...EXPLORATION_STATUSES]))

describe('the grid', () => {
  it.each([[1, 1_240], [300, 374], [5_000, 1_240], [5_000, 374], [50_000, 1_240]])('has a place for each of %i cells in %i pixels', (cells, width) => {
    const layout = gridLayout(cells, width, 340)
    expect(layout.columns * layout.size).toBeLessThanOrEqual(width)
    expect(layout.columns * layout.rows).toBeGreaterThanOrEqual(cells)
    const last = cells - 1
    expect(cellAt(layout, cells, (last % layout.columns) * layout.size + 1, Math.floor(last / layout.columns) * layout.size + 1)).toBe(last)
    expect(cellAt(layout, cells, width + 50, 1)).toBe(-1)
  })

  it('is walked with arrow keys and never left', () => {
    const layout = { size: 8, columns: 10, rows: 3 }
    expect(moved(layout, 25, -1, 'ArrowRight')).toBe(0)
    expect(['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'x'].map((key) => moved(layout, 25, 14, key))).toEqual([15, 13, 4, 24, 0, 24, 14])
    expect(moved(layout, 25, 18, 'ArrowDown')).toBe(18)
  })
})

describe('the form of a run', () => {
  const scanner = (more: object = {}): Scanner => ({ id: 's', symbols: { count: 0, sample: [], declaredAs: null }, dates: { values: [], declaredAs: null }, params: [{ name: 'x', default: 1 }], ...more }) as unknown as Scanner
  const LAST = '2026-11-20'
  const market = { lastDate: LAST }
  const form: RunForm = { ...freshForm(scanner()), universe: 'script', dates: 'script' }
  const request = (more: Partial<RunForm>): object => runRequest({ ...form, ...more }, 's', LAST)

  it('leaves to the script and the settings what nobody changed', () => {
    expect(request({ usesPrefilter: false })).toEqual({ scannerId: 's', prefilter: false })
    expect(request({})).toEqual({ scannerId: 's' })
    expect(request({ prefilter: { limit: 40 } })).toEqual({ scannerId: 's', prefilter: { limit: 40 } })
    expect(request({ universe: 'list', list: 'a', dates: 'range', from: '2026-11-01', params: { x: 1 }, timeoutS: '60', workers: '2', split: 'never', explores: true, forceFull: true }))
      .toEqual({ scannerId: 's', symbols: ['A'], from: '2026-11-01', params: { x: 1 }, limits: { timeoutMs: 60_000, workers: 2 }, split: 'never', explore: { forceFull: true } })
    expect(request({ universe: 'all', dates: 'last', explores: true })).toMatchObject({ universe: 'all', dates: [LAST], explore: true })
    expect(runRequest(freshForm(scanner({ symbols: { count: 2 }, dates: { values: ['2026-01-05'] } })), 's', LAST)).toEqual({ scannerId: 's' })
  })

  it.each<[RunAsked, object?]>([
    [{ scannerId: 's', symbols: ['AAPL', 'BRK.B'], dates: ['2026-11-19', '2026-11-02'], params: { x: 2, hidden: [1] }, prefilter: false, split: 'never', limits: { timeoutMs: 1_001, symbolTimeoutMs: 5, memoryMb: 64, workers: 2 }, explore: { forceFull: true, refresh: true } }],
    [{ scannerId: 's', universe: 'all', from: '2026-01-05', to: '2026-02-05', asOf: '2026-02-06', prefilter: { minVolume: 5, minPrice: 2, maxPrice: 3, limit: 7, activateAbove: 0, window: 9 }, split: 'always', explore: true }],
    [{ scannerId: 's', universe: 'all', dates: [LAST] }],
    [{ scannerId: 's', universe: 'all', asOf: '2026-02-06' }],
    // As the command line leaves it: nothing named, and what is off is said.
    [{ scannerId: 's', prefilter: { limit: 3, minPrice: undefined }, explore: { forceFull: false, refresh: false } }, { scannerId: 's', universe: 'all', dates: ['2026-11-13'], prefilter: { limit: 3 }, explore: true }],
    [{ scannerId: 's', explore: false, split: 'auto', limits: {} }, { scannerId: 's', universe: 'all', dates: ['2026-11-13'] }],
  ])('asks again for what a run was asked for: %j', (asked, again: object = asked) => {
    expect(runRequest(formAgain(asked, '2026-11-13', scanner(), market), 's', LAST)).toEqual(again)
  })

  it('gives to another scanner the parameters that it declares, and keeps a script’s own lists', () => {
    const own = scanner({ id: 't', symbols: { count: 2 }, dates: { values: ['2026-01-05'] } })
    expect(runRequest(formAgain({ scannerId: 's', params: { x: 2, y: 3 } }, '2026-11-13', own, market), 't', LAST)).toEqual({ scannerId: 't', params: { x: 2 } })
    expect(formAgain({ scannerId: 's' }, null, scanner(), market)).toEqual(freshForm(scanner()))
  })

  it('reads symbols and dates as people paste them', () => {
    expect(symbolsIn('Symbol\n"aapl", msft;BRK.B\t$NVDA aapl | ???')).toEqual(['AAPL', 'MSFT', 'BRK.B', 'NVDA'])
    expect(symbolsIn('')).toEqual([])
    expect(strayIn('AAPL, ??? <b> MSFT')).toEqual(['???', '<b>'])
    expect(datesIn('2026-11-20, 2026-11-19 2026-11-20 soon')).toEqual(['2026-11-20', '2026-11-19'])
  })

  it('has sliders that come back to where they were', () => {
    for (const step of [0, 1, 37, 50, 99, 100]) expect(Math.abs(stepAt(1_000, 100_000_000, atStep(1_000, 100_000_000, step)) - step)).toBeLessThanOrEqual(1)
    expect([stepAt(1, 100, 0), stepAt(1, 100, 1_000)]).toEqual([0, 100])
  })
})
