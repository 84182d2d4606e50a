import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core'
import { useSignal } from '@preact/signals'
import { h, type ComponentChildren, type RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useSidewaysHint } from '../shell/sideways.ts'
import type { View } from '../shell/view.ts'

interface Options {
  readonly count: number
  readonly rowHeight: number
  readonly render: (index: number) => ComponentChildren
  /** Attributes of the scrolling box. */
  readonly attributes?: Record<string, unknown>
  /** What stands above the rows and scrolls sideways with them. */
  readonly head?: ComponentChildren
  /** Kept at its end while it grows, unless somebody has scrolled up. */
  readonly follows?: boolean
  /** A row to keep in sight. */
  readonly shown?: number | undefined
}

/** Rows of one height, of which only those in sight are in the document. */
export function VirtualList(options: Options): View {
  const { count, rowHeight, render, attributes = {}, head, follows = false, shown } = options
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtual(box, count, rowHeight)
  useSidewaysHint(box)
  const isAtEnd = useRef(true)
  useEffect(() => {
    if (follows && isAtEnd.current && count > 0) virtual.scrollToIndex(count - 1, { align: 'end' })
  })
  useEffect(() => {
    if (shown !== undefined && shown >= 0) virtual.scrollToIndex(shown, { align: 'auto' })
  }, [shown])
  const onScroll = ({ currentTarget }: Event): void => {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget as HTMLElement
    isAtEnd.current = scrollTop + clientHeight > scrollHeight - rowHeight
  }
  const list = h(
    'div',
    { ...attributes, ref: box, class: `scrolls ${(attributes['class'] as string | undefined) ?? ''}`, onScroll },
    head,
    h(
      'div',
      { class: 'virtual', role: 'presentation', style: { height: `${virtual.getTotalSize()}px` } },
      virtual
        .getVirtualItems()
        .filter(({ index }) => index < count)
        .map(({ index, start }) =>
          h(
            'div',
            {
              key: index,
              class: 'virtual-row',
              role: 'presentation',
              style: { transform: `translateY(${start}px)`, height: `${rowHeight}px` },
            },
            render(index),
          ),
        ),
    ),
  )
  return h('div', { class: 'sideways' }, list)
}

function useVirtual(box: RefObject<HTMLDivElement | null>, count: number, rowHeight: number): Virtualizer<HTMLDivElement, Element> {
  const round = useSignal(0)
  round.value
  const held = useRef<Virtualizer<HTMLDivElement, Element> | null>(null)
  const options = {
    count,
    estimateSize: () => rowHeight,
    overscan: 8,
    getScrollElement: () => box.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    initialRect: { width: 800, height: 600 },
    onChange: () => void round.value++,
  }
  held.current ??= new Virtualizer<HTMLDivElement, Element>(options)
  const virtual = held.current
  virtual.setOptions({ ...virtual.options, ...options })
  useEffect(() => virtual._didMount(), [])
  useEffect(() => virtual._willUpdate())
  return virtual
}
