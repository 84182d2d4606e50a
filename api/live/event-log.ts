import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'

import type { Pages } from './pages.ts'

/** A stretch of a run's log: events past `after` up to `until`, of `last` that there are. */
export interface LogRange {
  readonly runId: string
  readonly after: number
  readonly until: number
  readonly last: number
}

/**
 * `{events, lastSeq, nextAfter}` as JSON, read from the journal as it is taken. `lastSeq` is the last event there is;
 * `nextAfter` continues behind a limit and is null where nothing was left out.
 */
export function logStream(pages: Pages, range: LogRange): Readable {
  return Readable.from(logPieces(pages, range), { objectMode: false })
}

async function* logPieces(pages: Pages, { runId, after, until, last }: LogRange): AsyncGenerator<string> {
  yield '{"events":['
  for (let seq = after; seq < until; ) {
    const page = pages.exact(runId, seq, until)
    const texts = page.texts.slice(0, until - seq)
    yield (seq === after ? '' : ',') + texts.join(',')
    seq += texts.length
    // One reader of a long log leaves room for everything else between its pages.
    await setImmediate()
  }
  yield `],"lastSeq":${last},"nextAfter":${until < last ? until : null}}`
}
