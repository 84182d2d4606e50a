import { defineGlobal } from '../language/properties.ts'

/**
 * What stands for the engine's WeakRef and FinalizationRegistry, which run code outside of every time limit and show when memory is
 * collected: references that hold, and a registry that never calls, which the language allows. What a script caches by them
 * stays within the limit of its memory.
 */
export function installWeak(scope: object): void {
  class WeakRef {
    readonly #target: unknown
    constructor(target: unknown) {
      if (!canBeHeld(target)) throw new TypeError('WeakRef: invalid target')
      this.#target = target
    }
    deref(): unknown {
      return this.#target
    }
  }
  class FinalizationRegistry {
    constructor(cleanup: unknown) {
      if (typeof cleanup !== 'function') throw new TypeError('FinalizationRegistry: cleanup must be callable')
    }
    register(): void {}
    unregister(): boolean {
      return false
    }
  }
  name(WeakRef, 'WeakRef')
  name(FinalizationRegistry, 'FinalizationRegistry')
  defineGlobal(scope, 'WeakRef', WeakRef)
  defineGlobal(scope, 'FinalizationRegistry', FinalizationRegistry)
}

function name({ prototype }: { readonly prototype: object }, text: string): void {
  Object.defineProperty(prototype, Symbol.toStringTag, { value: text, configurable: true })
}

const canBeHeld = (value: unknown): boolean => (typeof value === 'object' && value !== null) || typeof value === 'function' || typeof value === 'symbol'
