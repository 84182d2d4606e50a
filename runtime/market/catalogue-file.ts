import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { createTables, openWalDatabase } from '../sqlite/wal-database.ts'
import { withStoreErrors } from './durable-files.ts'

const BUSY_TIMEOUT_MS = 5000

/**
 * Opens or creates the `catalog.db` of a store's folder; what is committed to it survives a power loss.
 * Throws `store_unwritable`, `store_catalogue_damaged`, or `store_version` where a newer program wrote it.
 */
export function openCatalogueFile(folder: string, version: number, tables: string): DatabaseSync {
  return withStoreErrors(folder, () => {
    const database = openWalDatabase(join(folder, 'catalog.db'), { waitMs: BUSY_TIMEOUT_MS })
    try {
      database.exec('PRAGMA synchronous = FULL')
      const found = createTables(database, version, tables)
      if (found > version) throw new StrikescanError('store_version', { folder, version: found, known: version })
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })
}
