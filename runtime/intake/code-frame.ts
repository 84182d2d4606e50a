const CONTEXT_LINES = 1
const MAX_WIDTH = 120

/**
 * The line of an error with its number, its neighbours and a caret under the column; null where the line does not exist.
 * `line` and `column` count from 1. Long lines are cut to a window around the column.
 */
export const codeFrame = (source: string, line: number, column: number): string | null => createCodeFrames(source)(line, column)

/** The same for many places in one text, which is divided into its lines once: a script may fail at every symbol. */
export function createCodeFrames(source: string): (line: number, column: number) => string | null {
  let all: string[] | null = null
  return (line, column) => {
    all ??= source.split(/\r\n|[\n\r\u2028\u2029]/)
    return line < 1 || line > all.length ? null : frameOf(all, line, column)
  }
}

function frameOf(all: readonly string[], line: number, column: number): string {
  const first = Math.max(1, line - CONTEXT_LINES)
  const lines = { first, texts: all.slice(first - 1, line + CONTEXT_LINES) }
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
