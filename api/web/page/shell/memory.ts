import { signal, type Signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'

const MOST = 200
const kept = new Map<string, Signal<unknown>>()

/** A signal that a view finds as it left it, for as long as the page is open. */
export function useRemembered<T>(key: string, first: T): Signal<T> {
  return useMemo(() => remembered(key, first), [key])
}

function remembered<T>(key: string, first: T): Signal<T> {
  const found = (kept.get(key) as Signal<T> | undefined) ?? signal(first)
  // The one that was asked for last goes last.
  kept.delete(key)
  kept.set(key, found as Signal<unknown>)
  if (kept.size > MOST) kept.delete(kept.keys().next().value!)
  return found
}
