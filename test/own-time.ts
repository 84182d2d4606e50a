import { existsSync, readFileSync } from 'node:fs'

const SCHEDULED = '/proc/self/schedstat'

/**
 * Milliseconds, as those of `performance.now`, but for those in which this thread could have run and others did: what is
 * measured with it is what the program takes, however busy the machine is. Wall time where the system does not say.
 */
export function ownTime(): number {
  return performance.now() - waitedMs()
}

/** For how long the main thread has waited for a processor since it began. */
function waitedMs(): number {
  return existsSync(SCHEDULED) ? Number(readFileSync(SCHEDULED, 'latin1').split(' ')[1]) / 1e6 : 0
}
