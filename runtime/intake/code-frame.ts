const CONTEXT_LINES = 1
const MAX_WIDTH = 120

/**
 * The line of an error with its number, its neighbours and a caret under the column; null where the line does not exist.
 * `line` and `column` count from 1. Long lines are cut to a window around the column.
 */
export function codeFrame(source: string, line: number, column: number): string | null {
  const lines = neighbouringLines(source, line)
  if (!lines) return null
  const lastNumber = lines.first + lines.texts.length - 1
  const gutter = String(lastNumber).length
  const windowStart = column > MAX_WIDTH - 20 ? column - MAX_WIDTH / 2 : 0
  const frame: string[] = []
  lines.texts.forEach((text, index) => {
    const number = lines.first + index
    const shown = text.slice(windowStart, windowStart + MAX_WIDTH)
    frame.push(`${number === line ? '>' : ' '} ${String(number).padStart(gutter)} | ${shown}`.trimEnd())
    if (number === line) frame.push(`  ${' '.repeat(gutter)} | ${caretIndent(shown, column - 1 - windowStart)}^`)
  })
  return frame.join('\n')
}

/** Blanks up to the caret; tabs stay tabs so that the caret stands under its character. */
function caretIndent(text: string, width: number): string {
  return text.slice(0, Math.max(0, width)).replace(/[^\t]/g, ' ').padEnd(Math.max(0, Math.min(width, MAX_WIDTH)))
}

/** The lines around `line`, without splitting the whole file. */
function neighbouringLines(source: string, line: number): { first: number; texts: string[] } | null {
  const first = Math.max(1, line - CONTEXT_LINES)
  const texts: string[] = []
  const lineEnd = /\r\n|[\n\r\u2028\u2029]/g
  let start = 0
  for (let number = 1; number <= line + CONTEXT_LINES; number++) {
    const end = lineEnd.exec(source)
    if (number >= first) texts.push(source.slice(start, end ? end.index : source.length))
    if (!end) return number >= line ? { first, texts } : null
    start = lineEnd.lastIndex
  }
  return { first, texts }
}
