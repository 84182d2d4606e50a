import { h } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { request } from '../server/client.ts'
import type { Bar, Row } from '../server/types.ts'
import { useAsked, When } from '../shell/parts.ts'
import { colour, theme } from '../shell/theme.ts'
import { count } from '../shell/words.ts'
import type { View } from '../shell/view.ts'

/** Candles of the bars that a script saw of a symbol: none after its date. The date is marked. */
export function Candles({ row, isSameMarket }: { row: Pick<Row, 'symbol' | 'date' | 'status' | 'direction'>; isSameMarket: boolean }): View {
  const { symbol, date } = row
  const asked = useAsked((signal) => request<{ bars: Bar[] }>(`/api/market/bars/${encodeURIComponent(symbol)}?to=${date}`, { signal }), [symbol, date])
  return h('section', { class: 'candles', 'aria-label': `Chart of ${symbol}` },
    h(When<{ bars: Bar[] }>, { asked, what: 'bars', children: ({ bars }) => bars.length === 0
      ? h('p', { class: 'quiet' }, `There are no bars of ${symbol} up to ${date}.`)
      : [h(Chart, { key: 'chart', bars, row }), h('p', { key: 'note', class: 'quiet' },
        `${count(bars.length)} bars up to ${date}, what the script could see at most. `,
        !isSameMarket && h('b', null, 'The market was changed since this run: these are today’s bars. '),
        'Charts by ', h('a', { href: 'https://www.tradingview.com/', rel: 'noreferrer', target: '_blank' }, 'TradingView'), '.')] }))
}

/** Sessions in sight at first. */
const IN_SIGHT = 120

function Chart({ bars, row }: { bars: readonly Bar[]; row: Pick<Row, 'date' | 'status' | 'direction'> }): View {
  const box = useRef<HTMLDivElement>(null)
  const look = theme.value
  useEffect(() => {
    let remove: (() => void) | null = null
    let isGone = false
    void import('./candle-chart.ts').then(({ candleChart }) => {
      if (!isGone) remove = candleChart(box.current!, bars, row, { text: colour('quiet'), line: colour('line'), up: colour('gain'), down: colour('loss'), mark: colour('accent'), volume: colour('volume') }, IN_SIGHT)
    })
    return () => { isGone = true; remove?.() }
  }, [bars, look])
  return h('div', { ref: box, class: 'chart-box' })
}
