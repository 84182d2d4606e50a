/** How cells of one size fill a field, row by row. Pixels of the style sheet. */
export interface GridLayout {
  readonly size: number
  readonly columns: number
  readonly rows: number
}

const LARGEST = 16
const SMALLEST = 3

/** The largest cells with which `cells` of them fit; below 3 pixels the field grows instead. */
export function gridLayout(cells: number, width: number, height: number): GridLayout {
  for (let size = LARGEST; ; size--) {
    const columns = Math.max(1, Math.floor(width / size))
    const rows = Math.max(1, Math.ceil(cells / columns))
    if (rows * size <= height || size === SMALLEST) return { size, columns, rows }
  }
}

/** The cell at a point, -1 where there is none. */
export function cellAt({ size, columns }: GridLayout, cells: number, x: number, y: number): number {
  const column = Math.floor(x / size)
  const place = Math.floor(y / size) * columns + column
  return column >= 0 && column < columns && place >= 0 && place < cells ? place : -1
}

/** Where an arrow key leads from a cell. */
export function moved({ columns }: GridLayout, cells: number, from: number, key: string): number {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -Infinity, End: Infinity }[key]
  if (step === undefined) return from
  const place = from < 0 ? 0 : Number.isFinite(step) ? from + step : step
  return Math.abs(step) === columns && (place < 0 || place >= cells) ? from : Math.max(0, Math.min(cells - 1, place))
}
