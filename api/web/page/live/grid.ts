import { effect, useSignal } from '@preact/signals'
import { h } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { colour, theme } from '../shell/theme.ts'
import { count, STATUS_WORDS } from '../shell/words.ts'
import { cellAt, gridLayout, moved, type GridLayout } from './grid-layout.ts'
import { CELL_STATUSES } from './run-model.ts'
import type { Watching } from './watching.ts'
import type { View } from '../shell/view.ts'

const MOST_HEIGHT = 340

/** Draws the cells of a run on a canvas: what changed since the last frame, or all of them after a change of place or colours. */
class GridPainter {
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  readonly #watching: Watching
  layout: GridLayout = { size: 1, columns: 1, rows: 1 }
  cells = 0
  date: string | null = null
  selected = -1
  #colours: string[] = []
  #width = 0

  constructor(canvas: HTMLCanvasElement, watching: Watching) {
    this.#canvas = canvas
    this.#context = canvas.getContext('2d', { alpha: true })!
    this.#watching = watching
  }

  /** Everything anew: the field has another width, or the theme other colours. */
  reset(width = this.#width): void {
    this.#width = width
    this.#colours = ['pending', ...CELL_STATUSES].map((name) => colour(`cell-${name}`))
    this.cells = this.#watching.model.expected
    this.layout = gridLayout(Math.max(1, this.cells), width, MOST_HEIGHT)
    const { size, columns, rows } = this.layout
    const scale = devicePixelRatio
    this.#canvas.width = Math.round(columns * size * scale)
    this.#canvas.height = Math.round(rows * size * scale)
    this.#canvas.style.width = `${columns * size}px`
    this.#canvas.style.height = `${rows * size}px`
    this.#context.scale(scale, scale)
    this.#watching.model.changed.clear()
    for (let place = 0; place < this.cells; place++) this.#draw(place)
    this.#mark()
  }

  /** What changed since it was last called. */
  update(): void {
    const { model } = this.#watching
    if (model.expected !== this.cells) return this.reset()
    for (const place of model.changed) this.#draw(place)
    model.changed.clear()
    this.#mark()
  }

  select(place: number): void {
    const before = this.selected
    this.selected = place
    if (before >= 0) this.#draw(before)
    this.#mark()
  }

  #draw(place: number): void {
    const { size, columns } = this.layout
    const x = (place % columns) * size
    const y = Math.floor(place / columns) * size
    const gap = size > 4 ? 1 : 0
    this.#context.clearRect(x, y, size, size)
    this.#context.fillStyle = this.#colours[this.#watching.model.cell(place, this.date)]!
    this.#context.fillRect(x, y, size - gap, size - gap)
  }

  #mark(): void {
    if (this.selected < 0) return
    const { size, columns } = this.layout
    this.#context.strokeStyle = colour('text')
    this.#context.strokeRect((this.selected % columns) * size + 0.5, Math.floor(this.selected / columns) * size + 0.5, size - 1, size - 1)
  }
}

/** One cell per symbol, in its status's colour. Arrow keys go from cell to cell, Enter opens the symbol. */
export function Grid({ watching, onOpen }: { watching: Watching; onOpen: (symbol: string, date: string | null) => void }): View {
  const canvas = useRef<HTMLCanvasElement>(null)
  const painter = useRef<GridPainter | null>(null)
  const pointed = useSignal(-1)
  const date = useSignal<string | null>(null)
  useEffect(() => {
    // Whoever walks on fast may be gone before the effects of a view run.
    const frame = canvas.current?.parentElement
    if (frame == null) return
    const own = (painter.current = new GridPainter(canvas.current!, watching))
    const observer = new ResizeObserver(([entry]) => own.reset(Math.floor(entry!.contentRect.width)))
    observer.observe(frame)
    const stops = [
      effect(() => {
        watching.frame.value
        own.update()
      }),
      effect(() => {
        theme.value
        own.date = date.value
        requestAnimationFrame(() => own.reset())
      }),
    ]
    return () => {
      observer.disconnect()
      stops.forEach((stop) => stop())
    }
  }, [watching])
  const select = (place: number): void => {
    pointed.value = place
    painter.current!.select(place)
  }
  const at = ({ offsetX, offsetY }: MouseEvent): number => cellAt(painter.current!.layout, painter.current!.cells, offsetX, offsetY)
  const open = (place: number): void => {
    const symbol = watching.model.symbols[place]
    if (symbol !== undefined) onOpen(symbol, date.value)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') return open(pointed.value)
    if (!/^Arrow|^Home$|^End$/.test(event.key)) return
    event.preventDefault()
    select(moved(painter.current!.layout, painter.current!.cells, pointed.value, event.key))
  }
  return h(
    'section',
    { class: 'grid-box', 'aria-label': 'Symbols' },
    h(
      'div',
      { class: 'grid-field' },
      h('canvas', {
        ref: canvas,
        tabIndex: 0,
        role: 'img',
        class: 'grid',
        'aria-label': 'One cell per symbol, coloured by its status. Arrow keys read them out, Enter opens one.',
        onMouseMove: (event: MouseEvent) => select(at(event)),
        onMouseLeave: () => select(-1),
        onClick: (event: MouseEvent) => open(at(event)),
        onKeyDown,
      }),
    ),
    h(Pointed, { watching, place: pointed.value, date: date.value, choose: (chosen) => void (date.value = chosen) }),
  )
}

/** What the cell that is pointed at stands for, and which date the cells show. */
function Pointed({
  watching,
  place,
  date,
  choose,
}: {
  watching: Watching
  place: number
  date: string | null
  choose: (date: string | null) => void
}): View {
  const { model, beat } = watching
  beat.value
  const symbol = model.symbols[place]
  const status = CELL_STATUSES[model.cell(place, date) - 1]
  const text =
    place < 0
      ? `${count(model.expected)} symbols`
      : symbol === undefined
        ? 'not reached yet'
        : `${symbol}: ${status === undefined ? 'pending' : STATUS_WORDS[status].toLowerCase()}`
  return h(
    'div',
    { class: 'row spread' },
    h('output', { class: 'pointed', 'aria-live': 'polite' }, text),
    model.dates.length > 1 &&
      h(
        'label',
        { class: 'inline' },
        'Date ',
        h(
          'select',
          { value: date ?? '', onChange: (event: Event) => choose((event.currentTarget as HTMLSelectElement).value || null) },
          h('option', { value: '' }, 'all dates'),
          model.dates.toSorted().map((each) => h('option', { key: each, value: each }, each)),
        ),
      ),
  )
}
