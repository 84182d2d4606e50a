import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { DiskTier } from '../../../../../runtime/explore/cache/disk-tier.ts'
import { decodeEntry, encodeEntry, type EncodedEntry } from '../../../../../runtime/explore/cache/entry.ts'
import type { EntryKey } from '../../../../../runtime/explore/cache/entry-key.ts'
import { ownTime } from '../../../../own-time.ts'
import { chainOf } from '../fetch/fake-provider.ts'

const HOUR = 3_600_000
const isRoot = process.getuid?.() === 0
let folder: string
let warnings: string[]
let now: number
const tiers: DiskTier[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'disk-tier-'))
  warnings = []
  now = 100 * HOUR
})

afterEach(() => {
  for (const tier of tiers.splice(0)) tier.close()
  rmSync(folder, { recursive: true, force: true })
})

const file = (): string => join(folder, 'option-chains.db')

function open(maxBytes = 1e9, within = folder): DiskTier {
  const tier = new DiskTier({ folder: within, maxBytes, usable: () => [now - 24 * HOUR, now + HOUR], warn: (message) => warnings.push(message) })
  tiers.push(tier)
  return tier
}

const keyOf = (ticker: string): EntryKey => ({ identity: 'fake:1', kind: 'chain', ticker, expiration: '2026-12-18' })
const encode = (ticker: string, strikes = 3): EncodedEntry => encodeEntry({ key: keyOf(ticker), fetchedAt: now, value: chainOf(ticker, '2026-12-18', strikes, now) })!
/** Writes an entry at once. */
const put = (tier: DiskTier, entry: EncodedEntry): void => {
  tier.write(entry)
  tier.flush()
}
const has = (tier: DiskTier, ticker: string): boolean => tier.read(keyOf(ticker)) !== null

/** A file with one entry, closed. */
function written(): Buffer {
  const tier = open()
  put(tier, encode('AAPL'))
  tier.close()
  return readFileSync(file())
}

describe('the file', () => {
  it('keeps entries over a restart, and the newest of each key', () => {
    written()
    now += HOUR
    const tier = open()
    put(tier, encode('AAPL'))
    expect(decodeEntry(keyOf('AAPL'), tier.read(keyOf('AAPL'))!)).toMatchObject({ fetchedAt: now })
    expect(has(tier, 'MSFT')).toBe(false)
  })

  it('drops what is of no use when it is opened', () => {
    written()
    now += 24 * HOUR + 1
    expect(has(open(), 'AAPL')).toBe(false)
  })

  it('drops what is of later than now, and says so', () => {
    put(open(), encode('OLD'))
    now += 200 * HOUR
    put(open(), encode('NEW'))
    now -= 199 * HOUR
    expect(warnings).toEqual([])
    const tier = open()
    expect([has(tier, 'NEW'), has(tier, 'OLD')]).toEqual([false, false])
    expect(warnings).toEqual(['The chain cache held 1 answer of later than now, as a clock that was set back leaves them: fetched again.'])
    open()
    expect(warnings).toHaveLength(1)
  })

  it('stays within its limit, the oldest going first, and gives space back', () => {
    const limit = 300_000
    const tier = open(limit)
    for (let at = 0; at < 600; at++, now += 1_000) put(tier, encode(`T${at}`, 10))
    tier.close()
    const again = open(limit)
    const kept = Array.from({ length: 600 }, (_, at) => at).filter((at) => has(again, `T${at}`))
    expect(kept.length).toBeGreaterThan(50)
    expect(kept.length).toBeLessThan(400)
    // Those kept are the last, without a gap.
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, at) => 600 - kept.length + at))
    again.close()
    expect(statSync(file()).size).toBeLessThan(2 * limit)
    expect(warnings).toEqual([])
  })

  it('of another version is begun anew, without a word', () => {
    const database = new DatabaseSync(file())
    database.exec('create table entries (something); pragma user_version = 99')
    database.close()
    const tier = open()
    put(tier, encode('AAPL'))
    expect(has(tier, 'AAPL')).toBe(true)
    expect(warnings).toEqual([])
  })

  it('takes what was written with the next flush, or when it is closed, and gives it back before', () => {
    const [one, other] = [open(), open()]
    for (const ticker of ['A', 'B']) one.write(encode(ticker))
    expect([has(one, 'A'), has(one, 'B'), has(other, 'A')]).toEqual([true, true, false])
    one.flush()
    expect([has(other, 'A'), has(other, 'B')]).toEqual([true, true])
    one.write(encode('C'))
    expect(one.kindsOf('fake:1', ['A', 'C', 'none'])).toEqual(new Map([['A', ['chain']], ['C', ['chain']]]))
    one.write(encode('D'))
    one.close()
    expect([has(other, 'C'), has(other, 'D')]).toEqual([true, true])
  })

  it('serves two processes at once', () => {
    const [one, other] = [open(), open()]
    put(one, encode('A'))
    put(other, encode('B'))
    expect([has(one, 'B'), has(other, 'A')]).toEqual([true, true])
  })

  it('that another process holds for long is done without for that one write, without a word', () => {
    const tier = open()
    const database = new DatabaseSync(file())
    database.exec('begin immediate')
    const began = ownTime()
    put(tier, encode('A'))
    expect(ownTime() - began).toBeLessThan(1_000)
    expect(has(tier, 'A')).toBe(false)
    database.exec('rollback')
    database.close()
    put(tier, encode('A'))
    expect(has(tier, 'A')).toBe(true)
    expect(warnings).toEqual([])
  })
})

