import { extname } from 'node:path'

/** What a text is that is no script, and what to do about it. */
export interface Lookalike {
  kind: string
  advice: string
}

const REWRITE = 'Rewrite the scan in JavaScript; the folder examples/ has starting points.'
const NAME_THE_SCRIPT = 'Name the script; symbols go to a run by --symbols-file, bars into the store by "strikescan import bars".'

/** What a text is that is no script, judged by its content alone: for texts that do not parse, and for JSON, which may. */
export function recogniseOtherLanguage(text: string): Lookalike | null {
  const start = text.trimStart()
  if (/^<(!doctype|html|head|body|\?xml|svg|!--)/i.test(start)) return { kind: 'an HTML or XML page', advice: 'Upload the script itself: use the raw or download link of the page.' }
  if (/^[{[]/.test(start) && isJson(start)) {
    if (/"nbformat"/.test(start)) return { kind: 'a Jupyter notebook', advice: REWRITE }
    return { kind: 'JSON data', advice: 'Upload the script; give symbols by --symbols-file or in the run.' }
  }
  if (/^\/\/\s*@version\s*=\s*\d/m.test(text.slice(0, 2000)) && /^[ \t]*(indicator|strategy|study)[ \t]*\(/m.test(text)) return { kind: 'Pine Script', advice: REWRITE }
  if (/^```/.test(start)) return { kind: 'a Markdown text around code', advice: 'Upload only what stands between the ``` lines.' }
  return null
}

/**
 * What a file is that does not parse, or holds nothing to run: asked only where it is refused anyway, since lines of a table or
 * of Python may be valid JavaScript. By its content first, then by its name, unless the text reads like JavaScript.
 */
export function recogniseRefused(text: string, filename: string): Lookalike | null {
  const extension = extname(filename).toLowerCase()
  return recogniseOtherLanguage(text) ?? recognisePython(text, extension) ?? recogniseData(text, extension) ?? recogniseName(text, extension)
}

/** Signs are looked for in this many characters: a hostile text is no longer here than an honest one. */
const SAMPLE = 20_000
const PYTHON_SIGNS = [/^[ \t]*def \w+\(.*\).*:[ \t]*(#.*)?\r?$/m, /^[ \t]*(import \w[\w.]*( as \w+)?|from \w[\w.]* import .+[^;'"])[ \t]*\r?$/m, /^[ \t]*(if|elif|for|while|with|try|except|else)\b.*:[ \t]*(#.*)?\r?$/m, /^#(?!!)/m, /^[ \t]*print\(/m, /\b(None|True|False|elif|self)\b/]

function recognisePython(text: string, extension: string): Lookalike | null {
  if (/^#!.{0,100}\bpython/.test(text)) return { kind: 'Python', advice: REWRITE }
  const sample = text.slice(0, SAMPLE)
  const found = PYTHON_SIGNS.filter((sign) => sign.test(sample)).length
  return found >= (extension === '.py' ? 1 : 2) ? { kind: 'Python', advice: REWRITE } : null
}

/** Lines that are looked at to tell a table from a script. */
const LINES = 50
const SEPARATORS: [separator: string, name: string][] = [[',', 'commas'], [';', 'semicolons'], ['\t', 'tabs'], ['|', 'bars']]

function recogniseData(text: string, extension: string): Lookalike | null {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '')
  const first = lines.slice(0, LINES)
  if (lines.length >= 2 && first.every((line) => line.trimStart().startsWith('{') && isJson(line))) return { kind: 'JSON data, one object a line', advice: NAME_THE_SCRIPT }
  const separator = lines.length >= 2 ? SEPARATORS.find(([mark]) => isTable(first, mark)) : undefined
  if (separator) return { kind: `a table with ${separator[1]} between its columns`, advice: NAME_THE_SCRIPT }
  const isList = first.every((line) => /^[A-Z][A-Z0-9.^-]{0,9}([,;\s]+[A-Z][A-Z0-9.^-]{0,9})*[,;]?$/.test(line.trim()))
  // One word in capitals may be the start of anything.
  return isList && lines.length > 0 && (extension === '.csv' || extension === '.txt' || first.length > 1 || /[,;]/.test(first[0]!)) ? { kind: 'a list of symbols', advice: NAME_THE_SCRIPT } : null
}

/** Every line has the same number of cells, at least two, and below the heading none holds what scripts are made of. */
function isTable(lines: readonly string[], separator: string): boolean {
  const width = cellsOf(lines[0]!, separator)
  if (width < 2 || lines.some((line) => cellsOf(line, separator) !== width)) return false
  return lines.every((line, index) => !(index === 0 ? /[{}=[\]]/ : /[{}=[\]()]/).test(line)) && !lines.every((line) => line.trimEnd().endsWith(separator))
}

const cellsOf = (line: string, separator: string): number => line.replaceAll(/"[^"]*"/g, '').split(separator).length

/** Files whose name says that they hold something else. */
const NAMES: Record<string, Lookalike> = {
  ...named('a table', NAME_THE_SCRIPT, '.csv', '.tsv', '.psv'),
  ...named('JSON data', NAME_THE_SCRIPT, '.json', '.ndjson', '.jsonl'),
  ...named('Python', REWRITE, '.py'),
  ...named('R', REWRITE, '.r'),
  ...named('C#', REWRITE, '.cs'),
  ...named('Java', REWRITE, '.java'),
  ...named('C or C++', REWRITE, '.c', '.cc', '.cpp', '.h', '.mq4', '.mq5'),
  ...named('Go', REWRITE, '.go'),
  ...named('Rust', REWRITE, '.rs'),
  ...named('Ruby', REWRITE, '.rb'),
  ...named('Pine Script', REWRITE, '.pine'),
  ...named('EasyLanguage', REWRITE, '.eld', '.els'),
  ...named('a shell script', REWRITE, '.sh', '.ps1', '.bat'),
  ...named('SQL', REWRITE, '.sql'),
  ...named('a text of settings', NAME_THE_SCRIPT, '.yaml', '.yml', '.toml', '.ini'),
  ...named('a Markdown text', NAME_THE_SCRIPT, '.md'),
}

function named(kind: string, advice: string, ...extensions: string[]): Record<string, Lookalike> {
  return Object.fromEntries(extensions.map((extension) => [extension, { kind, advice }]))
}

function recogniseName(text: string, extension: string): Lookalike | null {
  const readsLikeJavaScript = /^[ \t]*(const|let|var)[ \t]+[\w${[]|=>|\bfunction\b.{0,200}\{|^[ \t]*export\b|\bmodule\.exports\b|\brequire\(|^[ \t]*import\b.{0,200}['"]/m.test(text.slice(0, SAMPLE))
  return readsLikeJavaScript ? null : (NAMES[extension] ?? null)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
