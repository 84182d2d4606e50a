import { describe, expect, it } from 'vitest'

import { readSymbolFile, withSymbols } from '../../../runtime/intake/lists/symbol-file.ts'

/** The text of a file once a run has put its symbols in it. */
function after(path: string, text: string, symbols: string[]): string {
  return withSymbols(text, readSymbolFile(path, text)!.layout, symbols)
}

describe('a file that holds symbols', () => {
  it.each([
    ['lines', 'watch.txt', '# mine\nAAPL\n\nBRK.B\r\n', ['AAPL', 'BRK.B']],
    ['a table', 'watch.csv', 'name,Symbol,weight\n"Apple, Inc.",AAPL,1\nMicrosoft,"msft",2\n', ['AAPL', 'MSFT']],
    ['a table behind a mark of its encoding', 'watch.csv', '\uFEFFticker;name\nKO;Coca-Cola', ['KO']],
    ['a column alone', 'watch.csv', 'ticker\nKO\nT', ['KO', 'T']],
    ['a list', 'watch.json', '["AAPL", "KO"]', ['AAPL', 'KO']],
    ['a list of objects', 'watch.json', '[{"ticker": "AAPL", "w": 1}, {"ticker": "KO"}]', ['AAPL', 'KO']],
    ['a member of settings', 'config.json', '{"apiKey": "x", "symbols": ["AAPL"], "sectors": ["TECH"]}', ['AAPL']],
  ])('%s', (_, path, text, values) => {
    expect(readSymbolFile(path, text)?.values).toEqual(values)
  })

  it.each([
    ['prose', 'readme.txt', 'Watch AAPL\nand others'],
    ['a table of something else', 'sizes.csv', 'size,count\nXL,2'],
    ['two lists', 'config.json', '{"symbols": ["AAPL"], "tickers": ["KO"]}'],
    ['settings', 'config.json', '{"minVolume": 5}'],
    ['no JSON', 'config.json', '{'],
    ['numbers', 'list.json', '[1, 2]'],
    ['nothing', 'empty.txt', '\n'],
  ])('is none of %s', (_, path, text) => {
    expect(readSymbolFile(path, text)).toBeNull()
  })

  it.each([
    ['watch.txt', '# mine\r\nAAPL\r\nKO\r\n'],
    ['watch.csv', 'symbol,w\nAAPL,1\nKO,2'],
    ['watch.json', '{ "symbols": ["AAPL", "KO"] }'],
  ])('is left as it is where a run has its symbols: %s', (path, text) => {
    expect(after(path, text, ['KO', 'AAPL'])).toBe(text)
  })

  it.each([
    ['watch.txt', '# mine\r\nAAPL\r\nKO\r\n', '# mine\r\nKO\r\nF\r\n'],
    ['watch.txt', 'AAPL\nKO', 'KO\nF'],
    ['watch.csv', 'name,symbol\nApple,AAPL\nCoca-Cola,KO\n', 'name,symbol\nCoca-Cola,KO\n,F\n'],
    ['watch.json', '["AAPL","KO"]', '["KO","F"]'],
    ['watch.json', '{"min":1,"tickers":[{"symbol":"AAPL"},{"symbol":"KO","w":2}]}', '{"min":1,"tickers":[{"symbol":"KO","w":2},{"symbol":"F"}]}'],
  ])('keeps what stands beside the symbols that stay, and adds new ones behind: %s', (path, text, expected) => {
    expect(after(path, text, ['F', 'KO'])).toBe(expected)
  })
})
