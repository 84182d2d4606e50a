import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { tarOf, zipOf } from '../../../market/bar-files.ts'
import { CBOE_HEADER, cboeRow, contractsOf, EQUITIES_HEADER, ETFS_HEADER, fileOf, LEAN_HEADER, newFolder, newStore } from './chain-files.ts'

const NAME = 'AAPL_chain_20260807_194024.csv'
const CBOE = [CBOE_HEADER, cboeRow('AAPL260814C00250000'), cboeRow('AAPL260814P00250000', { bid: '0.0', iv: '0.31' }), cboeRow('AAPL260821C00252500')].join('\n')

describe('the four layouts', () => {
  test('cboe_delayed: every value as stated, vendor zeros included, no underlying price', async () => {
    const store = newStore()
    const report = await store.importChains([fileOf(`${NAME}.gz`, gzipSync(CBOE))])
    expect(report).toMatchObject({ rowsRead: 3, rowsKept: 3, rowsRejected: 0, reasons: {}, tickers: 1, recordings: 1, firstDate: '2026-08-07', unchanged: false, flagged: { zeroImpliedVol: 2 } })
    expect(report.files).toMatchObject([{ format: 'cboe_delayed', rowsRead: 3, rowsRejected: 0 }])
    const chain = store.source()!.newest('aapl', null)!.chain('2026-08-14')!
    expect(chain).toMatchObject({ ticker: 'AAPL', underlyingPrice: null, asOf: Date.parse('2026-08-07T19:25:24Z'), delayMinutes: 15, refused: [] })
    expect(chain.contracts[0]).toEqual({
      occ: 'AAPL  260814C00250000', root: 'AAPL', right: 'call', strike: 250, expiration: '2026-08-14', style: 'american', settlement: 'pm', multiplier: 100, adjusted: false,
      bid: 1.1, ask: 1.2, bidSize: 11, askSize: 12, last: 1.14, volume: 5, openInterest: 70, impliedVol: 0,
      greeks: { delta: 0.5, gamma: 0.01, theta: -0.03, vega: 0.2, rho: 0.04, updatedAt: null }, quotedAt: null,
    })
    expect(chain.contracts[1]).toMatchObject({ right: 'put', bid: 0, impliedVol: 0.31 })
  })

  test('cboe_delayed: options on VIX are European and settle in the morning, weeklies included', async () => {
    const store = newStore()
    await store.importChains([fileOf('VIX_chain_20260807_194024.csv', [CBOE_HEADER, cboeRow('VIXW260812C00010000'), cboeRow('VIX260819C00010000')].join('\n'))])
    expect(contractsOf(store, '^VIX')).toMatchObject([
      { root: 'VIXW', occ: 'VIXW  260812C00010000', style: 'european', settlement: 'am' },
      { root: 'VIX', style: 'european', settlement: 'am' },
    ])
    expect(store.source()!.newest('VIXW', null)).toBeNull()
  })

  test('yahoo_equities: missing volume is unknown; the quotes of a holiday are the session before it', async () => {
    const row = (occ: string, type: string, strike: string, volume: string, snap: string) =>
      `${occ},${type},2025-12-05,${strike},2025-11-26 20:05:01+00:00,x,3.5,3.4,3.6,0,0,${volume},12,0.41,True,REGULAR,USD,2,${snap},9,276.97,99`
    const file = (snap: string) => [EQUITIES_HEADER, row('AAPL251205P00280000', 'put', '280.0', '6.0', snap), row('AAPL251205C00280000', 'call', '280.0', '', snap)].join('\n')
    const store = newStore()
    const report = await store.importChains([fileOf('AAPL_2025-11-26.csv', file('2025-11-26')), fileOf('AAPL_2025-11-27.csv', file('2025-11-27'))])
    expect(report).toMatchObject({ rowsKept: 4, recordings: 2, flagged: { closedDay: 2 }, firstDate: '2025-11-26', lastDate: '2025-11-27' })
    const source = store.source()!
    expect(source.newest('AAPL', '2025-11-25')).toBeNull()
    expect(source.newest('AAPL', '2025-11-26')).toMatchObject({ day: '2025-11-26', asOf: Date.parse('2025-11-26T21:00:00Z'), underlyingPrice: 276.97, optionVolume: 6 })
    expect(source.newest('AAPL', '2025-12-24')).toMatchObject({ day: '2025-11-27', asOf: Date.parse('2025-11-26T21:00:00Z') })
    expect(contractsOf(store, 'AAPL')).toMatchObject([
      { right: 'call', volume: null, openInterest: 12, impliedVol: 0.41, greeks: null, bidSize: null, last: 3.5 },
      { right: 'put', volume: 6 },
    ])
  })

  test('yahoo_etfs: quotes made after the session they are named for are of the day they were made, and so is the price', async () => {
    const row = (occ: string, traded: string) => `${occ},2026-08-14,C,700.0,9.5,9.4,9.6,,3.0,0.2,True,${traded},772.49,2026-08-12`
    const text = [ETFS_HEADER, row('SPY260814C00700000', '2026-08-13 15:58:20+00:00')].join('\n')
    const alone = newStore()
    await alone.importChains([fileOf('SPY.csv', text)])
    expect(alone.source()!.newest('SPY', '2026-08-12')).toBeNull()
    // The price of the session before is not that of the quotes: it is to be inferred.
    expect(alone.source()!.newest('SPY', '2026-08-13')).toMatchObject({ day: '2026-08-13', asOf: Date.parse('2026-08-13T15:58:20Z'), underlyingPrice: null })

    const folder = newFolder()
    fileOf('2026-08-12/SPY.csv', text, folder)
    fileOf('2026-08-12/meta.json', JSON.stringify({ utc: '2026-08-13T16:13:33.049692+00:00', tickers: { SPY: { spot_live: 775.81 }, QQQ: null } }), folder)
    const beside = newStore()
    const report = await beside.importChains([folder])
    expect(report).toMatchObject({ rowsKept: 1, warnings: [] })
    expect(beside.source()!.newest('SPY', null)).toMatchObject({ asOf: Date.parse('2026-08-13T15:58:33.049Z'), underlyingPrice: 775.81 })

    const sameDay = newStore()
    await sameDay.importChains([fileOf('SPY.csv', [ETFS_HEADER, row('SPY260814C00700000', '2026-08-12 19:58:20+00:00')].join('\n'))])
    expect(sameDay.source()!.newest('SPY', '2026-08-12')).toMatchObject({ asOf: Date.parse('2026-08-12T20:00:00Z'), underlyingPrice: 772.49 })
  })

  test('lean_eod_greeks: the underlying in the second line, no quotes, Saturday listings', async () => {
    const text = [LEAN_HEADER, ',,,633.49,633.5,633.28,633.4,131,,,,,,,', '20140621,490,C,1,1,1,143.5,0,,1.49,0.96,0.0007,0.038,-0.51,0.038', '20140621,490,P,0,0,0,0,0,55,0,0,0,0,0,0'].join('\n')
    for (const path of [fileOf('aapl_20140602.csv', text), fileOf('aapl/20140602.csv', text)]) {
      const store = newStore()
      expect(await store.importChains([path])).toMatchObject({ rowsRead: 2, rowsKept: 2, tickers: 1, flagged: { zeroFilled: 1, zeroImpliedVol: 1 } })
      const recorded = store.source()!.newest('AAPL', '2014-06-02')!
      expect(recorded).toMatchObject({ underlyingPrice: 633.4, asOf: Date.parse('2014-06-02T20:00:00Z'), expirations: ['2014-06-20'] })
      expect(recorded.chain('2014-06-21')).toEqual(recorded.chain('2014-06-20'))
      expect(contractsOf(store, 'AAPL')).toMatchObject([
        { occ: 'AAPL  140621C00490000', expiration: '2014-06-20', bid: null, ask: null, last: 143.5, volume: 0, openInterest: null, greeks: { theta: -0.51 } },
        { right: 'put', last: 0, openInterest: 55, impliedVol: 0 },
      ])
    }
  })
})

