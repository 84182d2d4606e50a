import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { measureProcess, shellTimesMs, type ProcessCost } from '../../bench/measure/process.ts'
import type { Contender } from '../../bench/scan/contenders.ts'
import { checkSameHits, readPlainHits, type Hit } from '../../bench/scan/hits.ts'
import { findPackage, findPython } from '../../bench/scan/peers/find.ts'
import { enter, playRound, type Entry } from '../../bench/scan/rounds.ts'
import { checkRows, countHits } from '../../bench/scan/rows.ts'
import { checkHosted } from '../../bench/unmodified/hits.ts'
import { readWords } from '../../bench/words.ts'
import type { Ledger } from '../../../runtime/scan/row.ts'

const TIMEOUT_MS = 20_000

let scratch: string
beforeAll(() => void (scratch = mkdtempSync(join(tmpdir(), 'strikescan-bench-test-'))))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('the hits of the contenders', () => {
  it('fails where a contender comes to other hits', () => {
    const hit: Hit = { direction: 'bullish', average: 10, strength: 70, upper: 11, lower: 9, gap: 0.02 }
    const price = (): number => 10
    const limit = new Map([['AAA', hit]])
    expect(() => checkSameHits('peer', limit, new Map([['AAA', { ...hit, gap: 0.0200000001 }]]), price)).not.toThrow()
    expect(() => checkSameHits('peer', limit, new Map(), price)).toThrow('AAA')
    expect(() => checkSameHits('peer', limit, new Map([...limit, ['BBB', hit]]), price)).toThrow('BBB')
    expect(() => checkSameHits('peer', limit, new Map([['AAA', { ...hit, upper: 11.1 }]]), price)).toThrow('other values')
    expect(() => checkSameHits('peer', new Map(), new Map(), price)).toThrow('no hit')
  })

  it('lets rounding decide only on a threshold of the rule', () => {
    const onThreshold: Hit = { direction: 'bullish', average: 10, strength: 60.004, upper: 11, lower: 9, gap: 0.02 }
    const limit = new Map([['AAA', { ...onThreshold, strength: 75 }]])
    expect(() => checkSameHits('peer', limit, new Map([...limit, ['BBB', onThreshold]]), () => 10)).not.toThrow()
    // Not for many, whatever it calls their strength.
    expect(() => checkSameHits('peer', limit, new Map([...limit, ...['BBB', 'CCC', 'DDD'].map((symbol) => [symbol, onThreshold] as const)]), () => 10)).toThrow('3 symbols are a hit of one and not of the other')
  })
})

describe('the hits of an unmodified script', () => {
  const ledger: Ledger = { detected: 3, rejected: 0, hit: 1, miss: 1, failed: 0, timedOut: 0, outOfMemory: 0, noData: 1, cancelled: 0 }
  const hit = { symbol: 'AAA', date: '2026-11-20', score: 31 }

  it('are those of the plain script', () => {
    expect(() => checkHosted({ error: null, ledger }, [hit], [hit])).not.toThrow()
    expect(() => checkHosted({ error: null, ledger }, [], [hit])).toThrow('AAA on 2026-11-20 is a hit in plain Node and not hosted')
    expect(() => checkHosted({ error: null, ledger }, [hit, { ...hit, symbol: 'BBB' }], [hit])).toThrow('BBB on 2026-11-20 has the score 31 hosted, and no hit in plain Node')
    expect(() => checkHosted({ error: null, ledger }, [{ ...hit, score: 30 }], [hit])).toThrow('score 30')
    expect(() => checkHosted({ error: null, ledger }, [hit, hit], [hit])).toThrow('AAA')
    expect(() => checkHosted({ error: null, ledger }, [], [])).toThrow('no hit at all')
  })

  it('do not count where rows are faults', () => {
    expect(() => checkHosted({ error: null, ledger: { ...ledger, detected: 4, timedOut: 1 } }, [hit], [hit])).toThrow('1 of 4 rows are faults')
    expect(() => checkHosted({ error: { code: 'run_timed_out', message: 'over', hint: '' }, ledger }, [hit], [hit])).toThrow('over')
  })
})

