import { h, type ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'

import { useRemembered } from '../shell/memory.ts'
import { nextSorting, sorted, type Sorting, type SortValue } from './sorting.ts'
import { VirtualList } from './virtual-list.ts'
import type { View } from '../shell/view.ts'

export interface Column<T> {
  readonly id: string
  readonly title: string
  /** A track of the style sheet's grid: `80px`, `minmax(120px, 1fr)`. */
  readonly width: string
  /** On narrow screens, where that is another. */
  readonly narrow?: string
  readonly value: (item: T) => SortValue
  /** What stands in the cell where it is not the value itself. */
  readonly show?: (item: T) => ComponentChildren
  readonly isNumeric?: boolean
  /** Sorted by it, the largest come first; as a rule those of numbers. */
  readonly isLargestFirst?: boolean
}

interface Props<T> {
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly items: readonly T[]
  readonly firstSorting?: Sorting | null
  /** Where its sorting and its place are kept. */
  readonly memory: string
  /** With all items as they are shown. */
  readonly onOpen?: (item: T, shown: readonly T[]) => void
  readonly isChosen?: (item: T) => boolean
}

const ROW_HEIGHT = 26
/** Pixels between columns and at both ends, as in the style sheet. */
const GAP = 14
const NARROW_GAP = 10

/** A table of any length: sorted by its heads, walked with arrow keys, opened with Enter. */
export function DataGrid<T>({ label, columns, items, firstSorting = null, memory, onOpen, isChosen }: Props<T>): View {
  const sorting = useRemembered<Sorting | null>(`${memory} sorting`, firstSorting)
  const active = useRemembered(`${memory} place`, -1)
  const column = columns.find(({ id }) => id === sorting.value?.by)
  const shown = useSorted(items, column, sorting.value)
  const widths = columns.map(({ width }) => width)
  const narrowWidths = columns.map(({ width, narrow }) => narrow ?? width)
  // Rows take their columns from here.
  const tracks = {
    '--tracks': widths.join(' '),
    '--least': `${leastOf(widths, GAP)}px`,
    '--narrow-tracks': narrowWidths.join(' '),
    '--narrow-least': `${leastOf(narrowWidths, NARROW_GAP)}px`,
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity }[event.key]
    if (event.key === 'Enter' && event.target === event.currentTarget && shown[active.value] !== undefined) {
      onOpen?.(shown[active.value]!, shown)
    }
    if (step === undefined || event.target !== event.currentTarget) return
    event.preventDefault()
    active.value = Math.max(0, Math.min(shown.length - 1, active.value + step))
  }
  // A reference to an id ends at a space.
  const rowId = (index: number): string => `${label.replaceAll(' ', '-')}-${index}`
  const row = (index: number): View => {
    const item = shown[index]!
    const isActive = index === active.value
    return h(
      'div',
      {
        role: 'row',
        id: rowId(index),
        'aria-rowindex': index + 2,
        'aria-selected': isActive,
        class: `data-row${isActive ? ' active' : ''}${isChosen?.(item) ? ' chosen' : ''}`,
        onClick: () => {
          active.value = index
          onOpen?.(item, shown)
        },
      },
      columns.map((each) => {
        const value = each.value(item)
        const text = each.show?.(item) ?? value ?? '–'
        return h(
          'div',
          {
            key: each.id,
            role: 'gridcell',
            class: each.isNumeric ? 'number' : '',
            title: typeof text === 'string' && text.length > 12 ? text : undefined,
          },
          text,
        )
      }),
    )
  }
  const head = h(
    'div',
    { role: 'row', class: 'data-row head', 'aria-rowindex': 1 },
    columns.map(({ id, title, isNumeric = false, isLargestFirst = isNumeric }) => {
      const isBy = sorting.value?.by === id
      return h(
        'div',
        {
          key: id,
          role: 'columnheader',
          class: isNumeric ? 'number' : '',
          'aria-sort': isBy ? (sorting.value!.isDown ? 'descending' : 'ascending') : 'none',
        },
        h(
          'button',
          { type: 'button', class: 'sort', onClick: () => void (sorting.value = nextSorting(sorting.value, id, isLargestFirst)) },
          title,
          isBy && h('span', { 'aria-hidden': true }, sorting.value!.isDown ? ' ↓' : ' ↑'),
        ),
      )
    }),
  )
  return h(VirtualList, {
    count: shown.length,
    rowHeight: ROW_HEIGHT,
    render: row,
    head,
    shown: active.value,
    attributes: {
      class: 'data-grid',
      role: 'grid',
      style: tracks,
      tabIndex: 0,
      'aria-label': label,
      'aria-rowcount': shown.length + 1,
      'aria-colcount': columns.length,
      'aria-activedescendant': active.value >= 0 ? rowId(active.value) : undefined,
      onKeyDown,
    },
  })
}

/** Pixels below which a table scrolls sideways. */
const leastOf = (widths: readonly string[], gap: number): number =>
  gap + widths.reduce((sum, width) => sum + gap + Number(/\d+/.exec(width)?.[0]), 0)

/** Sorted once for each list and sorting, not at every scroll. */
function useSorted<T>(items: readonly T[], column: Column<T> | undefined, sorting: Sorting | null): readonly T[] {
  return useMemo(() => (column === undefined ? items : sorted(items, column.value, sorting!.isDown)), [items, sorting?.by, sorting?.isDown])
}
