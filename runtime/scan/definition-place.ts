/**
 * Where in the author's text the part of a definition stands that an error of `defineScanner` is about: the call's own
 * place, or the line and column of the key that the message names, looked for from the call on, level by level.
 * Lines and columns count from 1. @param message as ScannerDefinitionError words it: its path comes first
 */
export function definitionPlace(text: string, call: { line: number; column: number }, message: string): { line: number; column: number } {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/)
  let at = lines.slice(0, call.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + call.column - 1
  const joined = lines.join('\n')
  let found = call
  for (const key of pathOf(message)) {
    const place = new RegExp(`(?<![\\w$.])(["']?)${RegExp.escape(key)}\\1\\s*[:(,}]`, 'g')
    place.lastIndex = at
    const match = place.exec(joined)
    if (match === null) return found
    const before = joined.slice(0, match.index).split('\n')
    found = { line: before.length, column: before.at(-1)!.length + 1 }
    at = match.index + match[0].length
  }
  return found
}

/** The keys that lead to what a message is about, such as `params`, `minGap`, `default`. */
function pathOf(message: string): string[] {
  const path = /^(?:params|universe|rank|lookback|before|after|scan|name|description)(?:\.\w+)*\b/.exec(message)?.[0].split('.') ?? []
  const unknown = /\bunknown key "([^"\\]+)"/.exec(message)?.[1]
  return unknown === undefined ? path : [...path, unknown]
}