describe('a round of the contenders', () => {
  const HEADER = 'symbol,direction,average,strength,upper,lower,gap'
  const RIGHT = `${HEADER}\nAAA,bullish,10,70,11,9,0.02\n`
  const contender = (name: string, role: Contender['role']): Contender => ({ name, role, command: () => [name], readHits: readPlainHits })
  /** Plays rounds in which each contender writes the text given, nothing for none, or fails with an error. */
  const play = async (texts: Record<string, string | Error | null>, roles: Record<string, Contender['role']> = {}, rounds = [-1, 0]): Promise<{ entries: Entry[]; order: string[] }> => {
    const out = join(scratch, 'out.csv')
    const order: string[] = []
    const entries = enter([contender('limit', 'limit'), ...Object.keys(texts).map((name) => contender(name, roles[name] ?? 'peer'))])
    for (const round of rounds) {
      await playRound(entries, {
        round, out, priceOf: () => 10.5,
        run: async ([name]): Promise<ProcessCost> => {
          order.push(name!)
          const text = name === 'limit' ? RIGHT : texts[name!]
          if (text instanceof Error) throw text
          if (text !== null) writeFileSync(out, text!)
          return { wallMs: 1, cpuMs: 1, belowCpuMs: 0, peakRssBytes: 1 }
        },
      })
    }
    return { entries, order }
  }

  it('counts those who come to the hits of the limit, and not the round for warming up', async () => {
    const { entries } = await play({ peer: RIGHT })
    expect(entries.map(({ failure, hits, costs }) => [failure, hits, costs.length])).toEqual([[null, 1, 1], [null, 1, 1]])
  })

  it('leaves a peer out that fails, finds other hits, or writes nothing of its own', async () => {
    const { entries, order } = await play({ broken: new Error('no such function'), other: `${HEADER}\nAAA,bullish,10,70,11,9,0.03\n`, fewer: `${HEADER}\n`, silent: null, peer: RIGHT })
    expect(entries.map(({ failure }) => failure)).toEqual([null, 'no such function', expect.stringContaining('AAA has other values'), expect.stringContaining('AAA is a hit of one'), expect.stringContaining('no such file'), null])
    // None of them is run again.
    expect(order.slice(6)).toEqual(['limit', 'peer'])
  })

  it('ends where Strikescan fails or finds other hits', async () => {
    await expect(play({ own: new Error('it ends with code 1') }, { own: 'strikescan' })).rejects.toThrow('code 1')
    await expect(play({ own: `${HEADER}\n` }, { own: 'strikescan' })).rejects.toThrow('own: AAA is a hit of one')
  })

  it('begins each round with another', async () => {
    const { order } = await play({ a: RIGHT, b: RIGHT }, {}, [0, 1, 2, 3])
    expect(order.join(' ')).toBe('limit a b a b limit b limit a limit a b')
  })
})

describe('the rows of a run', () => {
  const file = (...statuses: string[]): string => {
    const path = join(scratch, 'rows.csv')
    writeFileSync(path, `Symbol,Date,Status,Reason\n${statuses.map((status, at) => `S${at >> 1},2026-01-05,${status},\n`).join('')}`)
    return path
  }

  it('are no measure where one ended in a fault, or where some are missing', () => {
    expect(() => checkRows(file('hit', 'miss', 'no_data'), 3)).not.toThrow()
    expect(() => checkRows(file('hit', 'failed', 'failed'), 3)).toThrow('2 rows are failed')
    expect(() => checkRows(file('hit', 'rejected'), 2)).toThrow('1 rows are rejected')
    expect(() => checkRows(file('hit', 'miss'), 3)).toThrow('2 rows came of 3')
    expect(() => checkRows(file(), 1)).toThrow('0 rows came of 1')
  })

  it('are counted by symbol', () => {
    expect(countHits(file('hit', 'hit', 'no_data', 'hit', 'miss'))).toEqual({ scanned: 4, hits: 3, bySymbol: new Map([['S0', 2], ['S1', 1]]) })
  })
})

describe('peers that may be missing', () => {
  it('are found where they are', () => {
    expect(findPackage('technicalindicators')).toContain('technicalindicators')
    expect(findPackage('no-such-package-of-anybody')).toBeNull()
    expect(findPython('no_such_module_of_anybody')).toBeNull()
  })
})

