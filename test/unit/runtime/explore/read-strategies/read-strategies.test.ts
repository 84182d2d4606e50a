import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { parquetWriteFile } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { readStrategies, type StrategiesReport } from '../../../../../runtime/explore/read-strategies/read-strategies.ts'
import type { StrategyRow } from '../../../../../runtime/explore/row.ts'

const folder = mkdtempSync(join(tmpdir(), 'strikescan-strategies-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
async function read(content: string | Uint8Array, name = `${++files}.csv`): Promise<{ rows: StrategyRow[]; report: StrategiesReport }> {
  const path = join(folder, name)
  writeFileSync(path, content)
  const reading = readStrategies(path)
  const rows: StrategyRow[] = []
  for await (const chunk of reading) {
    expect(chunk.length).toBeLessThanOrEqual(1_000)
    rows.push(...chunk)
  }
  const report = reading.report()
  expect(report.rows).toBe(rows.length)
  expect(report.rowsWithProblems).toBe(rows.filter(({ problems }) => problems.length > 0).length)
  return { rows, report }
}
const one = async (content: string): Promise<StrategyRow> => (await read(content)).rows[0]!
const refusal = (content: string | Uint8Array, name?: string) => read(content, name).then(() => null, (error: { code: string; message: string; hint: string }) => error)

const AAPL = { ticker: 'AAPL', close: 150.5, strategy: 'Long Call', tradeBias: 'bullish', horizon: 'SHORT', dteMin: 30, dteMax: 45, marketCap: null, optionVolume: null, problems: [] }

describe('header names', () => {
  it.each([
    'ticker,close,strategy,tradeBias,horizon,dteMin,dteMax',
    'Ticker,Close,Strategy,Trade_Bias,Horizon,DTE_Min,DTE_Max',
    'TICKER,CLOSE,STRATEGY,TRADE_BIAS,HORIZON,DTE_MIN,DTE_MAX',
    'Symbol,Last_Price,Recommended_Strategy,Trade Bias,Horizon_Class,Min_DTE,Max_DTE',
    ' symbol , last price , recommendedStrategy , bias , horizonClass , minDte , maxDte ',
  ])('understands %s', async (header) => {
    expect(await one(`${header}\nAAPL,150.5,Long Call,Bullish,SHORT,30,45\n`)).toMatchObject(AAPL)
  })

  it('keeps every column as it came, in order, the understood ones included', async () => {
    const { rows, report } = await read('Note,Ticker,10,Strategy,2\n "x, y" ,aapl ,07,Long Call,\n')
    expect(report.columns).toEqual(['Note', 'Ticker', '10', 'Strategy', '2'])
    expect(rows[0]).toMatchObject({ ticker: 'AAPL', columns: { Note: 'x, y', Ticker: 'aapl ', 10: '07', Strategy: 'Long Call', 2: '' }, problems: [] })
  })

  it('takes the preferred of two columns for one field and says so', async () => {
    const { rows, report } = await read('Symbol,Ticker,Strategy,Recommended_Strategy,Strategy\nX,AAPL,Long Call,Long Put,Iron Condor\n')
    expect(rows[0]).toMatchObject({ ticker: 'AAPL', strategy: 'Long Call', columns: { Strategy: 'Long Call', Strategy_2: 'Iron Condor', Recommended_Strategy: 'Long Put' } })
    expect(report.columns).toEqual(['Symbol', 'Ticker', 'Strategy', 'Recommended_Strategy', 'Strategy_2'])
    expect(report.notes.join('\n')).toMatch(/Ticker and Symbol could all be the ticker: Ticker was read/)
    expect(report.notes.join('\n')).toMatch(/Strategy as Strategy_2/)
  })

  it('names what has no name, and never doubles one', async () => {
    const { rows, report } = await read(',Ticker,Strategy,Note,Note,Note_2,__proto__\n0,A,Long Call,1,2,3,4\n')
    expect(report.columns).toEqual(['Column_1', 'Ticker', 'Strategy', 'Note', 'Note_3', 'Note_2', 'Input___proto__'])
    expect(Object.values(rows[0]!.columns)).toEqual(['0', 'A', 'Long Call', '1', '2', '3', '4'])
  })

  it("keeps a user's column that has the name of an output under another", async () => {
    const { rows, report } = await read('Ticker,Strategy,Volume,mid\nA,Long Call,1000000,9\n')
    expect(report.columns).toEqual(['Ticker', 'Strategy', 'Input_Volume', 'Input_mid'])
    expect(rows[0]!.columns).toMatchObject({ Input_Volume: '1000000', Input_mid: '9' })
    expect(report.notes).toEqual([expect.stringContaining('Volume as Input_Volume, mid as Input_mid')])
  })

  it('leaves out the outputs of an earlier exploration', async () => {
    const { rows, report } = await read('Ticker,Input_Volume,Strategy,Exploration_Status,Exploration_Reason,Volume,Legs,Market_Source\nA,5,Long Call,Success,fine,10,[],simulated\n')
    expect(report.columns).toEqual(['Ticker', 'Input_Volume', 'Strategy'])
    expect(rows[0]!.columns).toEqual({ Ticker: 'A', Input_Volume: '5', Strategy: 'Long Call' })
    expect(report.notes.join()).toContain('replaced by the new ones: Exploration_Status, Exploration_Reason, Volume, Legs, Market_Source')
  })

  it.each([
    ['Tickr,Price,Strategi\nA,1,Long Call\n', 'ticker and strategy', 'Tickr, Price, Strategi', 'Rename Tickr to ticker', 'Rename Strategi to strategy'],
    ['Ticker,Close\nA,1\n', 'strategy', 'Ticker, Close', 'Add a column strategy (Recommended_Strategy'],
    ['AAPL,150,Long Call\nMSFT,1,Long Put\n', 'ticker and strategy', 'AAPL, 150, Long Call', 'The first line of a CSV file names the columns'],
  ])('refuses a file without needed columns: %j', async (content, missing, columns, ...hints) => {
    const error = (await refusal(content))!
    expect(error.code).toBe('strategies_columns_missing')
    expect(error.message).toContain(`.csv has no column for ${missing}; its columns are ${columns}.`)
    for (const hint of hints) expect(error.hint).toContain(hint)
  })
})

describe('cells', () => {
  it.each([
    ['1234.56', 1234.56], ['"$1,234.56"', 1234.56], [' 1234.56 ', 1234.56], ['"USD 1,234"', 1234], ['$5', 5], ['1.5e3', 1500], ['.5', 0.5], ['5.', 5],
    ['', null], ['N/A', null], ['nan', null], ['None', null], ['-', null],
  ])('reads close %s', async (text, close) => {
    expect(await one(`ticker,strategy,close\nA,Long Call,${text}\n`)).toMatchObject({ close, problems: [] })
  })

  it.each([
    ['close', 'abc', 'The close "abc" is no number.'],
    ['close', '-5', 'The close "-5" is not above zero.'],
    ['close', '0', 'The close "0" is not above zero.'],
    ['close', '1e999', 'The close "1e999" is no number.'],
    ['close', '"12,34"', 'The close "12,34" is no number.'],
    ['close', 'Infinity', 'The close "Infinity" is no number.'],
    ['dteMin', '-1', 'dteMin "-1" is negative.'],
    ['dteMin', '30.5', 'dteMin "30.5" is no number of whole days.'],
    ['dteMax', 'soon', 'dteMax "soon" is no number of days.'],
    ['horizon', 'weekly', 'The horizon "weekly" is none of SHORT, MEDIUM, LEAP.'],
    ['horizon', 'constructor', 'The horizon "constructor" is none of SHORT, MEDIUM, LEAP.'],
    ['tradeBias', 'sideways', 'The trade bias "sideways" is none of bullish, bearish, neutral.'],
  ])('makes %s %s a problem of the row', async (field, text, problem) => {
    const row = await one(`ticker,strategy,${field}\nA,Long Call,${text}\n`)
    expect(row).toMatchObject({ ticker: 'A', [field]: null, problems: [problem] })
  })

  it('keeps rows without ticker or strategy, and says every problem of a row', async () => {
    const row = await one('ticker,strategy,dteMin,dteMax\n , ,60,30\n')
    expect(row).toMatchObject({ ticker: '', dteMin: 60, dteMax: 30, problems: ['The ticker is empty.', 'The strategy is empty.', 'dteMin 60 is above dteMax 30.'] })
    expect((await one('ticker,strategy\nA B,Long Call\n')).problems).toEqual(['"A B" is no ticker.'])
    expect((await one(`ticker,strategy\n${'A'.repeat(5_000)},Long Call\n`)).problems[0]!.length).toBeLessThan(100)
  })

  it('keeps tickers with odd but real forms, NA and NAN among them', async () => {
    const { rows } = await read('ticker,strategy\nbrk.b,Long Call\nBF-B,x\n^SPX,x\nNA,x\nNAN,x\n')
    expect(rows.map(({ ticker, problems }) => [ticker, problems.length])).toEqual([['BRK.B', 0], ['BF-B', 0], ['^SPX', 0], ['NA', 0], ['NAN', 0]])
  })

  it('reads horizons and biases in any style, days that are written as 30.0, and amounts', async () => {
    const { rows } = await read('ticker,strategy,horizon,bias,dte_min,market_cap,option_volume\nA,x,leaps,BEAR,30.0,$5.2B,"1,200"\nA,x,Short-Term,Long,,850m,0\n')
    expect(rows[0]).toMatchObject({ horizon: 'LEAP', tradeBias: 'bearish', dteMin: 30, marketCap: 5.2e9, optionVolume: 1200 })
    expect(rows[1]).toMatchObject({ horizon: 'SHORT', tradeBias: 'bullish', dteMin: null, marketCap: 8.5e8, optionVolume: 0 })
  })

  it('counts hints that cannot be read and does without', async () => {
    const { rows, report } = await read('ticker,strategy,Market_Cap\nA,x,Large\nB,x,-5\nC,x,7e9\n')
    expect(rows.map(({ marketCap, problems }) => [marketCap, problems.length])).toEqual([[null, 0], [null, 0], [7e9, 0]])
    expect(report.notes).toEqual(['marketCap could not be read in 2 rows (the first says "Large") and counts as not given there.'])
  })
})

describe('CSV', () => {
  const csv = 'ticker,strategy,note\nAAPL,Long Call,plain\nMSFT,"Long Put","two\nlines, ""quoted"""\n'
  const expected = [['AAPL', 'Long Call', 'plain'], ['MSFT', 'Long Put', 'two\nlines, "quoted"']]
  const cells = ({ rows }: { rows: StrategyRow[] }) => rows.map(({ columns }) => Object.values(columns))

  it.each<[string, string | Uint8Array]>([
    ['LF', csv],
    ['a byte-order mark', `\ufeff${csv}`],
    ['no last line end', csv.trimEnd()],
    ['semicolons', csv.replaceAll(/,(?! "")/g, ';')],
    ['tabs', csv.replaceAll(/,(?! "")/g, '\t')],
    ['bars', csv.replaceAll(/,(?! "")/g, '|')],
    ['sep=', `sep=;\r\n${csv.replaceAll(/,(?! "")/g, ';')}`],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(csv, 'utf16le')])],
    ['blank lines', csv.replace('\nMSFT', '\n\n   \nMSFT') + '\n\n'],
    ['gzip', gzipSync(csv)],
    ['gzip in gzip', gzipSync(gzipSync(csv))],
    ['zstd', zstdCompressSync(Buffer.from(csv))],
  ])('is read with %s', async (_, content) => {
    const got = cells(await read(content))
    expect(got.map((row) => row.map((cell) => cell.replace('lines; ', 'lines, ').replace('lines\t', 'lines,')))).toEqual(expected)
  })

  it('is read with CRLF and with lone CRs', async () => {
    expect(cells(await read(csv.replaceAll('\n', '\r\n')))).toEqual([expected[0], ['MSFT', 'Long Put', 'two\r\nlines, "quoted"']])
    expect(cells(await read('ticker,strategy\rA,x\rB,"y\rz"\r'))).toEqual([['A', 'x'], ['B', 'y\nz']])
  })

  it('reads decimal commas where semicolons divide, and refuses to guess', async () => {
    const { rows } = await read('ticker;strategy;close\nA;x;150,25\nB;x;1.234,5\nC;x;1,234\nD;x;99.5\n')
    expect(rows.map(({ close, problems }) => [close, problems.length])).toEqual([[150.25, 0], [1234.5, 0], [null, 1], [99.5, 0]])
  })

  it('keeps ragged rows with a problem', async () => {
    const { rows } = await read('ticker,strategy,close\nA,x\nB,x,$1,234.56\nC,x,5,,\n,,\n')
    expect(rows.map(({ ticker, problems }) => [ticker, problems])).toEqual([
      ['A', ['The row has 2 of 3 cells.']],
      ['B', ['The row has 4 cells for 3 columns; beyond the last column stands "234.56". A cell that holds the delimiter needs quotes.']],
      ['C', []],
      ['', ['The ticker is empty.', 'The strategy is empty.']],
    ])
    expect(rows[0]!.columns).toEqual({ ticker: 'A', strategy: 'x', close: '' })
  })

  it('keeps duplicates', async () => {
    expect((await read('ticker,strategy\nA,x\nA,x\nA,x\n')).rows).toHaveLength(3)
  })

  it('loses no row behind a quote that is never closed, nor behind text after one', async () => {
    const open = await read(`ticker,strategy\nA,"Long Call\n${'B,x\n'.repeat(5)}`)
    expect(open.rows.map(({ ticker }) => ticker)).toEqual(['A', 'B', 'B', 'B', 'B', 'B'])
    expect(open.rows[0]!.problems).toEqual(['Line 2 of the file has a quote that is not closed, or text behind one that is.'])
    const behind = await read('ticker,strategy\nA,"Long" Call\nB,"x"\n')
    expect(behind.rows.map(({ problems }) => problems.length)).toEqual([1, 0])
    const far = await read(`ticker,strategy\nA,"Long Call\n${'B,some strategy\n'.repeat(40_000)}`)
    expect(far.rows).toHaveLength(40_001)
    expect(far.report.rowsWithProblems).toBe(1)
  })

  it('takes a quote that blanks stand before as one, and a quote within a cell as text', async () => {
    expect(cells(await read('ticker,strategy,note\nA, "x, y",5" pipe\n'))).toEqual([['A', 'x, y', '5" pipe']])
  })

  it('reads lines that are not UTF-8 as Windows-1252, one by one', async () => {
    const { rows, report } = await read(Buffer.concat([Buffer.from('ticker,strategy,note\nA,x,Zoë\nB,x,'), Buffer.from([0x5a, 0x6f, 0xeb, 0x80]), Buffer.from('\nC,x,日本\n')]))
    expect(rows.map(({ columns }) => columns['note'])).toEqual(['Zoë', 'Zoë€', '日本'])
    expect(report.notes).toEqual(['1 line is not UTF-8 and read as Windows-1252.'])
  })

  it('takes a header without rows', async () => {
    const { rows, report } = await read('ticker,strategy\n')
    expect(rows).toEqual([])
    expect(report).toMatchObject({ format: 'csv', rows: 0, columns: ['ticker', 'strategy'], notes: [expect.stringContaining('holds no strategy')] })
  })

  it('reads records that lie across pieces of the file', async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => (i % 7 === 0 ? `T${i},"Long\r\nCall, ${i} ""é"""` : `T${i},Long Call ${i} é`))
    const { rows } = await read(`ticker,strategy\n${lines.join('\n')}\n`)
    expect(rows).toHaveLength(60_000)
    expect(rows.every(({ ticker, strategy }, i) => ticker === `T${i}` && strategy === (i % 7 === 0 ? `Long\r\nCall, ${i} "é"` : `Long Call ${i} é`))).toBe(true)
  })
})

