import fc from 'fast-check'
import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect } from 'vitest'

import { ChainStore } from '../../../../runtime/market/chains/chain-store.ts'
import { ContractCollector } from '../../../../runtime/market/chains/contract-collector.ts'
import { readCsv } from '../../../../runtime/market/chains/csv-text.ts'
import { readChainFile, type ChainReadContext } from '../../../../runtime/market/chains/read-chain-files.ts'
import { dayFromIso, isoFromDay } from '../../../../runtime/market/days.ts'
import { formatOccSymbol } from '../../../../sdk/options/occ-symbol.ts'
import { tarOf } from '../../market/bar-files.ts'
import { CBOE_HEADER, cboeRow, EQUITIES_HEADER, ETFS_HEADER, LEAN_HEADER } from '../../runtime/market/chains/chain-files.ts'
import { caseFile, outcomeOf, packing, PACKINGS, scratch } from '../support/files.ts'
import { cuts, hostile, pieces, TOKENS } from '../support/mutations.ts'
import { recordedHeads } from '../support/recorded.ts'
import { target, type Target } from '../support/run.ts'

const HEADER = 'asOf,occ,bid,ask,bidSize,askSize,last,volume,openInterest,impliedVol,underlyingPrice'
const TEXTS = [
  `${CBOE_HEADER}\n${cboeRow('AAPL260918C00150000')}\n${cboeRow('AAPL260918P00150000')}\n`,
  `${EQUITIES_HEADER}\nAAPL251219C00200000,call,2025-12-19,200.0,2025-11-25 14:30:01+00:00,2025-11-25 09:30:01-05:00,77.1,76.5,77.9,0.0,0.0,5.0,120,0.45,True,REGULAR,USD,24,2025-11-25,30,276.97,0.72\n`,
  `${ETFS_HEADER}\nSPY260918C00500000,2026-09-18,call,500.0,150.1,149.8,150.4,12.0,340,0.2,True,2026-08-12 18:01:01+00:00,645.3,2026-08-12\n`,
  `${LEAN_HEADER}\n,,,1,1,1,628.65,100,,,,,,,\n20140606,300,C,1,1,1,328.2,5,11,0.0000001,1,0,0,0,0\n`,
  `${HEADER}\n2026-08-12T20:00:00Z,SPY260918C00500000,1.1,1.2,3,4,1.15,10,20,0.25,645.3\n`,
  JSON.stringify({ ticker: 'SPY', asOf: '2026-08-12T20:00:00Z', underlyingPrice: 645.3, contracts: [{ occ: 'SPY260918C00500000', bid: 1.1, ask: 1.2, greeks: { delta: 0.5 } }] }),
  JSON.stringify([{ occ: 'SPY260918C00500000', asOf: '2026-08-12', bid: 1.1, ask: 1.2 }, { strike: 500, right: 'put', expiration: '2026-09-18', ticker: 'SPY', asOf: '2026-08-12', last: 2 }]),
]
const DOCUMENTS: Uint8Array[] = [...TEXTS, ...TEXTS].map((text) => Buffer.from(text))
DOCUMENTS.push(tarOf({ 'SPY_2026-08-12.csv': TEXTS[4]! }), PACKINGS.gzip('', DOCUMENTS[0]!), parquetOf([{ occ: 'SPY260918C00500000', asOf: '2026-08-12', bid: 1.1 }, { occ: 'SPY260918P00500000', asOf: '2026-08-12', bid: 2.5 }]), ...recordedHeads('option_chains/cboe_delayed', 'option_chains/yahoo_equities', 'option_chains/yahoo_etfs/2026-08-12', 'option_chains/lean_eod_greeks'))
const NAME = 'SPY_chain_20260812_200000.csv'

function parquetOf(rows: readonly Record<string, string | number>[]): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData: Object.keys(rows[0]!).map((name) => ({ name, data: rows.map((row) => row[name]), type: typeof rows[0]![name] === 'string' ? ('STRING' as const) : ('DOUBLE' as const) })) }))
}

/** Reads a file and checks the account and every record that was kept. */
async function read(path: string) {
  const collector = new ContractCollector(scratch(), 4_096)
  try {
    const context: ChainReadContext = { collector, map: {}, format: undefined, signal: undefined, files: [], warnings: [], openEnded: [], onBytes: () => {} }
    await readChainFile(path, context)
    const { rowsRead, rowsRejected, reasons } = collector
    let kept = 0
    for (const { stated, records } of collector.recordings()) {
      expect(stated.ticker).toMatch(/^[A-Z0-9$^./-]{1,16}$/)
      expect(Number.isInteger(stated.day)).toBe(true)
      expect(records.every((value) => value !== Infinity && value !== -Infinity && !Object.is(value, -0))).toBe(true)
      kept += records.length
    }
    return { rowsRead, rowsRejected, reasons, kept }
  } finally {
    collector.close()
  }
}

