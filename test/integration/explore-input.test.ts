import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { command } from './support/command-line.ts'

const RECORDED = fileURLToPath(new URL('../../../shared/data/option_chains/', import.meta.url))

interface Explored {
  readonly [column: string]: unknown
  readonly explorationStatus: string
  readonly explorationReason: string
  readonly dataQuality: string[]
  readonly greeksSource: string | null
}

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'strikescan-explore-input-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

async function explore(file: string, home: string, args: readonly string[] = []): Promise<{ code: number | null; err: string; rows: Explored[] }> {
  const { code, out, err } = await command(['explore', file, '--home', join(folder, home), ...args, '--json'])
  return { code, err, rows: code === 0 ? (JSON.parse(out) as { exploration: Explored[] }).exploration : [] }
}

const SMALL = ['--set', 'market.simulatedSymbols=60', '--set', 'explore.provider=simulated']

describe('a strategies file', () => {
  it('gives a row for every row, in order, whatever is wrong with it', async () => {
    const file = write(
      'odd.csv',
      [
        'symbol,Recommended_Strategy,Horizon_Class,Min_DTE,Note',
        'SPY,Long Call,SHORT,,"one',
        'note, on two lines"',
        'SPY,Long Call,SHORT,,"one',
        'note, on two lines"',
        ',Long Call,,,no ticker',
        'SPY,Long Banana,,,unknown',
        'SPY,,,,none',
        'NOSUCH,Long Call,,,not listed',
        'BRK.B,Long Call,,,a dot',
        'SPY,iron-condor,medium,,another spelling',
        'SPY,Long Call,,minus one,no days',
        'SPY,Long Call,,0,today',
        '',
      ].join('\n'),
    )
    const { rows } = await explore(file, 'odd', SMALL)
    expect(rows.map(({ explorationStatus }) => explorationStatus)).toEqual([
      'Success', 'Success', 'Evaluation_Error', 'Evaluation_Error', 'Evaluation_Error', 'API_Error', 'API_Error', 'Success', 'Evaluation_Error', expect.stringMatching(/Success|Low_Liquidity/),
    ])
    expect(rows[0]).toMatchObject({ Note: 'one\nnote, on two lines', symbol: 'SPY' })
    const settled = ({ apiCalls, chainCacheHit, phase1DurationMs, phase2DurationMs, parallelProcessingTime, ...row }: Explored) => row
    expect(settled(rows[1]!)).toEqual(settled(rows[0]!))
    expect(rows[3]!.explorationReason).toMatch(/Long Banana.*known are .*Iron Condor/)
    for (const { explorationReason } of rows) expect(explorationReason).not.toBe('')
  })

  it.each([
    ['columns are missing', 'a,b\n1,2\n', /ticker/i],
    ['nothing is in', '', /empty/i],
    ['it is no table', '<html><body>Sign in</body></html>', /./],
  ])('is refused in one line where %s', async (_, text, said) => {
    const { code, err } = await explore(write('refused.csv', text), 'refused', SMALL)
    expect(code).toBe(2)
    expect(err).toMatch(said)
    expect(err.trim().split('\n').length).toBeLessThanOrEqual(2)
  })

  it('of many rows over few tickers keeps each in its place', async () => {
    const strategies = ['Long Call', 'Iron Condor', 'Calendar', 'Cash-Secured Put']
    const lines = Array.from({ length: 3_000 }, (_, place) => `${['SPY', 'AAPL', 'QQQ'][place % 3]},${strategies[place % 4]},"${place}\n"`)
    const out = join(folder, 'many.csv')
    const finished = await command(['explore', write('many-in.csv', ['ticker,strategy,n', ...lines, ''].join('\n')), '--home', join(folder, 'many'), ...SMALL, '--out', out])
    expect(finished.code, finished.err).toBe(0)
    const starts = [...readFileSync(out, 'utf8').matchAll(/^(\w+),([\w -]+),"(\d+)\n",/gm)].map(([, ticker, strategy, place]) => `${ticker},${strategy},"${place}\n"`)
    expect(starts).toEqual(lines)
  })
})