describe('JSON', () => {
  const objects = [
    { ticker: 'AAPL', close: 150.5, strategy: 'Long Call', tradeBias: 'bullish', horizon: 'SHORT', dteMin: 30, dteMax: 45, tags: ['a', { b: 1 }], done: true, none: null },
    { Symbol: 'MSFT', Recommended_Strategy: 'Long "Put"], {', extra: 'é\n' },
  ]

  it.each<[string, string | Uint8Array, string]>([
    ['an array', JSON.stringify(objects), 'json'],
    ['a pretty-printed array', JSON.stringify(objects, null, 2), 'json'],
    ['lines', objects.map((object) => JSON.stringify(object)).join('\n'), 'ndjson'],
    ['lines with CRLF, blanks and a byte-order mark', `\ufeff\r\n${objects.map((object) => JSON.stringify(object)).join('\r\n\r\n')}\r\n`, 'ndjson'],
    ['an object with strategies', JSON.stringify({ strategies: objects }, null, 1), 'json'],
    ['gzip', gzipSync(JSON.stringify(objects)), 'json'],
  ])('is read as %s', async (_, content, format) => {
    const { rows, report } = await read(content, `${++files}.json`)
    expect(report).toMatchObject({ format, rowsWithProblems: 0 })
    expect(report.columns).toEqual(['ticker', 'close', 'strategy', 'tradeBias', 'horizon', 'dteMin', 'dteMax', 'tags', 'done', 'none', 'Symbol', 'Recommended_Strategy', 'extra'])
    expect(rows[0]).toMatchObject(AAPL)
    expect(rows[0]!.columns).toMatchObject({ close: '150.5', tags: '["a",{"b":1}]', done: 'true', none: '' })
    expect(rows[1]).toMatchObject({ ticker: 'MSFT', strategy: 'Long "Put"], {', columns: { extra: 'é\n' } })
  })

  it('keeps elements and lines that are no strategy, with a problem', async () => {
    const array = await read('[{"ticker":"A","strategy":"x"}, 5, null, [1], {"strategy":"x"}]', 'odd.json')
    expect(array.rows.map(({ problems }) => problems)).toEqual([
      [],
      ['Element 2 of the file is no object with a ticker and a strategy: "5".'],
      ['Element 3 of the file is no object with a ticker and a strategy: "null".'],
      ['Element 4 of the file is no object with a ticker and a strategy: "[1]".'],
      ['The ticker is empty.'],
    ])
    const lines = await read('{"ticker":"A","strategy":"x"}\n{"ticker":\n{"ticker":"B","strategy":"x","close":"abc"}\n', 'odd.ndjson')
    expect(lines.rows.map(({ problems }) => problems)).toEqual([[], ['Line 2 of the file is not valid JSON: "{\\"ticker\\":".'], ['The close "abc" is no number.']])
  })

  it('keeps a row whose value is nested beyond what can be written', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    const { rows } = await read(`[{"ticker":"A","strategy":"x","deep":${deep}}, ${deep}, {"ticker":"B","strategy":"x"}]`, 'deep.json')
    expect(rows.map(({ ticker, problems }) => [ticker, problems])).toEqual([
      ['A', ['Element 1 of the file has a value that is nested too deeply to be kept.']],
      ['', ['Element 2 of the file is no object with a ticker and a strategy: "a deeply nested value".']],
      ['B', []],
    ])
  })

  it('reads an empty array and a single strategy', async () => {
    expect((await read('[]', 'none.json')).report).toMatchObject({ rows: 0, format: 'json', notes: [expect.stringContaining('holds no strategy')] })
    expect((await read('{\n "ticker": "A",\n "strategy": "x"\n}\n', 'single.json')).rows).toMatchObject([{ ticker: 'A', problems: [] }])
    expect((await read('{"ticker":"A","strategy":"x"}', 'single-line.json')).rows).toHaveLength(1)
  })

  it('leaves out the outputs of an earlier exploration, in either style of names', async () => {
    const { rows, report } = await read('[{"Ticker":"A","Strategy":"x","sampledDte":31,"explorationStatus":"Success","explorationReason":"","volume":5,"marketSource":"simulated"}]', 'again.json')
    expect(report.columns).toEqual(['Ticker', 'Strategy'])
    expect(rows[0]!.problems).toEqual([])
  })

  it.each([
    ['[{"ticker":"A"', 'strategies_file_damaged', 'does not end'],
    ['[{"ticker":"A","strategy":"x"},]', 'strategies_json_invalid', 'element 2'],
    ['[{"ticker":"A","strategy":"x"}] trailing', 'strategies_json_invalid', 'something follows'],
    ['{"ticker":"A",\n"strategy"}', 'strategies_json_invalid', 'the file'],
    ['[{"sym bol":"A","plan":"x"}]', 'strategies_columns_missing', 'its columns are sym bol, plan'],
    ['[1,2]', 'strategies_columns_missing', 'its columns are none'],
    ['{"a":1}', 'strategies_columns_missing', 'its columns are a'],
  ])('refuses %s', async (content, code, part) => {
    expect(await refusal(content, 'bad.json')).toMatchObject({ code, message: expect.stringContaining(part) })
  })
})

