import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type UPlot from 'uplot'

interface Plot {
  readonly options: Omit<UPlot.Options, 'width' | 'height'>
  readonly data: UPlot.AlignedData
}

const LEAST_WIDTH = 60

/**
 * Draws a plot of some height into a box, whose width it takes, once the library is there; anew whenever one of `keys`
 * changes. Nothing is drawn where there is no plot.
 */
export function usePlot(
  box: RefObject<HTMLElement | null>,
  height: number,
  plotOf: () => Plot | null,
  keys: readonly unknown[],
): RefObject<UPlot | null> {
  const drawn = useRef<UPlot | null>(null)
  useEffect(() => {
    const [plot, frame] = [plotOf(), box.current]
    // Whoever walks on fast may be gone before the effects of a view run.
    if (plot === null || frame === null) return
    const widthOf = (width: number): number => Math.max(LEAST_WIDTH, Math.floor(width))
    const observer = new ResizeObserver(([entry]) => drawn.current?.setSize({ width: widthOf(entry!.contentRect.width), height }))
    let isGone = false
    // Without it the words beside the plot stand alone.
    import('uplot').then(
      ({ default: Library }) => {
        if (isGone) return
        drawn.current = new Library({ ...plot.options, width: widthOf(frame.clientWidth), height }, plot.data, frame)
        observer.observe(frame)
      },
      () => {},
    )
    return () => {
      isGone = true
      observer.disconnect()
      drawn.current?.destroy()
      drawn.current = null
    }
  }, keys)
  return drawn
}