describe('the words of the command', () => {
  const NAMES = ['scan', 'dates']

  it('name benchmarks and wishes', () => {
    expect(readWords([], NAMES)).toEqual({ names: [], isJson: false, wishes: { rounds: undefined, dates: undefined, megabytes: undefined } })
    expect(readWords(['scan', '--json', '--rounds', '3', '--megabytes', '20'], NAMES)).toEqual({ names: ['scan'], isJson: true, wishes: { rounds: 3, dates: undefined, megabytes: 20 } })
  })

  it.each([
    [['scna'], 'no benchmark is called scna; there are scan, dates'],
    [['toString'], 'no benchmark is called toString; there are scan, dates'],
    [['scan', '--rounds', '0'], '--rounds is a whole number from 1; it is 0'],
    [['dates', '--dates', 'ten'], '--dates is a whole number from 1; it is ten'],
    [['--quick'], "Unknown option '--quick'"],
  ])('are refused: %j', (args, why) => expect(() => readWords(args, NAMES)).toThrow(why))
})

describe('the cost of a process', () => {
  // By its own processor time, whatever else the machine has to do.
  const busy = 'do { const end = performance.now() + 10; while (performance.now() < end); } while (process.cpuUsage().user < 400_000);'

  it('counts the CPU time and memory of processes below it, by whichever of its threads they were started', async () => {
    const child = `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(busy)}])`
    const command = `new (require('node:worker_threads').Worker)(${JSON.stringify(child)}, { eval: true })`
    const { wallMs, cpuMs, belowCpuMs, peakRssBytes } = await measureProcess([process.execPath, '-e', command], { timeoutMs: TIMEOUT_MS })
    expect(wallMs).toBeGreaterThan(400)
    if (process.platform !== 'win32') expect(cpuMs).toBeGreaterThan(300)
    if (process.platform !== 'linux') return
    expect(belowCpuMs).toBeGreaterThan(300)
    expect(cpuMs).toBeGreaterThanOrEqual(belowCpuMs!)
    // Two processes of Node: one alone has some 45 MB.
    expect(peakRssBytes).toBeGreaterThan(70 * 2 ** 20)
  })

  it('counts a process that nobody waits for', async () => {
    const child = `${busy} process.stdout.write('done'); setTimeout(() => {}, 1000)`
    // It goes while its child is alive, and some samples later than that was busy.
    const command = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: ['ignore', 'pipe', 'ignore'] }).stdout.once('data', () => setTimeout(() => process.exit(), 100))`
    const { cpuMs } = await measureProcess([process.execPath, '-e', command], { timeoutMs: TIMEOUT_MS })
    if (process.platform === 'linux') expect(cpuMs).toBeGreaterThan(300)
  })

  it('hands on no settings of Strikescan, which would change what is measured', async () => {
    process.env.STRIKESCAN_POOL_WORKERS = '1'
    try {
      const { stdout } = await measureProcess(['/bin/sh', '-c', 'echo "${STRIKESCAN_POOL_WORKERS:-none} ${STRIKESCAN_GIVEN:-none}"'], { timeoutMs: TIMEOUT_MS, env: { STRIKESCAN_GIVEN: '2' } })
      expect(stdout.trim()).toBe('none 2')
    } finally {
      delete process.env.STRIKESCAN_POOL_WORKERS
    }
  })

  it('says what failed, and ends what takes too long', async () => {
    await expect(measureProcess(['/bin/sh', '-c', 'echo no luck >&2; exit 3'], { timeoutMs: TIMEOUT_MS })).rejects.toThrow(/code 3: no luck/)
    const started = performance.now()
    await expect(measureProcess(['/bin/sh', '-c', 'sleep 30 & sleep 30'], { timeoutMs: 200 })).rejects.toThrow('more than 0.2 s')
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it("reads the shell's times", () => {
    expect(shellTimesMs('0m0.000000s 0m0.000000s\n1m2.500000s 0m0.250000s\n')).toBe(62_750)
    expect(shellTimesMs('')).toBeNull()
  })
})
