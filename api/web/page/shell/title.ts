import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/** What the page in sight calls itself in the browser's tab; null for the name of its address. */
export const title = signal<string | null>(null)

/** Names the browser's tab for as long as a view is shown. */
export function useTitle(text: string): void {
  useEffect(() => void (title.value = text), [text])
  useEffect(() => () => void (title.value = null), [])
}
