/**
 * The process that holds isolates. It reads a request, works on it synchronously, reports over a pipe, and reads the
 * next; it has no event loop of its own to starve. Once its code is loaded it gives up the right to load any more.
 */
import { fstatSync, readSync } from 'node:fs'

import { parseSnapshotIndex } from '../market/snapshot-index.ts'
import { SnapshotReader } from '../market/snapshot-reader.ts'
import { sealProcess } from '../sandbox/seal.ts'
import { WORKER_FD } from './descriptors.ts'
import { encodeJsonFrame, readFrameSync, writeFrameSync } from './frames.ts'
import { giveUpRights } from '../sandbox/give-up-rights.ts'
import { REPLY } from './protocol.ts'
import { ScanSession } from './scan-session.ts'

// Positioned, because workers share the descriptor and so its file position.
const indexText = Buffer.alloc(fstatSync(WORKER_FD.index).size)
readSync(WORKER_FD.index, indexText, 0, indexText.byteLength, 0)
const index = parseSnapshotIndex(indexText.toString(), 'snapshot')
sealProcess()
giveUpRights()

const session = new ScanSession(new SnapshotReader({ barsFd: WORKER_FD.bars, index }), index)

writeFrameSync(WORKER_FD.replies, encodeJsonFrame(REPLY.ready, {}))
for (let frame = readFrameSync(WORKER_FD.requests); frame !== null; frame = readFrameSync(WORKER_FD.requests)) {
  session.handle(frame)
}
process.exit(0)