describe('other tables', () => {
  const HEADER = 'Quote_Date,Underlying,Expiry,CP,Strike,Bid,Ask,IV'

  test('a value that is no ticker is told with its column; a symbol of the contract there is read as one', async () => {
    const rows = `${HEADER}\n2026-08-07,what is this,2026-08-14,c,500,1,2,0.2\n2026-08-07,AAPL260814C00250000,2026-08-14,c,250,1,2,0.2\n`
    const store = newStore()
    const report = await store.importChains([fileOf('q.csv', rows)])
    expect(report).toMatchObject({ rowsKept: 1, reasons: { invalid_ticker: 1 }, samples: [{ line: 2, reason: 'invalid_ticker', column: HEADER.split(',')[1], value: 'what is this' }] })
    expect(contractsOf(store, 'AAPL')).toMatchObject([{ occ: 'AAPL  260814C00250000' }])
    const unnamed = await newStore().importChains([fileOf('ABCDEFG.csv', `quote_date,ticker,expiration,right,strike,bid\n2026-08-07,,2026-08-14,c,500,1\n`)])
    expect(unnamed.samples).toMatchObject([{ reason: 'invalid_ticker', column: 'ticker', value: '' }])
    const gap = `quote_date,ticker,expiration,right,strike,bid\n2026-08-07,SPY,2026-08-14,c,500,1\n2026-08-07,,2026-08-14,c,501,1\n`
    const named = await newStore().importChains([fileOf('ch_20260807_194024.csv', gap)])
    expect(named).toMatchObject({ rowsKept: 1, tickers: 1, reasons: { invalid_ticker: 1 }, samples: [{ line: 3, reason: 'invalid_ticker', column: 'ticker', value: '' }] })
  })

  test('a column given to one field is not taken for another, and one that is there twice is refused', async () => {
    const text = 'symbol,date,bid\nAAPL260814C00250000,2026-08-07,1\n'
    expect(await newStore().importChains([fileOf('q.csv', text)], { map: { occ: 'symbol' } })).toMatchObject({ rowsKept: 1 })
    const twice = `${HEADER},bid\n2026-08-07,AAPL,2026-08-14,c,500,1,2,0.2,9\n`
    await expect(newStore().importChains([fileOf('q.csv', twice)])).rejects.toMatchObject({ code: 'import_column_ambiguous' })
  })

  test('columns by their usual names or by a map', async () => {
    const store = newStore()
    await store.importChains([fileOf('q.csv', `${HEADER}\n2026-08-07,brk-b,2026-08-14,c,500,1,2,0.2\n2026-08-07,BRK/B,2026-08-14,P,500,1,2,\n`)])
    expect(contractsOf(store, 'BRK.B')).toMatchObject([{ occ: 'BRKB  260814C00500000', impliedVol: 0.2 }, { right: 'put', impliedVol: null }])
    const mapped = newStore()
    const text = 'd;u;x;k;t;b\n2026-08-07;AAPL;2026-08-14;"250";put;1,5\n2026-08-07;AAPL;2026-08-14;251;put;1.5\n'
    const map = { asOf: 'd', ticker: 'u', expiration: 'x', strike: 'k', right: 't', bid: 'b' }
    expect(await mapped.importChains([fileOf('q.csv', text)], { map })).toMatchObject({ rowsRead: 2, rowsKept: 1, reasons: { unparsable_number: 1 } })
    await expect(newStore().importChains([fileOf('q.csv', text)])).rejects.toMatchObject({ code: 'import_not_chains' })
  })

  test('adjusted roots and minis belong to their ticker', async () => {
    const store = newStore()
    await store.importChains([fileOf('q.csv', 'asOf,optionSymbol,bid,ask,contractSize\n2026-08-07,AAPL1 260814C00250000,1,2,\n2026-08-07,AAPL7260814C00250000,1,2,MINI\n2026-08-07,O:SPXW260814C06000000,1,2,100\n')])
    expect(contractsOf(store, 'AAPL')).toMatchObject([{ root: 'AAPL1', adjusted: true, multiplier: 100 }, { root: 'AAPL7', multiplier: 10 }])
    expect(contractsOf(store, 'SPX')).toMatchObject([{ root: 'SPXW', style: 'european', settlement: 'pm', adjusted: false }])
  })

  const CONTRACT = { occ: 'AAPL  260814C00250000', bid: 1, ask: 2, volume: null, impliedVol: 0.3, greeks: { delta: 0.5, theta: -0.1, updatedAt: 1786131624000 }, quotedAt: '2026-08-07T19:00:00Z', style: 'european', adjusted: true }
  const WANTED = { occ: CONTRACT.occ, bid: 1, volume: null, impliedVol: 0.3, style: 'european', adjusted: true, greeks: { delta: 0.5, theta: -0.1, rho: null, updatedAt: 1786131624000 }, quotedAt: Date.parse('2026-08-07T19:00:00Z') }
  const LOOSE = { ...CONTRACT, ticker: 'AAPL', asOf: 1_786_131_624_000, underlyingPrice: 251.5 }

  test.each([
    ['an array', JSON.stringify([LOOSE])],
    ['one per line', `${JSON.stringify(LOOSE)}\n${JSON.stringify({ ...LOOSE, occ: 'AAPL  260814P00250000' })}\n`],
    ['a chain', JSON.stringify({ ticker: 'AAPL', asOf: 1_786_131_624_000, underlyingPrice: 251.5, contracts: [CONTRACT] })],
  ])('JSON: %s', async (_, text) => {
    const store = newStore()
    await store.importChains([fileOf('x.json', text)])
    expect(store.source()!.newest('AAPL', null)).toMatchObject({ asOf: 1_786_131_624_000, underlyingPrice: 251.5 })
    expect(contractsOf(store, 'AAPL')[0]).toMatchObject(WANTED)
  })

  test('Parquet, zip and tar', async () => {
    const columns = CBOE_HEADER.split(',').map((name, index) => ({ name, data: CBOE.split('\n').slice(1).map((line) => line.split(',')[index]!), type: 'STRING' as const }))
    const parquet = fileOf('AAPL_chain_20260807_194024.parquet', new Uint8Array(parquetWriteBuffer({ columnData: columns })))
    const zip = fileOf('x.zip', zipOf({ [NAME]: CBOE, 'meta.json': '{}', 'notes.csv': 'a,b\n1,2\n' }))
    const tar = fileOf('x.tar.gz', gzipSync(tarOf({ [NAME]: CBOE })))
    const plain = await newStore().importChains([fileOf(NAME, CBOE)])
    for (const path of [parquet, zip, tar]) expect((await newStore().importChains([path])).snapshot).toBe(plain.snapshot)
  })
})

