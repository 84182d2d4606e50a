import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { createTables, openWalDatabase, userVersion } from '../sqlite/wal-database.ts'
import { withStoreErrors } from './durable-files.ts'

const BUSY_TIMEOUT_MS = 5000

/**
 * Opens or creates the `catalog.db` of a store's folder; what is committed to it survives a power loss.
 * Throws `store_unwritable`, `store_catalogue_damaged`, or `store_version` where a newer program wrote it.
 *
 * @param upgrades what brings tables of an earlier version to the next one, by that version
 */
export function openCatalogueFile(folder: string, version: number, tables: string, upgrades: Readonly<Record<number, string>> = {}): DatabaseSync {
  return withStoreErrors(folder, () => {
    const database = openWalDatabase(join(folder, 'catalog.db'), { waitMs: BUSY_TIMEOUT_MS })
    try {
      database.exec('PRAGMA synchronous = FULL')
      const found = upgraded(database, createTables(database, version, tables), version, upgrades)
      if (found > version) throw new StrikescanError('store_version', { folder, version: found, known: version })
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/** Brings the tables to `version` in one transaction and gives the version that they have then: a later one stays as it is. */
function upgraded(database: DatabaseSync, found: number, version: number, upgrades: Readonly<Record<number, string>>): number {
  if (found >= version) return found
  database.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have done it since.
    for (let at = userVersion(database); at < version; at++) database.exec(`${upgrades[at] ?? ''}; PRAGMA user_version = ${at + 1}`)
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
  return userVersion(database)
}
