import type { Clock } from '../environment/clock.ts'
import { defineGlobal } from '../language/properties.ts'
import { noProxies, type ProxyTracker } from '../environment/proxies.ts'
import type { Timers } from '../environment/timers.ts'
import { createAbort } from './abort.ts'
import { atob, btoa } from './base64.ts'
import { DOMException } from './dom-exception.ts'
import { TextDecoder, TextEncoder } from './encoding.ts'
import { createEvents } from './events.ts'
import { Headers } from './headers.ts'
import { Request, Response } from './messages.ts'
import { createStructuredClone } from './structured-clone.ts'

export interface WebOptions {
  readonly clock: Clock
  readonly timers: Pick<Timers, 'setTimeout'>
  /** Receives what an event listener threw. */
  readonly onError: (error: unknown) => void
  readonly proxies?: ProxyTracker
}

/** Puts the web's small classes and functions on the global object; `url.ts` adds URL, which is large. */
export function installWeb(global: object, { clock, timers, onError, proxies = noProxies }: WebOptions): void {
  const events = createEvents({ clock, onError })
  const { AbortController, AbortSignal } = createAbort(events, timers)
  defineGlobal(global, 'AbortController', AbortController)
  defineGlobal(global, 'AbortSignal', AbortSignal)
  defineGlobal(global, 'CustomEvent', events.CustomEvent)
  defineGlobal(global, 'DOMException', DOMException)
  defineGlobal(global, 'Event', events.Event)
  defineGlobal(global, 'EventTarget', events.EventTarget)
  defineGlobal(global, 'Headers', Headers)
  defineGlobal(global, 'Request', Request)
  defineGlobal(global, 'Response', Response)
  defineGlobal(global, 'TextDecoder', TextDecoder)
  defineGlobal(global, 'TextEncoder', TextEncoder)
  defineGlobal(global, 'atob', atob)
  defineGlobal(global, 'btoa', btoa)
  defineGlobal(global, 'structuredClone', createStructuredClone(proxies))
}