test('every refused row has its reason, file and line; the others are kept', async () => {
  const lines: [string, string][] = [
    [cboeRow('AAPL260814C00250000', { bid: 'x' }), 'unparsable_number'],
    [cboeRow('AAPL260814C00251000', { ask: '-1' }), 'negative_price'],
    [cboeRow('AAPL260814C00252000', { volume: '-2' }), 'negative_count'],
    [cboeRow('AAPL260806C00253000', {}), 'expired'],
    [cboeRow('AAPL260814C00254000', { type: 'Straddle' }), 'unknown_right'],
    [cboeRow('AAPL260814C00255000', { strike: '256' }), 'symbol_mismatch'],
    [cboeRow('AAPL260814C00255000', { type: 'Put' }), 'symbol_mismatch'],
    [cboeRow('AAPL260814C00255000', { root: 'MSFT' }), 'symbol_mismatch'],
    [cboeRow('AAPL260814C00257000', { expiration: 'soon' }), 'unparsable_date'],
    [cboeRow('AAPL260814C00258000', { strike: '-258' }), 'invalid_strike'],
    [cboeRow('AAPL260814C00259000').replace('AAPL260814C00259000', '???'), 'invalid_symbol'],
    [cboeRow('AAPL260814C00259000').replace('AAPL260814C00259000', '').replace(',259,', ',,'), 'no_strike'],
    [cboeRow('AAPL260814C00260000', { iv: 'inf' }), 'unparsable_number'],
    ['AAPL,2026-08-14', 'wrong_field_count'],
    [`"${cboeRow('AAPL260814C00261000')}`, 'unclosed_quote'],
    [cboeRow('AAPL260814C00262000', { iv: 'nan', traded: 'never' }), ''],
  ]
  const path = fileOf(NAME, [CBOE_HEADER, ...lines.map(([line]) => line)].join('\r\n'))
  const report = await newStore().importChains([path])
  const expected = lines.flatMap(([, reason], index) => (reason === '' ? [] : [{ line: index + 2, reason }]))
  expect(report.samples.map(({ line, reason }) => ({ line, reason })).sort((a, b) => a.line - b.line)).toEqual(expected)
  expect(report).toMatchObject({ rowsRead: lines.length, rowsKept: 1, rowsRejected: expected.length })
  expect(Object.values(report.reasons).reduce((sum, count) => sum + count, 0)).toBe(expected.length)
  expect(report.samples.every(({ file }) => file === path)).toBe(true)
  const culprits = Object.fromEntries(report.samples.map(({ line, column, value }) => [line, [column, value]]))
  expect(culprits).toMatchObject({ 2: ['bid', 'x'], 3: ['ask', '-1'], 4: ['volume', '-2'], 6: ['type', 'Straddle'], 7: ['option', 'AAPL260814C00255000'], 10: ['expiration', 'soon'], 11: ['strike', '-258'], 12: ['option', '???'], 13: ['strike', ''], 15: [null, null] })
  expect(report.files[0]).toMatchObject({ rowsRead: lines.length, rowsRejected: expected.length })
})

