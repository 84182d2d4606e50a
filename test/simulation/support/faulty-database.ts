import { DatabaseSync, type StatementSync } from 'node:sqlite'

import type { WalOptions } from '../../../runtime/sqlite/wal-database.ts'

const FULL = { errcode: 13, message: 'database or disk is full' }
const BUSY = { errcode: 5, message: 'database is locked' }
const WRITES = /^\s*(insert|update|delete)/i

/** What is wrong with the disk of one process at the moment. */
export class Disk {
  isFull = false
  isLocked = false
  /** The process dies at this many writes from now on; null for never. */
  diesAfter: number | null = null
  /** Takes rows and keeps none: what no disk may do, to see that it would be noticed. */
  losesRows = false
  /** True once its process is gone: nothing is written any more. */
  isGone = false
  onDeath: () => void = () => {}

  connect = (file: string, { waitMs, before = '' }: WalOptions): DatabaseSync => {
    const database = new FaultyDatabase(file, waitMs, this)
    database.exec(`${before}; PRAGMA journal_mode = WAL;`)
    return database
  }

  check(sql: string): void {
    if (this.isGone) throw failure({ errcode: 21, message: 'the process is gone' })
    if (/^begin immediate/i.test(sql) && this.isLocked) throw failure(BUSY)
    if (!WRITES.test(sql) && !/^commit/i.test(sql)) return
    if (this.isLocked && !/^commit/i.test(sql)) throw failure(BUSY)
    if (this.isFull) throw failure(FULL)
    if (this.diesAfter === null || this.diesAfter-- > 0) return
    this.diesAfter = null
    this.isGone = true
    this.onDeath()
    throw failure({ errcode: 21, message: 'the process is gone' })
  }
}

class FaultyDatabase extends DatabaseSync {
  readonly #disk: Disk

  constructor(file: string, timeout: number, disk: Disk) {
    super(file, { timeout })
    this.#disk = disk
  }

  override exec(sql: string): void {
    if (/^(begin|commit)/i.test(sql)) this.#disk.check(sql)
    super.exec(sql)
  }

  override prepare(sql: string): StatementSync {
    const statement = super.prepare(sql)
    if (!WRITES.test(sql)) return statement
    const disk = this.#disk
    const run = statement.run.bind(statement)
    statement.run = ((...values: Parameters<StatementSync['run']>) => {
      disk.check(sql)
      if (disk.losesRows && /set status = .*where number/i.test(sql)) return { changes: 1, lastInsertRowid: 0 }
      return run(...values)
    }) as StatementSync['run']
    return statement
  }
}

/** As `node:sqlite` throws it. */
function failure({ errcode, message }: { errcode: number; message: string }): Error {
  return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode, errstr: message })
}
