import { useSignal } from '@preact/signals'
import { h } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { ApiError, request } from '../server/client.ts'
import type { Bar, Row } from '../server/types.ts'
import { useAsked, When } from '../shell/parts.ts'
import { colour, theme } from '../shell/theme.ts'
import { counted, number } from '../shell/words.ts'
import type { View } from '../shell/view.ts'

type Shown = Pick<Row, 'symbol' | 'date' | 'status' | 'direction' | 'workerId'>

/** Candles up to a date, which is marked: those that the script was shown in colour, earlier ones pale, none after it. */
export function Candles({ row, lookback, isSameMarket }: { row: Shown; lookback: number | null; isSameMarket: boolean }): View {
  const { symbol, date } = row
  const asked = useAsked((signal) => readBars(symbol, date, signal), [symbol, date])
  return h(
    'section',
    { class: 'candles', 'aria-label': `Chart of ${symbol}` },
    h(When<{ bars: Bar[] }>, {
      asked,
      what: 'bars',
      children: ({ bars }) => {
        if (bars.length === 0) return h('p', { class: 'quiet' }, `There are no bars of ${symbol} up to ${date}.`)
        const seen = row.workerId === null ? bars.length : Math.min(bars.length, lookback ?? bars.length)
        return [
          h(Chart, { key: 'chart', bars, seen, row }),
          h(
            'p',
            { key: 'note', class: 'quiet' },
            `${whatWasSeen(row, bars.length, seen, lookback)} `,
            !isSameMarket && h('b', null, 'The market was changed since this run: these are today’s bars. '),
            'Charts by ',
            h('a', { href: 'https://www.tradingview.com/', rel: 'noreferrer', target: '_blank' }, 'TradingView'),
            '.',
          ),
        ]
      },
    }),
  )
}

/** What was asked for may be no symbol of the market, or no name that an address can hold: there are no bars of it. */
async function readBars(symbol: string, date: string, signal: AbortSignal): Promise<{ bars: Bar[] }> {
  try {
    return await request<{ bars: Bar[] }>(`/api/market/bars/${encodeURIComponent(symbol)}?to=${date}`, { signal })
  } catch (error) {
    if (error instanceof ApiError && (error.status === 400 || error.status === 404)) return { bars: [] }
    throw error
  }
}

function whatWasSeen({ date, workerId }: Shown, bars: number, seen: number, lookback: number | null): string {
  if (workerId === null) return `${counted(bars, 'bar')} up to ${date}; the script was shown none of them.`
  if (lookback === null) return `${counted(bars, 'bar')} up to ${date}: all that the script could see.`
  return `The script saw the last ${counted(seen, 'bar')} up to ${date}${seen < bars ? ', its lookback; earlier ones are pale' : ''}.`
}

const IN_SIGHT = 120
const MOST_IN_SIGHT = 400

/** Sessions in sight at first: what the script saw with some before it, unless that is too much for candles to be told apart. */
const inSight = (seen: number): number => (seen > MOST_IN_SIGHT ? IN_SIGHT : Math.max(IN_SIGHT, Math.ceil(seen * 1.2)))

function Chart({ bars, seen, row }: { bars: readonly Bar[]; seen: number; row: Shown }): View {
  const box = useRef<HTMLDivElement>(null)
  const problem = useSignal(false)
  const look = theme.value
  useEffect(() => {
    // Whoever walks on fast may be gone before the effects of a view run.
    const frame = box.current
    if (frame === null) return
    let remove: (() => void) | null = null
    let isGone = false
    import('./candle-chart.ts').then(
      ({ candleChart }) => {
        if (isGone) return
        const colours = {
          text: colour('quiet'),
          line: colour('line'),
          up: colour('gain'),
          down: colour('loss'),
          mark: colour('accent'),
          volume: colour('volume'),
          unseen: colour('unseen'),
        }
        remove = candleChart(frame, bars, { ...row, seen }, colours, inSight(seen))
      },
      () => void (problem.value = true),
    )
    return () => {
      isGone = true
      remove?.()
    }
  }, [bars, look])
  const { high, low } = extremes(bars.slice(-seen))
  const last = bars.at(-1)!
  return h(
    'div',
    {
      ref: box,
      class: 'chart-box',
      role: 'img',
      'aria-label': `Candles of ${row.symbol}: ${counted(seen, 'bar')} from ${bars.at(-seen)!.date} to ${last.date}, high ${number(high)}, low ${number(low)}, last close ${number(last.close)}`,
    },
    problem.value && h('p', { class: 'quiet' }, 'The chart could not be loaded: the server does not answer.'),
  )
}

function extremes(bars: readonly Bar[]): { high: number; low: number } {
  return bars.reduce(({ high, low }, bar) => ({ high: Math.max(high, bar.high), low: Math.min(low, bar.low) }), {
    high: -Infinity,
    low: Infinity,
  })
}