describe('the same rows in any way give the same store', () => {
  const first = [CBOE_HEADER, cboeRow('AAPL260814C00250000'), cboeRow('AAPL260814C00250000', { bid: '1.15' }), cboeRow('AAPL260814C00250000')].join('\n')
  const second = [CBOE_HEADER, cboeRow('AAPL260814P00250000'), cboeRow('AAPL260814C00250000', { bid: '1.05' })].join('\n')

  test('in any order of files and imports; again without a change', async () => {
    const [a, b] = [fileOf(NAME, first), fileOf(NAME, second)]
    const whole = newStore()
    const report = await whole.importChains([a, b])
    expect(report).toMatchObject({ rowsRead: 5, rowsKept: 2, duplicates: 3, conflicts: 3, conflictsInFiles: 3, stored: { added: 2, replaced: 0, unchanged: 0, conflictingKept: 0 } })
    expect((await newStore().importChains([b, a])).snapshot).toBe(report.snapshot)
    const apart = newStore()
    await apart.importChains([b])
    expect(await apart.importChains([a])).toMatchObject({ snapshot: report.snapshot, stored: { replaced: 1 }, unchanged: false })
    const before = readdirSync(join(apart.folder, 'packs')).length
    const loses = await apart.importChains([b])
    expect(loses).toMatchObject({ snapshot: report.snapshot, stored: { added: 0, unchanged: 1, conflictingKept: 1 }, conflicts: 1, conflictsInFiles: 0, unchanged: true })
    expect(loses.conflictSamples).toEqual([{ ticker: 'AAPL', date: '2026-08-07', occ: 'AAPL  260814C00250000', outcome: 'stored_kept', kept: { bid: 1.15 }, dropped: { bid: 1.05 } }])
    expect(loses.conflictRule).toMatch(/states more/)
    expect(readdirSync(join(apart.folder, 'packs'))).toHaveLength(before)
    expect(contractsOf(whole, 'AAPL')).toEqual(contractsOf(apart, 'AAPL'))
    expect(await apart.importChains([b], { replace: true })).toMatchObject({ stored: { replaced: 1 }, unchanged: false })
    expect(contractsOf(apart, 'AAPL')[0]).toMatchObject({ bid: 1.05 })
  })

  test('a source taken before an import gives what it gave', async () => {
    const store = newStore()
    await store.importChains([fileOf(NAME, first)])
    const source = store.source()!
    await store.importChains([fileOf(NAME, second)], { replace: true })
    expect(source.newest('AAPL', null)!.chain('2026-08-14')!.contracts).toMatchObject([{ bid: 1.15 }])
    expect(store.source()!.newest('AAPL', null)!.chain('2026-08-14')!.contracts).toMatchObject([{ bid: 1.05 }, { right: 'put' }])
    expect(store.source()!.identity).not.toBe(source.identity)
  })

  test('reset forgets all of it', async () => {
    const store = newStore()
    const { snapshot } = await store.importChains([fileOf(NAME, first)])
    await store.reset()
    expect(store.summary()).toBeNull()
    expect(store.source()).toBeNull()
    expect(readdirSync(join(store.folder, 'packs'))).toEqual([])
    expect((await store.importChains([fileOf(NAME, first)])).snapshot).toBe(snapshot)
  })
})

