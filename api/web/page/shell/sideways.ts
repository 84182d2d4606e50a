import { h, type ComponentChildren, type RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import type { View } from './view.ts'

/** Pixels by which rounding may leave a box short of its end. */
const SLACK = 2

/**
 * Has the frame around a box that scrolls sideways say that there is more of it at the right (`data-more`), for the style sheet
 * to show: many screens draw no scroll bar before somebody scrolls.
 */
export function useSidewaysHint(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const scroller = box.current!
    const frame = scroller.parentElement!
    const look = (): void => {
      const { scrollLeft, scrollWidth, clientWidth, offsetWidth } = scroller
      frame.toggleAttribute('data-more', scrollLeft + clientWidth < scrollWidth - SLACK)
      // What a scroll bar at the side takes of the box.
      frame.style.setProperty('--bar', `${offsetWidth - clientWidth}px`)
    }
    const observer = new ResizeObserver(look)
    for (const each of [scroller, ...scroller.children]) observer.observe(each)
    scroller.addEventListener('scroll', look, { passive: true })
    return () => {
      observer.disconnect()
      scroller.removeEventListener('scroll', look)
    }
  }, [])
}

/** A table that may be wider than the screen, in a box that can be reached by keys. */
export function Sideways({ label, children }: { label: string; children?: ComponentChildren }): View {
  const box = useRef<HTMLDivElement>(null)
  useSidewaysHint(box)
  return h(
    'div',
    { class: 'sideways' },
    h('div', { ref: box, class: 'scrolls', tabIndex: 0, role: 'region', 'aria-label': label }, children),
  )
}
