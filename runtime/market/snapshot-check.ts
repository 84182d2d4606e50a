import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { systemProblem } from '../errors/system-problem.ts'
import { BARS_FILE, openSnapshot } from './snapshot.ts'
import { hashedText, idOf } from './snapshot-index.ts'

const PIECE_BYTES = 1 << 20

/**
 * Reads all of a snapshot and holds it against its name, which is the hash of its content; gives the bytes of its bars.
 * Throws `snapshot_damaged` where they are others than were written.
 */
export async function checkSnapshot(folder: string): Promise<number> {
  const { barsPath, index } = openSnapshot(folder)
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const piece of createReadStream(barsPath, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
      hash.update(piece)
      bytes += piece.length
    }
  } catch (cause) {
    throw new StrikescanError('snapshot_damaged', { folder, what: `${BARS_FILE} cannot be read: ${systemProblem(cause)}` }, { cause })
  }
  if (idOf(hash.update(hashedText(index))) !== index.id) {
    throw new StrikescanError('snapshot_damaged', { folder, what: 'its content is not what its name was made of, so it was changed after it was written' })
  }
  return bytes
}