describe('what keeps an exploration from beginning', () => {
  it.each([
    ['no token', ['explore.provider=tradier', 'tradier.token='], 'explore_no_token'],
    ['no chains', ['explore.provider=files'], 'explore_no_chains'],
    ['an address that the provider refuses', ['explore.provider=tradier', 'tradier.token=token-of-a-test', 'tradier.url=http://192.0.2.1'], 'explore_provider_refused'],
  ])('%s: leaves no run behind, and nothing to continue', async (_, settings, code) => {
    const home = ['--home', join(folder, 'unbegun')]
    const finished = await command(['explore', write('any.csv', 'Ticker,Strategy\nSPY,Long Call\n'), ...home, ...settings.flatMap((setting) => ['--set', setting])])
    expect([finished.code, finished.out]).toEqual([2, ''])
    expect(finished.err).toMatch(new RegExp(`^error \\[${code}\\]: .+\\n$`))
    expect((await command(['runs', ...home])).out).toBe('There are no runs.\n')
  })
})

describe.skipIf(!existsSync(RECORDED))('recorded chains (skipped where ../shared/data is not beside the repository)', () => {
  const args = ['--set', 'explore.provider=files']

  beforeAll(async () => {
    const paths = ['cboe_delayed/VIX_chain_20260813_194750.csv.gz', 'yahoo_equities/AMZN_2025-11-26.csv.gz', 'yahoo_etfs/2026-08-14', 'lean_eod_greeks/twx_20140610.csv.gz'].map((path) => join(RECORDED, path))
    const { code, err } = await command(['import', 'chains', ...paths, '--home', join(folder, 'recorded')])
    expect(code, err).toBe(0)
  })

  it('that are imported later are explored at once', async () => {
    const file = write('later.csv', 'Ticker,Strategy\nVIX,Long Call\n')
    const bring = (path: string) => command(['import', 'chains', join(RECORDED, path), '--home', join(folder, 'later')])
    expect((await bring('yahoo_etfs/2026-08-14')).code).toBe(0)
    const before = await explore(file, 'later', args)
    expect(before.rows[0]).toMatchObject({ explorationStatus: 'No_Expirations', explorationReason: 'no option chains of VIX were imported' })
    expect((await bring('cboe_delayed/VIX_chain_20260813_194750.csv.gz')).code).toBe(0)
    expect((await explore(file, 'later', args)).rows[0]).toMatchObject({ explorationStatus: 'Success' })
  })

  it('of every format give rows with contracts, or a reason that says why not', async () => {
    const file = write('recorded.csv', ['Ticker,Strategy,Horizon', 'VIX,Long Call,SHORT', 'VIX,Calendar,SHORT', 'AMZN,Put Debit Spread,MEDIUM', 'SPY,Iron Condor,SHORT', 'SPY,LEAP Put,LEAP', 'TWX,Long Call,SHORT', ''].join('\n'))
    const { rows } = await explore(file, 'recorded', args)
    expect(rows.map(({ explorationStatus, greeksSource }) => [explorationStatus, greeksSource])).toEqual([
      ['Success', 'vendor'], ['Success', 'vendor'], ['Success', 'computed'], ['Success', 'computed'], ['No_Expirations', null], ['Not_Viable', null],
    ])
    expect(rows[0]!.dataQuality).toEqual(['delayed', 'spot_inferred'])
    expect(rows[4]!.explorationReason).toMatch(/180 or more days ahead; of \d+ listed the nearest is/)
    expect(rows[5]!.explorationReason).toMatch(/no call near \$68\.\d\d has a quote with both sides/)
    expect(JSON.stringify(rows)).not.toContain('simulated')
  })

  it('outweigh a close that is of another time, which is flagged; what is known of a ticker lets a high price pass', async () => {
    const file = write('dear.csv', 'Ticker,Close,Strategy\nVIX,1500,Long Call\nAMZN,1500,Long Call\n')
    const before = await explore(file, 'recorded', args)
    expect(before.rows.map(({ explorationStatus }) => explorationStatus)).toEqual(['Success', 'Success'])
    expect(before.rows[0]!.dataQuality).toContain('close_disagrees')
  })
})
