import { describe, expect, it } from 'vitest'

import { formatCompactOccSymbol, formatOccSymbol, parseOccSymbol, settlementOfRoot } from '../../../../sdk/options/index.ts'

describe('symbols of the Options Clearing Corporation', () => {
  it.each([
    ['AAPL  261218C00150000', { root: 'AAPL', underlying: 'AAPL', expiration: '2026-12-18', right: 'call', strike: 150, adjusted: false, settlement: 'pm' }],
    ['O:AAPL261218P00152500', { root: 'AAPL', underlying: 'AAPL', expiration: '2026-12-18', right: 'put', strike: 152.5, adjusted: false, settlement: 'pm' }],
    ['AAPL1 261218C00150000', { root: 'AAPL1', underlying: 'AAPL', expiration: '2026-12-18', right: 'call', strike: 150, adjusted: true, settlement: 'pm' }],
    ['SPXW261218P06000000', { root: 'SPXW', underlying: 'SPX', expiration: '2026-12-18', right: 'put', strike: 6000, adjusted: false, settlement: 'pm' }],
    ['SPX   261218P06000000', { root: 'SPX', underlying: 'SPX', expiration: '2026-12-18', right: 'put', strike: 6000, adjusted: false, settlement: 'am' }],
    [' F     280121C00012350 ', { root: 'F', underlying: 'F', expiration: '2028-01-21', right: 'call', strike: 12.35, adjusted: false, settlement: 'pm' }],
    ['BRKB261218C00500000', { root: 'BRKB', underlying: 'BRKB', expiration: '2026-12-18', right: 'call', strike: 500, adjusted: false, settlement: 'pm' }],
  ])('reads %s', (text, symbol) => {
    expect(parseOccSymbol(text)).toEqual({ symbol, refusal: null })
    const padded = formatOccSymbol(parseOccSymbol(text).symbol!)
    expect(padded.length).toBe(21)
    expect(parseOccSymbol(padded).symbol).toEqual(symbol)
    expect(parseOccSymbol(`O:${formatCompactOccSymbol(parseOccSymbol(text).symbol!)}`).symbol).toEqual(symbol)
  })

  it.each([
    ['', 'is no option symbol'],
    ['AAPL', 'is no option symbol'],
    ['aapl  261218C00150000', 'is no option symbol'],
    ['AAPL  261218X00150000', 'is no option symbol'],
    ['AAPL  261218C0015000', 'is no option symbol'],
    ['AAPL  261218C001500000', 'is no option symbol'],
    ['AAPL  260230C00150000', '2026-02-30, is no date'],
    ['AAPL  261318C00150000', 'is no date'],
    ['AAPL  261218C00000000', 'strike of "AAPL  261218C00000000" is 0'],
    ['ABCDEF1261218C00150000', 'longer than 6'],
    ['I:SPX', 'is no option symbol'],
    ['<html>'.repeat(1000), 'is no option symbol'],
  ])('refuses %j in one sentence', (text, refusal) => {
    const result = parseOccSymbol(text)
    expect(result.symbol).toBeNull()
    expect(result.refusal).toContain(refusal)
    expect(result.refusal!.length).toBeLessThan(250)
  })

  it('refuses what is no text', () => {
    for (const value of [null, undefined, 5, {}]) expect(parseOccSymbol(value as never).symbol).toBeNull()
  })

  it('writes strikes to the thousandth and refuses the rest', () => {
    const symbol = { root: 'XYZ', expiration: '2026-12-18', right: 'call', strike: 0.1 + 0.2 } as const
    expect(formatOccSymbol(symbol)).toBe('XYZ   261218C00000300')
    expect(formatOccSymbol({ ...symbol, strike: 99_999.999 })).toBe('XYZ   261218C99999999')
    for (const strike of [0, -1, Number.NaN, 100_000, 1.2345, 1e-9]) expect(() => formatOccSymbol({ ...symbol, strike })).toThrow(/strike/)
    for (const root of ['', 'BRK.B', 'abc', 'TOOLONGS', '1', 'A1B']) expect(() => formatOccSymbol({ ...symbol, root })).toThrow('The root')
    for (const expiration of ['1999-12-17', '2026-02-30', '261218']) expect(() => formatOccSymbol({ ...symbol, expiration })).toThrow(/expiration/)
    expect(() => formatOccSymbol({ ...symbol, right: 'CALL' as never })).toThrow(/neither call nor put/)
  })

  it('knows which roots settle at the open', () => {
    expect(['SPX', 'VIX', 'VIXW', 'NDX', 'RUT'].map(settlementOfRoot)).toEqual(Array(5).fill('am'))
    expect(['SPXW', 'NDXP', 'RUTW', 'XSP', 'SPY', 'AAPL1'].map(settlementOfRoot)).toEqual(Array(6).fill('pm'))
  })
})