describe('damage', () => {
  /** What a damaged file gives: the entry as it was, or nothing; never another, never an error. */
  function outcome(damaged: Uint8Array): 'same' | 'nothing' {
    for (const suffix of ['-wal', '-shm']) rmSync(file() + suffix, { force: true })
    writeFileSync(file(), damaged)
    const tier = open()
    const bytes = tier.read(keyOf('AAPL'))
    const entry = bytes && decodeEntry(keyOf('AAPL'), bytes)
    // Damage that only writing meets costs what was to be written.
    if (!has(tier, 'MSFT')) put(tier, encode('MSFT'))
    if (!has(tier, 'MSFT')) put(tier, encode('MSFT'))
    const usable = has(tier, 'MSFT')
    tier.close()
    expect(usable, warnings.at(-1)).toBe(true)
    if (entry === null || typeof entry === 'string') return 'nothing'
    expect(entry.value).toEqual(chainOf('AAPL', '2026-12-18', 3, now))
    return 'same'
  }

  it('to a byte of an entry is a missing entry', () => {
    const whole = written()
    const start = whole.indexOf(encode('AAPL').bytes)
    const length = encode('AAPL').bytes.length
    expect(start).toBeGreaterThan(0)
    for (let at = start; at < start + length; at += 5) {
      const damaged = Buffer.from(whole)
      damaged[at]! ^= 0xff
      expect(outcome(damaged), `byte ${at}`).toBe('nothing')
    }
  })

  it('to any other part of the file is the entry as it was, or a missing one', () => {
    const whole = written()
    const outcomes = { same: 0, nothing: 0 }
    for (let at = 0; at < whole.length; at += at < 200 ? 1 : 97) {
      const damaged = Buffer.from(whole)
      damaged[at]! ^= 0xff
      outcomes[outcome(damaged)]++
    }
    expect(outcomes.same).toBeGreaterThan(100)
    expect(outcomes.nothing).toBeGreaterThan(20)
  })

  it.each([0, 1, 50, 4_096, 5_000])('by a cut after %d bytes is a new beginning', (length) => {
    expect(outcome(written().subarray(0, length))).toBe('nothing')
  })

  it.each([['text', 'no database at all, but a text'], ['zeros', '\0'.repeat(50_000)], ['a header and noise', `SQLite format 3\0${'x'.repeat(9_000)}`]])('of the whole, %s, is said and counted once', (_, text) => {
    writeFileSync(file(), text)
    const tier = open()
    expect(tier.takeDamages()).toBe(1)
    expect(tier.takeDamages()).toBe(0)
    expect(warnings).toEqual([expect.stringMatching(/option-chains\.db was damaged and is begun anew\.$/)])
    put(tier, encode('A'))
    expect(has(tier, 'A')).toBe(true)
  })
})

describe('a disk that cannot serve', () => {
  const useless = (tier: DiskTier): void => {
    put(tier, encode('A'))
    put(tier, encode('B'))
    expect(has(tier, 'A')).toBe(false)
    expect(tier.kindsOf('fake:1', ['A']).size).toBe(0)
    tier.close()
    expect(warnings).toEqual([expect.stringMatching(/cannot be opened \(.+\): option chains are kept in memory only\.$/)])
  }

  it('is done without where a file stands in the folder\'s place', () => {
    writeFileSync(join(folder, 'file'), '')
    useless(open(1e9, join(folder, 'file')))
  })

  it('is done without where a folder stands in the file\'s place', () => {
    mkdirSync(file())
    useless(open())
  })

  it.skipIf(isRoot)('is done without where it is read-only', () => {
    chmodSync(folder, 0o500)
    useless(open())
    chmodSync(folder, 0o700)
  })

  describe.skipIf(!isRoot || process.platform !== 'linux')('of its own (needs root)', () => {
    const mount = (...options: string[]): boolean => {
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', ['size=600k', ...options].join(','), 'tmpfs', folder], { stdio: 'ignore' })
        return true
      } catch {
        return false
      }
    }
    const unmount = (): void => {
      for (const tier of tiers.splice(0)) tier.close()
      execFileSync('umount', [folder])
    }

    it('that is full keeps what it has, and says once that it takes no more', ({ skip }) => {
      if (!mount()) return skip('no file system can be mounted here')
      try {
        const tier = open()
        for (let at = 0; at < 300; at++) put(tier, encode(`T${at}`, 60))
        expect(warnings).toEqual([expect.stringMatching(/cannot be written \(.*full.*\): new option chains are kept in memory only\.$/)])
        expect(has(tier, 'T0')).toBe(true)
        tier.close()
        // And so on the next day, opened on the full disk.
        warnings = []
        const again = open()
        put(again, encode('NEW'))
        expect(has(again, 'T0') || warnings.length === 1).toBe(true)
      } finally {
        unmount()
      }
    })

    it('that is read-only is done without', ({ skip }) => {
      if (!mount('ro')) return skip('no file system can be mounted here')
      try {
        useless(open())
      } finally {
        unmount()
      }
    })
  })
})

describe('a process that is killed while it writes', () => {
  it('leaves entries that are whole', async () => {
    const source = join(import.meta.dirname, 'endless-writer.ts')
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, [source, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
      await new Promise((resolve) => child.stdout.once('data', resolve))
      await new Promise((resolve) => setTimeout(resolve, 20 + round * 17))
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('exit', resolve))
      now = Date.now()
      const tier = open()
      const found = Array.from({ length: 50 }, (_, at) => keyOf(`T${at}`)).flatMap((key) => {
        const bytes = tier.read(key)
        return bytes === null ? [] : [decodeEntry(key, bytes)]
      })
      expect(found.length).toBeGreaterThan(0)
      expect(found.filter((entry) => typeof entry === 'string')).toEqual([])
      tier.close()
    }
    expect(warnings).toEqual([])
  })
})