const cents = fc.integer({ min: 0, max: 100_000 }).map((value) => value / 100)
const count = fc.nat(1_000_000)
const contract = fc.record({
  root: fc.constantFrom('SPY', 'AAPL', 'F'),
  day: fc.integer({ min: dayFromIso('2026-09-01'), max: dayFromIso('2028-12-31') }),
  right: fc.constantFrom<'call' | 'put'>('call', 'put'),
  strike: fc.integer({ min: 1, max: 9_999_999 }).map((thousandths) => thousandths / 1_000),
  bid: cents, ask: cents, bidSize: count, askSize: count, last: cents, volume: count, openInterest: count,
  impliedVol: fc.double({ min: 0, max: 9, noNaN: true }),
})
const QUOTED = ['bid', 'ask', 'bidSize', 'askSize', 'last', 'volume', 'openInterest', 'impliedVol'] as const
const chain = fc.uniqueArray(contract, { minLength: 1, maxLength: 10, selector: ({ root, day, right, strike }) => `${root} ${day} ${right} ${strike}` })
type Contract = typeof contract extends fc.Arbitrary<infer C> ? C : never

const recordOf = (one: Contract): Record<string, string | number> => ({
  occ: formatOccSymbol({ root: one.root, expiration: isoFromDay(one.day), right: one.right, strike: one.strike }), asOf: '2026-08-12T19:45:00Z', ...Object.fromEntries(QUOTED.map((name) => [name, one[name]])),
})

async function storedOf(path: string): Promise<string[]> {
  const home = join(scratch(), 'chains')
  mkdirSync(home, { recursive: true })
  const store = ChainStore.open(home)
  try {
    const report = await store.importChains([path])
    expect(report.rowsRejected).toBe(0)
    const source = store.source()!
    return ['AAPL', 'F', 'SPY'].flatMap((ticker) => {
      const recorded = source.newest(ticker, null)
      return (recorded?.expirations ?? []).flatMap((expiration) =>
        recorded!.chain(expiration)!.contracts.map((found) => [found.occ, found.strike, found.right, ...QUOTED.map((name) => found[name])].join(' ')),
      )
    })
  } finally {
    store.close()
    rmSync(home, { recursive: true })
  }
}

/** What a CSV reader says of a document, call by call. */
async function heard(chunks: readonly Uint8Array[]) {
  const calls: unknown[] = []
  const { error } = await outcomeOf(() => readCsv('x.csv', (async function* () { yield* chunks })(), {
    header: (fields) => calls.push(['header', ...fields]),
    record: (fields, line, text) => calls.push(['record', line, text, ...fields]),
    broken: (line, text) => calls.push(['broken', line, text]),
  }))
  return { calls, error: error?.message ?? null }
}

export const chainTargets: readonly Target[] = [
  target('chains: whatever a file holds, its rows are kept or refused, each once', { quick: 80 }, [hostile(DOCUMENTS), fc.constantFrom(NAME, 'AAPL_2026-08-12.csv', 'x.csv')], async (content, name) => {
    const { value } = await outcomeOf(() => read(caseFile(name, content)))
    if (value === null) return
    expect(value.kept % 1).toBe(0)
    expect(Object.values(value.reasons).reduce((sum, rows) => sum + rows, 0)).toBe(value.rowsRejected)
    expect(value.rowsRead).toBeGreaterThanOrEqual(value.rowsRejected)
    expect(value.kept > 0).toBe(value.rowsRead > value.rowsRejected)
  }),

  target('chains: cells of any text are kept as they mean, or refused', { quick: 40 }, [fc.array(fc.array(fc.oneof(fc.constantFrom(...TOKENS), fc.string()), { minLength: 11, maxLength: 11 }), { maxLength: 5 })], async (rows) => {
    const text = [HEADER, ...rows.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))].join('\n')
    const { value } = await outcomeOf(() => read(caseFile(NAME, text)))
    if (value !== null) expect(value.rowsRead).toBe(rows.length)
  }),

  target('chains: CSV, JSON, NDJSON and Parquet in every packing give the same contracts', { quick: 10, long: 150 }, [chain, fc.constantFrom('csv', 'json', 'ndjson', 'parquet'), packing], async (contracts, form, packed) => {
    const rows = contracts.map(recordOf)
    const names = Object.keys(rows[0]!)
    const text = form === 'csv' ? [names.join(','), ...rows.map((row) => names.map((name) => row[name]).join(','))].join('\n') : form === 'json' ? JSON.stringify(rows) : rows.map((row) => JSON.stringify(row)).join('\n')
    const path = caseFile('chains.data', form === 'parquet' ? parquetOf(rows) : PACKINGS[packed]('chains.csv', Buffer.from(text)))
    expect(basename(path)).toBe('chains.data')
    const expected = contracts.map((one) => [recordOf(one).occ, one.strike, one.right, ...QUOTED.map((name) => one[name])].join(' '))
    // A zero may stand for a value that is not there; which ones do is the reader's to say, not the packing's.
    expect((await storedOf(path)).map((line) => line.split(' ').slice(-QUOTED.length - 2).join(' ')).sort()).toEqual(expected.map((line) => line.split(' ').slice(-QUOTED.length - 2).join(' ')).sort())
  }),

  target('chains: a CSV means the same in whatever pieces it comes', { quick: 80, long: 10_000 }, [hostile(DOCUMENTS.slice(0, 5)), cuts], async (content, at) => {
    expect(await heard(pieces(content, at))).toEqual(await heard([content]))
  }),
]
