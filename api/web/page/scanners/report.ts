import { h } from 'preact'

import type { Diagnostic, Scanner } from '../server/types.ts'
import { count } from '../shell/words.ts'
import type { View } from '../shell/view.ts'

const PATTERNS: Record<Scanner['pattern'], string> = {
  defineScanner: 'defineScanner, of the SDK',
  default: 'export default function',
  scan: 'function scan(symbol, bars)',
  main: 'main(symbols, dates)',
  script: 'a script that starts itself',
}

const SHOWN_SYMBOLS = 8

/** What intake made of a file. */
export function Report({ scanner }: { scanner: Scanner }): View {
  const { pattern, symbols, dates, params, imports, split, diagnostics, language, moduleKind, bytes, sha256 } = scanner
  return h(
    'div',
    { class: 'report' },
    h('h2', null, 'Intake report'),
    h(
      'dl',
      { class: 'facts' },
      facts([
        ['Form', PATTERNS[pattern]],
        ['Language', `${language}, ${moduleKind}`],
        [
          'Symbols',
          symbols.count === 0
            ? 'none of its own: the whole market'
            : `${count(symbols.count)} in ${symbols.declaredAs ?? 'the script'}: ${symbols.sample.slice(0, SHOWN_SYMBOLS).join(', ')}${symbols.count > SHOWN_SYMBOLS ? ', …' : ''}`,
        ],
        ['Dates', dates.values.length === 0 ? 'none of its own: the last session' : dates.values.join(', ')],
        [
          'Parameters',
          params.length === 0 ? 'none' : params.map(({ name, default: value }) => `${name} ${JSON.stringify(value)}`).join(', '),
        ],
        ['Imports', imports.length === 0 ? 'none' : imports.map(({ specifier, resolution }) => `${specifier} (${resolution})`).join(', ')],
        [split.mode === 'batch' ? 'In batches' : 'As a whole', split.reason],
        ['File', `${count(bytes)} bytes, SHA-256 ${sha256.slice(0, 12)}…`],
      ]),
    ),
    h(Problems, { diagnostics }),
  )
}

const facts = (pairs: readonly (readonly [string, string])[]): View[] =>
  pairs.flatMap(([term, value]) => [h('dt', { key: term }, term), h('dd', { key: `${term} value` }, value)])

/** Problems of a script, each a link to its line. */
export function Problems({ diagnostics, onLine }: { diagnostics: readonly Diagnostic[]; onLine?: (line: number) => void }): View {
  if (diagnostics.length === 0) return h('p', { class: 'fine' }, 'No problems found.')
  return h(
    'ul',
    { class: 'problems', 'aria-label': 'Problems' },
    diagnostics.map(({ severity, code, message, hint, line, column }, at) =>
      h(
        'li',
        { key: at, class: `p-${severity}` },
        h('b', null, severity),
        ' ',
        line !== null &&
          h(
            'button',
            { type: 'button', class: 'link', onClick: () => (onLine ?? showLine)(line) },
            `line ${line}${column === null ? '' : `:${column}`}`,
          ),
        ' ',
        message,
        hint !== '' && h('small', null, ` ${hint}`),
        h('small', { class: 'quiet' }, ` ${code}`),
      ),
    ),
  )
}

function showLine(line: number): void {
  document.getElementById(`line-${line}`)?.scrollIntoView({ block: 'center' })
}
