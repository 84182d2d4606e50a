import { describe, expect, it } from 'vitest'
import { HIT_COLUMNS, HitStrategies } from '../../../../runtime/explore/hit-strategies.ts'
import { parseSettingText } from '../../../../runtime/config/parse.ts'
import { loadConfig } from '../../../../runtime/config/load.ts'
import type { Row } from '../../../../runtime/scan/row.ts'

const TABLE = { bullish: ['Long Call', 'Call Debit Spread'], bearish: ['Long Put'], neutral: [] }

const hit = (values: Partial<Row> = {}): Row => ({
  symbol: 'AAPL', date: '2026-11-20', status: 'hit', reason: 'matched', score: 0.5, direction: null, data: null, strategies: [],
  batchId: 1, workerId: 1, attempt: 1, queueMs: 1, dataMs: 1, scriptMs: 1, error: null, ...values,
})

describe('HitStrategies', () => {
  it('makes one row for each strategy that a hit names', () => {
    const hits = new HitStrategies(TABLE)
    const rows = hits.of(hit({ strategies: ['Long Straddle', 'Iron Condor'], direction: 'bullish' }), 150.25)
    expect(rows.map(({ strategy }) => strategy)).toEqual(['Long Straddle', 'Iron Condor'])
    expect(rows[0]).toEqual({
      ticker: 'AAPL', date: '2026-11-20', close: 150.25, strategy: 'Long Straddle', tradeBias: 'bullish', horizon: null, dteMin: null, dteMax: null, marketCap: null, optionVolume: null,
      columns: { Ticker: 'AAPL', Date: '2026-11-20', Close: '150.25', Strategy: 'Long Straddle', Trade_Bias: 'bullish', Horizon: '', Score: '0.5' }, problems: [],
    })
    expect(Object.keys(rows[0]!.columns)).toEqual([...HIT_COLUMNS])
    expect(hits.warnings()).toEqual([])
  })

  it('maps the direction of a hit that names none', () => {
    const hits = new HitStrategies(TABLE)
    expect(hits.of(hit({ direction: 'bullish' }), null).map(({ strategy, close, columns }) => [strategy, close, columns['Close']])).toEqual([['Long Call', null, ''], ['Call Debit Spread', null, '']])
    expect(hits.of(hit({ direction: 'bearish', score: null }), 1)).toMatchObject([{ strategy: 'Long Put', tradeBias: 'bearish', columns: { Score: '' } }])
  })

  it('counts hits that it has nothing for, and drops none in silence', () => {
    const hits = new HitStrategies(TABLE)
    for (let i = 0; i < 7; i++) expect(hits.of(hit({ symbol: `S${i}` }), 1)).toEqual([])
    expect(hits.of(hit({ direction: 'neutral' }), 1)).toEqual([])
    expect(hits.warnings()).toEqual([
      { code: 'hits_without_strategy', message: expect.stringContaining('were not explored'), count: 8, samples: ['S0 2026-11-20', 'S1 2026-11-20', 'S2 2026-11-20', 'S3 2026-11-20', 'S4 2026-11-20'] },
    ])
  })

  it.each([[{ horizon: 'leap' }, 'LEAP'], [{ horizon: 'MEDIUM' }, 'MEDIUM'], [{ horizon: null }, null], [{}, null], [5, null], [null, null], [[], null]])('takes the horizon of data %j', (data, horizon) => {
    const hits = new HitStrategies(TABLE)
    expect(hits.of(hit({ data, strategies: ['x'] }), 1)[0]!.horizon).toBe(horizon)
    expect(hits.warnings()).toEqual([])
  })

  it.each([['swing'], [5], [{}], ['__proto__']])("counts a data.horizon that means something of the script's own: %j", (horizon) => {
    const hits = new HitStrategies(TABLE)
    expect(hits.of(hit({ data: { horizon }, strategies: ['x'] }), 1)[0]!.horizon).toBeNull()
    expect(hits.warnings()).toMatchObject([{ code: 'hits_with_foreign_horizon', count: 1 }])
  })

  it('makes nothing of rows that are no hits', () => {
    const hits = new HitStrategies(TABLE)
    expect(hits.of(hit({ status: 'miss', strategies: ['x'] }), 1)).toEqual([])
    expect(hits.warnings()).toEqual([])
  })
})

describe('the table of directions', () => {
  it('is set by file, environment and command line', () => {
    const hardware = { cores: { count: 2 }, memory: { bytes: 4e9 }, confined: false } as never
    const config = loadConfig({
      file: { path: 'config.json', text: '{"explore": {"directions": {"bullish": ["LEAP Call"]}, "horizon": "LEAP"}}' },
      env: { STRIKESCAN_EXPLORE_DIRECTIONS_BEARISH: 'Long Put, Put Debit Spread ,' },
      overrides: { 'explore.directions.neutral': '' },
      hardware,
    })
    expect(config.values).toMatchObject({
      'explore.directions.bullish': ['LEAP Call'], 'explore.directions.bearish': ['Long Put', 'Put Debit Spread'], 'explore.directions.neutral': [], 'explore.horizon': 'LEAP',
    })
    expect(() => parseSettingText('explore.horizon', 'weekly', '--set')).toThrow(expect.objectContaining({ code: 'config_bad_value' }))
  })
})