describe('what cannot be read is one error, and the store is as it was', () => {
  const gz = gzipSync(CBOE.repeat(50))
  test.each([
    ['cut gzip', `${NAME}.gz`, gz.subarray(0, gz.length - 20), 'import_file_truncated'],
    ['broken gzip', `${NAME}.gz`, Buffer.concat([gz.subarray(0, 40), Buffer.from('garbage'), gz.subarray(47)]), 'import_file_truncated'],
    ['empty', NAME, '', 'import_file_empty'],
    ['blank lines', NAME, '\n\n \n', 'import_file_empty'],
    ['header alone', NAME, CBOE_HEADER, ''],
    ['bars', 'x.csv', 'symbol,date,open,high,low,close,volume\nA,2016-03-24,1,3,0.5,2,100', 'import_not_chains'],
    ['a web page', 'x.csv', '<!DOCTYPE html><html></html>', 'import_not_chains'],
    ['a picture', 'x.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]), 'import_not_chains'],
    ['one endless line', 'x.csv', 'a'.repeat(3 << 20), 'import_not_chains'],
    ['no columns of quotes', 'x.csv', 'expiration,strike,right\n2026-08-14,1,C', 'import_columns_missing'],
    ['no time in the name', 'AAPL.csv', CBOE, 'import_chain_name'],
    ['no ticker', '20140602.csv', `${LEAN_HEADER}\n20140621,490,C,1,1,1,1,0,,1,1,1,1,1,1`, 'import_chain_name'],
    ['half a JSON array', 'x.json', '[{"occ": "AAPL  260814C00250000", "asOf": "2026-08-07", "bid": 1}, {"occ"', 'import_file_truncated'],
    ['JSON of something else', 'x.json', '{"name": "x"}', 'import_not_chains'],
    ['nothing but a companion', 'meta.json', '{}', 'import_no_rows'],
  ])('%s', async (_, name, content, code) => {
    const store = newStore()
    const before = await store.importChains([fileOf('VIX_chain_20260807_194024.csv', [CBOE_HEADER, cboeRow('VIX260819C00010000')].join('\n'))])
    const folder = name === '20140602.csv' ? fileOf('no ticker/x', '').replace(/x$/, '') : undefined
    const path = fileOf(name, content, folder)
    const run = store.importChains(code === 'import_no_rows' ? [path] : [fileOf(NAME, CBOE), path])
    if (code === '') {
      expect(await run).toMatchObject({ rowsKept: 3, warnings: [expect.stringContaining('no contract')] })
      return
    }
    await expect(run).rejects.toMatchObject({ code, message: expect.stringContaining(path) })
    expect(store.summary()!.snapshot).toBe(before.snapshot)
    expect(store.source()!.newest('AAPL', null)).toBeNull()
    expect(readdirSync(join(store.folder, 'temporary'))).toEqual([])
    expect(readdirSync(join(store.folder, 'packs'))).toHaveLength(1)
  })

  test('a time for every quote is no time of a recording', async () => {
    const rows = Array.from({ length: 30_000 }, (_, row) => `${1_786_100_000_000 + row},2026-08-07,AAPL260814C${String(250_000 + row).padStart(8, '0')},1,2`)
    const path = fileOf('x.csv', ['time,day,occ,bid,ask', ...rows].join('\n'))
    await expect(newStore().importChains([path], { map: { asOf: 'time' } })).rejects.toMatchObject({ code: 'import_chain_times' })
    expect(await newStore().importChains([path], { map: { asOf: 'day', quotedAt: 'time' } })).toMatchObject({ rowsKept: 30_000, recordings: 1 })
  })

  test('wrong options, missing paths, a cancelled import', async () => {
    const store = newStore()
    const path = fileOf(NAME, CBOE)
    await expect(store.importChains([path], { map: { price: 'x' } })).rejects.toMatchObject({ code: 'import_chain_field' })
    await expect(store.importChains([path], { map: { bid: 'x' } })).rejects.toMatchObject({ code: 'import_map_column' })
    await expect(store.importChains([path], { format: 'csv' })).rejects.toMatchObject({ code: 'import_chain_format_unknown' })
    await expect(store.importChains([path], { format: 'yahoo_etfs' })).rejects.toMatchObject({ code: 'import_columns_missing' })
    await expect(store.importChains([join(newFolder(), 'none')])).rejects.toMatchObject({ code: 'import_path_missing' })
    await expect(store.importChains([path], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'import_cancelled' })
    expect(store.summary()).toBeNull()
  })

  test('a damaged recording is named, an unknown catalogue refused', async () => {
    const store = newStore()
    await store.importChains([fileOf(NAME, CBOE)])
    const [pack] = readdirSync(join(store.folder, 'packs'))
    const path = join(store.folder, 'packs', pack!)
    const bytes = readFileSync(path)
    bytes[bytes.length - 3]! ^= 1
    writeFileSync(path, bytes)
    const recorded = store.source()!.newest('AAPL', null)!
    expect(() => recorded.chain('2026-08-21')).toThrow(expect.objectContaining({ code: 'chain_recording_damaged' }))
    writeFileSync(path, bytes.subarray(0, 10))
    expect(() => store.source()!.newest('AAPL', null)).toThrow(expect.objectContaining({ code: 'chain_recording_damaged' }))
    expect(existsSync(path)).toBe(true)
    const home = newFolder()
    fileOf('market/chains/catalog.db', 'this is no database, whatever its name says', home)
    expect(() => newStore(home)).toThrow(expect.objectContaining({ code: 'store_catalogue_damaged' }))
  })
})
