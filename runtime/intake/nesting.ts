/** Deepest nesting of brackets that intake accepts, counted as the compilers' cost grows: steeply with depth. */
export const MAX_NESTING = 800

/**
 * The offset of the first bracket nested deeper than `limit`, or null. A scan without a grammar: text inside strings,
 * comments and plain regular expressions does not count. Where it misjudges a regular expression the parser, which runs under a deadline, decides.
 */
export function findDeepNesting(text: string, limit: number = MAX_NESTING): number | null {
  const open: number[] = []
  let significant = ''
  for (let index = 0; index < text.length; index++) {
    const char = text[index] as string
    if (char === '"' || char === "'") index = endOfString(text, index, char)
    else if (char === '`') index = endOfTemplateText(text, index + 1, open)
    else if (char === '/' && text[index + 1] === '/') index = endOfLine(text, index)
    else if (char === '/' && text[index + 1] === '*') index = endOfBlockComment(text, index)
    else if (char === '/' && startsRegex(significant, text, index)) index = endOfRegex(text, index)
    else if (char === '(' || char === '[' || char === '{') {
      open.push(BRACKET)
      if (open.length > limit) return index
    } else if (char === ')' || char === ']' || char === '}') {
      if (open.pop() === TEMPLATE) index = endOfTemplateText(text, index + 1, open)
    }
    if (char > ' ') significant = char
    if (open.length > limit) return index
  }
  return null
}

const BRACKET = 0
const TEMPLATE = 1

function endOfString(text: string, start: number, quote: string): number {
  for (let index = start + 1; index < text.length; index++) {
    const char = text[index]
    if (char === '\\') index++
    else if (char === quote || char === '\n') return index
  }
  return text.length
}

/** The end of a template's text part; where it ends in a placeholder, that is opened. */
function endOfTemplateText(text: string, start: number, open: number[]): number {
  for (let index = start; index < text.length; index++) {
    const char = text[index]
    if (char === '\\') index++
    else if (char === '`') return index
    else if (char === '$' && text[index + 1] === '{') {
      open.push(TEMPLATE)
      return index + 1
    }
  }
  return text.length
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  return end === -1 ? text.length : end
}

function endOfBlockComment(text: string, start: number): number {
  const end = text.indexOf('*/', start + 2)
  return end === -1 ? text.length : end + 1
}

function startsRegex(before: string, text: string, index: number): boolean {
  if (before === '' || '(,=:[!&|?{};+-*%<>~^'.includes(before)) return true
  return /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|await|yield|throw)\s*$/.test(text.slice(Math.max(0, index - 12), index))
}

function endOfRegex(text: string, start: number): number {
  let inClass = false
  for (let index = start + 1; index < text.length; index++) {
    const char = text[index]
    if (char === '\\') index++
    else if (char === '\n') return index
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '/' && !inClass) return index
  }
  return text.length
}
