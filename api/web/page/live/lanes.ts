import { useSignal, useSignalEffect } from '@preact/signals'
import { h } from 'preact'
import { useRef } from 'preact/hooks'
import type UPlot from 'uplot'

import { usePlot } from '../shell/plot.ts'
import { colour, theme } from '../shell/theme.ts'
import { counted, megabytes } from '../shell/words.ts'
import type { Lane } from './run-model.ts'
import type { Watching } from './watching.ts'
import type { View } from '../shell/view.ts'

const HEIGHT = 72

const MOST_OPEN = 6

/**
 * The worker processes of a run, each with what it takes over time and where it crossed a limit: those heard of last in
 * front, the rest folded.
 */
export function Lanes({ watching }: { watching: Watching }): View {
  watching.beat.value
  const lanes = [...watching.model.lanes.values()].toSorted((one, other) => one.id - other.id)
  const latest = new Set(lanes.toSorted((one, other) => lastHeard(other) - lastHeard(one) || other.id - one.id).slice(0, MOST_OPEN))
  const earlier = lanes.filter((lane) => !latest.has(lane))
  const isOpen = useSignal(false)
  const row = (lane: Lane): View => h(LaneRow, { key: lane.id, lane, watching })
  return h(
    'section',
    { class: 'lanes', 'aria-label': 'Workers' },
    h(
      'h2',
      null,
      'Workers ',
      h(
        'small',
        null,
        h('span', { class: 'key-memory' }, 'memory'),
        ' ',
        h('span', { class: 'key-cpu' }, 'CPU'),
        ' ',
        h('span', { class: 'key-note' }, 'limit crossed'),
      ),
    ),
    lanes.length === 0 && h('p', { class: 'quiet' }, 'No samples: workers are looked at once a second, and short runs are over before.'),
    lanes.filter((lane) => latest.has(lane)).map(row),
    earlier.length > 0 &&
      h(
        'details',
        { class: 'earlier', onToggle: (event: Event) => void (isOpen.value = (event.currentTarget as HTMLDetailsElement).open) },
        h(
          'summary',
          null,
          `${counted(earlier.length, 'earlier worker')}, ${counted(
            earlier.reduce((sum, { notes }) => sum + notes.length, 0),
            'note',
          )}`,
        ),
        isOpen.value && earlier.map(row),
      ),
  )
}

const lastHeard = ({ times, notes }: Lane): number => Math.max(times.at(-1) ?? 0, notes.at(-1)?.at ?? 0)

function LaneRow({ lane, watching }: { lane: Lane; watching: Watching }): View {
  const { id, pid, symbol, rssBytes, cpuPercent, mostBytes, notes } = lane
  const newest = notes.at(-1)
  const isGone = watching.model.isGone(lane)
  return h(
    'article',
    { class: 'lane', 'aria-label': `Worker ${id}` },
    h(
      'div',
      { class: 'lane-head' },
      h('strong', null, `#${id}`),
      h('span', { class: 'quiet' }, `process ${pid}`),
      isGone
        ? [h('span', { key: 'gone', class: 'symbol' }, 'ended'), h('span', { key: 'most', class: 'lane-most number' }, `up to ${megabytes(mostBytes)}`)]
        : [
            h('span', { key: 'symbol', class: 'symbol' }, symbol ?? 'idle'),
            h('span', { key: 'memory', class: 'number' }, megabytes(rssBytes)),
            h('span', { key: 'cpu', class: 'number' }, `${Math.round(cpuPercent)}% CPU`),
          ],
    ),
    h(LanePlot, { lane, watching }),
    newest !== undefined &&
      h(
        'details',
        null,
        h('summary', null, `${notes.length === 1 ? '' : `${notes.length} notes, last: `}${newest.text}`),
        h(
          'ul',
          null,
          notes.map(({ at, text }, place) => h('li', { key: place }, `${new Date(at * 1_000).toLocaleTimeString('en-GB')} ${text}`)),
        ),
      ),
  )
}

function LanePlot({ lane, watching }: { lane: Lane; watching: Watching }): View {
  const box = useRef<HTMLDivElement>(null)
  const plot = usePlot(box, HEIGHT, () => ({ options: plotOptions(lane), data: dataOf(lane) }), [lane, theme.value])
  useSignalEffect(() => {
    watching.beat.value
    plot.current?.setData(dataOf(lane))
  })
  return h('div', { ref: box, class: 'lane-plot', role: 'img', 'aria-label': `Memory and CPU of worker ${lane.id} over time` })
}

const dataOf = ({ times, memory, cpu }: Lane): UPlot.AlignedData => [times, memory, cpu]

function plotOptions(lane: Lane): Omit<UPlot.Options, 'width' | 'height'> {
  const axis = {
    stroke: colour('quiet'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
    font: '10px system-ui',
    size: 40,
  }
  // A line takes two samples.
  const points = { show: ({ data }: UPlot) => data[0].length === 1 }
  return {
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 0, 6, 0],
    scales: {
      memory: { range: (_, __, most) => [0, Math.max(64, most * 1.1)] },
      cpu: { range: (_, __, most) => [0, Math.max(100, most)] },
    },
    axes: [
      { show: false },
      { ...axis, scale: 'memory', values: (_, marks) => marks.map((mark) => `${mark} MB`), space: 24, size: 52 },
      { ...axis, scale: 'cpu', side: 1, values: (_, marks) => marks.map((mark) => `${mark}%`), grid: { show: false }, space: 24 },
    ],
    series: [
      {},
      { scale: 'memory', stroke: colour('memory'), width: 1.5, points },
      { scale: 'cpu', stroke: colour('cpu'), width: 1, points },
    ],
    hooks: { draw: [(drawn) => drawNotes(drawn, lane)] },
  }
}

/** A line at each moment at which something crossed a limit. */
function drawNotes(plot: UPlot, { notes }: Lane): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.strokeStyle = colour('note')
  ctx.lineWidth = 2
  for (const { at } of notes) {
    const x = plot.valToPos(at, 'x', true)
    if (!(x >= bbox.left && x <= bbox.left + bbox.width)) continue
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}
