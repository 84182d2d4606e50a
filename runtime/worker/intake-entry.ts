/**
 * The process that reads uploaded scripts: parsing is an attack surface of its own, so it happens where a kill costs
 * nothing. It answers with the analysis, or asks for the file compiled first.
 */
import { analyze, needsTranspile } from '../intake/analyze.ts'
import { sealProcess } from '../sandbox/seal.ts'
import { WORKER_FD } from './descriptors.ts'
import { encodeJsonFrame, readFrameSync, writeFrameSync } from './frames.ts'
import { giveUpRights } from '../sandbox/give-up-rights.ts'
import { REPLY, type InspectReply, type InspectRequest } from './protocol.ts'

sealProcess()
giveUpRights()

for (let frame = readFrameSync(WORKER_FD.requests); frame !== null; frame = readFrameSync(WORKER_FD.requests)) {
  const { bytesBase64, mayTranspile, ...request } = JSON.parse(frame.payload.toString()) as InspectRequest
  const bytes = Buffer.from(bytesBase64, 'base64')
  const need = mayTranspile ? needsTranspile(request.filename, bytes, request.limits.maxBytes) : null
  const reply: InspectReply = need === null ? { analysis: analyze({ ...request, bytes }) } : { need }
  writeFrameSync(WORKER_FD.replies, encodeJsonFrame(REPLY.inspected, reply))
}
process.exit(0)
