import { MAX_FRAME_BYTES } from '../worker/frames.ts'
import { REQUEST } from '../worker/protocol.ts'
import type { Slot } from './slot.ts'

/**
 * Has a script's question answered, and hands the answer over once it is there; `find` never rejects.
 * @throws RangeError where no script can be asking
 */
export function takeAsk(slot: Slot, find: () => Promise<string>, now: () => number): void {
  const isInScript = slot.state === 'busy' || slot.state === 'loading' || slot.state === 'probing'
  if (!isInScript) throw new RangeError('a question out of turn')
  // Who asks has read the answer before; those that nobody takes would pile up here.
  if (slot.process.unreadBytes > MAX_FRAME_BYTES) throw new RangeError('questions whose answers are not read')
  slot.askedAt = now()
  void find().then((text) => {
    // The wait is not the script's time.
    const waited = now() - slot.askedAt!
    slot.askedAt = null
    slot.watch.stepSince = Math.min(now(), slot.watch.stepSince + waited)
    slot.dispatchedAt = Math.min(now(), slot.dispatchedAt + waited)
    slot.process.sendText(REQUEST.answer, text)
  })
}
