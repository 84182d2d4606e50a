/** A place in a text: `line` counts from 1, `column` from 0 in UTF-16 units. */
export interface Position {
  line: number
  column: number
}

export interface LineIndex {
  /** The position of an offset. Offsets past the end give the end. */
  positionAt(offset: number): Position
}

/** An index of line starts; lines end as in the language: `\n`, `\r`, `\r\n`, U+2028, U+2029. */
export function createLineIndex(text: string): LineIndex {
  const starts = [0]
  for (const match of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(match.index + match[0].length)
  return {
    positionAt(offset) {
      let low = 0
      let high = starts.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if ((starts[middle] ?? 0) <= offset) low = middle
        else high = middle - 1
      }
      return { line: low + 1, column: Math.min(offset, text.length) - (starts[low] ?? 0) }
    },
  }
}
