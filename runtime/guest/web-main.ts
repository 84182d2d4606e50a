import { createFetch, type MarketFetch } from './fetch/fetch.ts'
import type { GuestMarket } from './fetch/types.ts'
import type { Clock } from './environment/clock.ts'
import { defineGlobal } from './language/properties.ts'
import type { ProxyTracker } from './environment/proxies.ts'
import type { Timers } from './environment/timers.ts'
import { installUrl } from './web/url.ts'
import { installWeb } from './web/web.ts'

/** What the core part of the guest lends to the web part. */
export interface WebDeps {
  market: GuestMarket
  clock: Clock
  timers: Timers
  proxies: ProxyTracker
  onError(error: unknown): void
}

/** Puts `fetch`, URL and the web's small classes in place; loaded only for scripts that name one of them. Gives the way to ask without a promise. */
export function start(scope: typeof globalThis, { market, clock, timers, proxies, onError }: WebDeps): MarketFetch['request'] {
  installWeb(scope, { clock, timers, proxies, onError })
  installUrl(scope)
  const { fetch, request } = createFetch({ market, clock })
  defineGlobal(scope, 'fetch', fetch)
  return request
}
