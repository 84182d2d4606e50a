import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTables, openWalDatabase, userVersion } from '../../../../runtime/sqlite/wal-database.ts'

const MODULE = new URL('../../../../runtime/sqlite/wal-database.ts', import.meta.url).href
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strikescan-sqlite-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Opens the same new files as others do, each at the same moment, and writes a line to each. */
const OPENER = `
  const { workerData, parentPort } = require('node:worker_threads')
  const { gate, count, files } = workerData
  import(${JSON.stringify(MODULE)}).then(({ openWalDatabase, createTables }) => {
    const openings = new Int32Array(gate)
    for (const [round, file] of files.entries()) {
      if (Atomics.add(openings, round, 1) + 1 === count) Atomics.notify(openings, round)
      for (let seen = Atomics.load(openings, round); seen < count; seen = Atomics.load(openings, round)) Atomics.wait(openings, round, seen, 1)
      const database = openWalDatabase(file, { waitMs: 5000 })
      createTables(database, 3, 'CREATE TABLE lines (text TEXT)')
      database.exec("INSERT INTO lines VALUES ('x')")
      database.close()
    }
    parentPort.postMessage('done')
  })
`

test('many open a new file at the same moment', async () => {
  const files = Array.from({ length: 30 }, (_, round) => join(folder, `${round}.db`))
  const gate = new SharedArrayBuffer(4 * files.length)
  const openers = Array.from({ length: 4 }, () => new Worker(OPENER, { eval: true, workerData: { gate, count: 4, files } }))
  await Promise.all(openers.map((opener) => new Promise((resolve, reject) => opener.once('message', resolve).once('error', reject))))
  for (const file of files) {
    const database = openWalDatabase(file, { waitMs: 0 })
    expect(database.prepare('SELECT COUNT(*) AS lines FROM lines').get()).toEqual({ lines: 4 })
    expect(userVersion(database)).toBe(3)
    database.close()
  }
})

test('a file of another version is left as it is', () => {
  const file = join(folder, 'a.db')
  const first = openWalDatabase(file, { waitMs: 0 })
  expect(createTables(first, 2, 'CREATE TABLE old (text TEXT)')).toBe(2)
  first.close()
  const second = openWalDatabase(file, { waitMs: 0 })
  expect(createTables(second, 3, 'CREATE TABLE new (text TEXT)')).toBe(2)
  expect(second.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()).toEqual([{ name: 'old' }])
  second.close()
})

test('tables that cannot be created leave the file empty', () => {
  const database = openWalDatabase(join(folder, 'a.db'), { waitMs: 0 })
  expect(() => createTables(database, 1, 'CREATE TABLE fine (text TEXT); CREATE TABLE wrong (')).toThrow()
  expect(userVersion(database)).toBe(0)
  expect(database.prepare('SELECT COUNT(*) AS tables FROM sqlite_master').get()).toEqual({ tables: 0 })
  database.close()
})
