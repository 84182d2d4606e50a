import { createClock } from '../../../runtime/guest/environment/clock.ts'
import { createTimers } from '../../../runtime/guest/environment/timers.ts'
import { createAbort } from '../../../runtime/guest/web/abort.ts'
import { createEvents } from '../../../runtime/guest/web/events.ts'

const clock = createClock(0)
const onError = (error: unknown): never => {
  throw error
}

export const { AbortController, AbortSignal } = createAbort(createEvents({ clock, onError }), createTimers({ clock, onError }))
