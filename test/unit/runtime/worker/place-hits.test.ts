import { describe, expect, it } from 'vitest'

import { placeHits } from '../../../../runtime/worker/place-hits.ts'

const hit = (symbol: string, more: { date?: string; table?: number } = {}) => ({ symbol, date: more.date ?? null, ...(more.table !== undefined && { table: more.table }), outcome: `${symbol}${more.date ?? ''}` })
const place = (hits: ReturnType<typeof hit>[], symbols: string[], dates = ['2026-11-19', '2026-11-20']) => {
  const { placed, strays } = placeHits(hits, symbols, dates)
  return { placed: Object.fromEntries(placed), strays }
}

describe('the rows of hits', () => {
  it('are those of the symbol however it is spelled, and of the last date without one', () => {
    expect(place([hit('brk-b'), hit('BRK/B', { date: '2026-11-19' }), hit('NYSE:BRK.B')], ['AAPL', 'BRK.B'])).toEqual({ placed: { 2: ['BRK/B2026-11-19'], 3: ['brk-b', 'NYSE:BRK.B'] }, strays: [] })
  })

  it('are none where two symbols are spelled alike, but for the one that is named exactly', () => {
    expect(place([hit('A/B'), hit('A-B')], ['A.B', 'A-B'], ['2026-11-20'])).toEqual({ placed: { 1: ['A-B'] }, strays: ['A/B'] })
  })

  it('are none of a symbol that is spelled like another of the market, which the name is of', () => {
    const isSymbol = (name: string): boolean => ['SPX', '^SPX'].includes(name)
    expect(placeHits([hit('^SPX'), hit('$spx')], ['SPX'], ['2026-11-20'], isSymbol)).toEqual({ placed: new Map([[0, ['$spx']]]), strays: ['^SPX'] })
  })

  it('are none of another symbol or date', () => {
    expect(place([hit('XYZ'), hit('AAPL', { date: '2026-11-18' })], ['AAPL'])).toEqual({ placed: {}, strays: ['XYZ', 'AAPL 2026-11-18'] })
  })

  it('leave out tables that name none of the symbols, unless all do', () => {
    expect(place([hit('AAPL', { table: 1 }), hit('XYZ', { table: 1 }), hit('TOTAL', { table: 2 })], ['AAPL'], ['2026-11-20'])).toEqual({ placed: { 0: ['AAPL'] }, strays: ['XYZ'] })
    expect(place([hit('TOTAL', { table: 1 })], ['AAPL']).strays).toEqual(['TOTAL'])
  })
})
