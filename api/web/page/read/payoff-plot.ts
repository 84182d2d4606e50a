import { h } from 'preact'
import { useRef } from 'preact/hooks'
import type UPlot from 'uplot'

import type { Explored } from '../server/types.ts'
import { usePlot } from '../shell/plot.ts'
import { colour, theme } from '../shell/theme.ts'
import { money } from '../shell/words.ts'
import { columnOf, payoffOf, type Payoff } from './payoff.ts'
import type { View } from '../shell/view.ts'

const HEIGHT = 200

/** Profit and loss over the price of the underlying. */
export function PayoffPlot({ row }: { row: Explored }): View {
  const box = useRef<HTMLDivElement>(null)
  const payoff = payoffOf(row)
  usePlot(box, HEIGHT, () => (payoff === null ? null : { options: optionsOf(payoff, row), data: dataOf(payoff) }), [row, theme.value])
  if (payoff === null) return h('p', { class: 'quiet' }, 'No payoff: the row has no contracts with a quote.')
  return h(
    'figure',
    { class: 'payoff' },
    h('div', {
      ref: box,
      role: 'img',
      'aria-label': `Payoff at ${payoff.at}: profit at most ${money(row.maxProfit)}, loss at most ${money(row.maxLoss)}`,
    }),
    h(
      'figcaption',
      { class: 'quiet' },
      `Profit of one unit at ${payoff.at} over the price of ${columnOf(row, 'ticker')}`,
      payoff.isModelled && '; the later leg is valued at the implied volatility of today',
      '. Dashed: ',
      h('span', { class: 'key-close' }, 'the close'),
      ', ',
      h('span', { class: 'key-note' }, 'breakevens'),
    ),
  )
}

const dataOf = ({ prices, profits }: Payoff): UPlot.AlignedData => [
  [...prices],
  profits.map((profit) => Math.max(0, profit)),
  profits.map((profit) => Math.min(0, profit)),
  [...profits],
]

function optionsOf({ prices }: Payoff, row: Explored): Omit<UPlot.Options, 'width' | 'height'> {
  const axis = { stroke: colour('quiet'), grid: { stroke: colour('line'), width: 1 }, ticks: { show: false }, font: '11px system-ui' }
  const close = Number(columnOf(row, 'close')) || null
  return {
    legend: { show: false },
    cursor: { y: false, points: { size: 6 } },
    scales: { x: { time: false, range: () => [prices[0]!, prices.at(-1)!] } },
    axes: [
      { ...axis, size: 26, values: (_, marks) => marks.map(dollarsOf) },
      { ...axis, size: 68, values: (_, marks) => marks.map(dollarsOf) },
    ],
    series: [
      {},
      { pxAlign: 0, fill: colour('gain-fill'), width: 0, points: { show: false } },
      { pxAlign: 0, fill: colour('loss-fill'), width: 0, points: { show: false } },
      { pxAlign: 0, stroke: colour('text'), width: 1.5, points: { show: false } },
    ],
    hooks: {
      draw: [
        (plot) => {
          upright(plot, close, colour('accent'))
          for (const even of row.breakevens ?? []) upright(plot, even, colour('note'))
        },
      ],
      setCursor: [
        (plot) => {
          plot.root.title =
            plot.cursor.idx == null ? '' : `${money(prices[plot.cursor.idx])}: ${money(plot.data[3]![plot.cursor.idx] ?? null)}`
        },
      ],
    },
  }
}

/** `-$100` rather than `$-100`. */
const dollarsOf = (mark: number): string => `${mark < 0 ? '-' : ''}$${Math.abs(mark).toLocaleString('en-US')}`

function upright({ ctx, bbox, valToPos }: UPlot, price: number | null, ink: string): void {
  if (price === null) return
  const x = valToPos(price, 'x', true)
  if (x < bbox.left || x > bbox.left + bbox.width) return
  ctx.save()
  ctx.strokeStyle = ink
  ctx.setLineDash([4, 4])
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.restore()
}
