import { expect, it } from 'vitest'

import { takeAsk } from '../../../../runtime/scan/script-asks.ts'
import { newSlot, type Slot } from '../../../../runtime/scan/slot.ts'
import { MAX_FRAME_BYTES } from '../../../../runtime/worker/frames.ts'

function slotOf(state: Slot['state'], unreadBytes: number) {
  const sent: string[] = []
  return { sent, slot: { ...newSlot(0), state, process: { unreadBytes, sendText: (_: number, text: string) => void sent.push(text) } as unknown as Slot['process'] } }
}

it('a worker that asks on without reading what it is told is none that a script left whole', async () => {
  const { slot } = slotOf('busy', MAX_FRAME_BYTES + 1)
  expect(() => takeAsk(slot, () => Promise.resolve('{}'), () => 0)).toThrow(RangeError)
  const { slot: honest, sent } = slotOf('busy', 0)
  takeAsk(honest, () => Promise.resolve('{}'), () => 0)
  await Promise.resolve()
  expect(sent).toEqual(['{}'])
})

it.each(['starting', 'waiting', 'idle'] as const)('a worker that is %s has nothing to ask', (state) => {
  expect(() => takeAsk(slotOf(state, 0).slot, () => Promise.resolve('{}'), () => 0)).toThrow(RangeError)
})

it('the wait is not counted as the time of the script', async () => {
  const { slot } = slotOf('busy', 0)
  let now = 1_000
  slot.watch.stepSince = 900
  slot.dispatchedAt = 800
  takeAsk(slot, () => Promise.resolve('{}'), () => now)
  now = 6_000
  await Promise.resolve()
  expect([slot.askedAt, slot.watch.stepSince, slot.dispatchedAt]).toEqual([null, 5_900, 5_800])
})