describe('Parquet', () => {
  it('is read, typed values as text', async () => {
    const path = join(folder, 'rows.parquet')
    parquetWriteFile({
      filename: path,
      columnData: [
        { name: 'Ticker', data: ['AAPL', 'MSFT', null], type: 'STRING', nullable: true },
        { name: 'Strategy', data: ['Long Call', 'x', 'y'], type: 'STRING' },
        { name: 'Close', data: [150.5, null, 3], type: 'DOUBLE', nullable: true },
        { name: 'DTE_Min', data: [30n, 31n, 32n], type: 'INT64' },
      ],
    })
    const rows: StrategyRow[] = []
    const reading = readStrategies(path)
    for await (const chunk of reading) rows.push(...chunk)
    expect(rows).toMatchObject([
      { ticker: 'AAPL', close: 150.5, dteMin: 30, columns: { Ticker: 'AAPL', Strategy: 'Long Call', Close: '150.5', DTE_Min: '30' }, problems: [] },
      { ticker: 'MSFT', close: null, problems: [] },
      { ticker: '', problems: ['The ticker is empty.'] },
    ])
    expect(reading.report()).toMatchObject({ format: 'parquet', columns: ['Ticker', 'Strategy', 'Close', 'DTE_Min'] })
  })
})

describe('files that are none', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['', '', 'strategies_file_empty'],
    ['blank', '\n \n\n', 'strategies_file_empty'],
    ['gzip of nothing', gzipSync(''), 'strategies_file_empty'],
    ['binary', Buffer.from([1, 2, 3, 0, 255, 7]), 'strategies_not_a_table'],
    ['PDF', '%PDF-1.7 ...', 'strategies_not_a_table'],
    ['zip', Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), 'strategies_not_a_table'],
    ['a web page', '<!doctype html><html></html>', 'strategies_not_a_table'],
    ['no lines', Buffer.alloc(3 << 20, 'a'), 'strategies_not_a_table'],
    ['truncated gzip', gzipSync('ticker,strategy\n'.repeat(100)).subarray(0, 30), 'strategies_file_damaged'],
    ['broken Parquet', 'PAR1 and no more', 'strategies_file_damaged'],
    ['JSON that is not UTF-8', Buffer.from([0x5b, 0x22, 0xe9, 0x22, 0x5d]), 'strategies_json_invalid'],
    ['too many columns', Array.from({ length: 10_001 }, (_, i) => `c${i}`).join(',') + '\n', 'strategies_too_many_columns'],
    ['too many keys', JSON.stringify(Array.from({ length: 10_001 }, (_, i) => ({ ticker: 'A', strategy: 'x', [`k${i}`]: 1 }))), 'strategies_too_many_columns'],
  ])('refuses %s in one sentence', async (_, content, code) => {
    const error = (await refusal(content))!
    expect(error.code).toBe(code)
    expect(`${error.message} ${error.hint}`).not.toMatch(/\n|\{\w+\}/)
  })

  it('refuses what is not there or cannot be read', async () => {
    const readAt = async (path: string) => {
      for await (const rows of readStrategies(path)) void rows
    }
    await expect(readAt(join(folder, 'nowhere.csv'))).rejects.toMatchObject({ code: 'strategies_file_missing' })
    mkdirSync(join(folder, 'dir'))
    await expect(readAt(join(folder, 'dir'))).rejects.toMatchObject({ code: 'strategies_file_unreadable', message: expect.stringContaining('it is a folder') })
  })

  it('stops where its reader asks it to', async () => {
    const path = join(folder, 'long.csv')
    writeFileSync(path, `ticker,strategy\n${'A,x\n'.repeat(5_000)}`)
    const stop = new AbortController()
    const reason = new Error('enough')
    let rows = 0
    const reading = (async () => {
      for await (const chunk of readStrategies(path, { signal: stop.signal })) {
        rows += chunk.length
        stop.abort(reason)
      }
    })()
    await expect(reading).rejects.toBe(reason)
    expect(rows).toBe(1_000)
  })
})
