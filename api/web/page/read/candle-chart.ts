import { CandlestickSeries, ColorType, createChart, createSeriesMarkers, HistogramSeries, type IChartApi } from 'lightweight-charts'

import type { Bar, Row } from '../server/types.ts'

interface Colours {
  readonly text: string
  readonly line: string
  readonly up: string
  readonly down: string
  readonly mark: string
  readonly volume: string
  /** Of bars that the script was not shown. */
  readonly unseen: string
}

/** Draws candles and volume into a box, which they fill; gives what takes them away again. */
export function candleChart(
  box: HTMLElement,
  bars: readonly Bar[],
  row: Pick<Row, 'date' | 'status' | 'direction'> & { readonly seen: number },
  colours: Colours,
  inSight: number,
): () => void {
  const chart = createChart(box, {
    autoSize: true,
    // The policy of the page takes no style of its own from a script; the name stands below the chart instead.
    layout: { background: { type: ColorType.Solid, color: 'transparent' }, textColor: colours.text, attributionLogo: false, fontSize: 11 },
    grid: { vertLines: { color: colours.line }, horzLines: { color: colours.line } },
    rightPriceScale: { borderColor: colours.line },
    timeScale: { borderColor: colours.line },
    crosshair: { mode: 0 },
  })
  const candles = chart.addSeries(CandlestickSeries, {
    upColor: colours.up,
    downColor: colours.down,
    wickUpColor: colours.up,
    wickDownColor: colours.down,
    borderVisible: false,
  })
  const firstSeen = bars.length - row.seen
  const pale = { color: colours.unseen, wickColor: colours.unseen }
  candles.setData(bars.map(({ date, open, high, low, close }, at) => ({ time: date, open, high, low, close, ...(at < firstSeen && pale) })))
  const volume = chart.addSeries(HistogramSeries, {
    color: colours.volume,
    priceFormat: { type: 'volume' },
    priceScaleId: '',
    lastValueVisible: false,
    priceLineVisible: false,
  })
  volume.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } })
  volume.setData(bars.map(({ date, volume: value }, at) => ({ time: date, value, ...(at < firstSeen && { color: colours.unseen }) })))
  if (bars.at(-1)!.date === row.date) {
    const isBearish = row.direction === 'bearish'
    createSeriesMarkers(candles, [
      {
        time: row.date,
        position: isBearish ? 'aboveBar' : 'belowBar',
        shape: row.status === 'hit' ? (isBearish ? 'arrowDown' : 'arrowUp') : 'circle',
        color: colours.mark,
        text: row.status === 'hit' ? 'hit' : '',
      },
    ])
  }
  showLast(chart, bars.length, inSight)
  return () => chart.remove()
}

function showLast(chart: IChartApi, bars: number, inSight: number): void {
  chart.timeScale().setVisibleLogicalRange({ from: Math.max(0, bars - inSight), to: bars + 3 })
}
