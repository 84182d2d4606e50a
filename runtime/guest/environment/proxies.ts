import {
  ObjectDefineProperty,
  ReflectApply,
  TypeErrorConstructor,
  WeakMapConstructor,
  weakMapGet,
  weakMapHas,
  weakMapSet,
} from '../language/intrinsics.ts'
import { defineGlobal, defineHidden } from '../language/properties.ts'

/** Tells proxies from other objects without triggering a trap, which nothing else in the language can. */
export interface ProxyTracker {
  isProxy(value: unknown): boolean
  /** The object behind a tracked proxy; null where it was revoked. */
  target(proxy: object): object | null
}

/** The tracker for contexts where `Proxy` stays the engine's own: knows of none. */
export const noProxies: ProxyTracker = { isProxy: () => false, target: () => null }

/** Replaces the global `Proxy` by one that remembers what it made; must run before any script text. */
export function installProxyTracking(global: typeof globalThis): ProxyTracker {
  const OriginalProxy = global.Proxy
  const revocable = OriginalProxy.revocable
  const targets = new WeakMapConstructor<object, object | null>()

  function TrackedProxy(target: object, handler: object): object {
    if (new.target === undefined) throw new TypeErrorConstructor("Constructor Proxy requires 'new'")
    const proxy = new OriginalProxy(target, handler)
    weakMapSet(targets, proxy, target)
    return proxy
  }
  ObjectDefineProperty(TrackedProxy, 'name', { __proto__: null, value: 'Proxy' } as PropertyDescriptor)
  // The engine's own has no prototype, which keeps `class extends Proxy` an error.
  ObjectDefineProperty(TrackedProxy, 'prototype', { __proto__: null, value: undefined, writable: false } as PropertyDescriptor)
  const { trackedRevocable } = {
    trackedRevocable(target: object, handler: object): { proxy: object; revoke: () => void } {
      const { proxy, revoke } = ReflectApply(revocable, OriginalProxy, [target, handler]) as { proxy: object; revoke: () => void }
      weakMapSet(targets, proxy, target)
      return {
        proxy,
        revoke: () => {
          weakMapSet(targets, proxy, null)
          revoke()
        },
      }
    },
  }
  ObjectDefineProperty(trackedRevocable, 'name', { __proto__: null, value: 'revocable' } as PropertyDescriptor)
  defineHidden(TrackedProxy, 'revocable', trackedRevocable)
  defineGlobal(global, 'Proxy', TrackedProxy)
  return {
    isProxy: (value) => weakMapHas(targets, value),
    target: (proxy) => weakMapGet(targets, proxy) ?? null,
  }
}
