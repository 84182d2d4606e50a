import pLimit from 'p-limit'

import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'

/** Work of which a little is done at once, some more waits, and what is beyond is refused. */
export type Turnstile = <T>(work: () => Promise<T>) => Promise<T>

/** @throws server_busy (from the turnstile) where `most` are at work and `waiting` wait */
export function turnstile(most: number, waiting: number): Turnstile {
  const turns = pLimit(most)
  return async (work) => {
    if (turns.pendingCount >= waiting) throw new StrikescanError('server_busy', { waiting: turns.pendingCount + turns.activeCount })
    return turns(work)
  }
}
