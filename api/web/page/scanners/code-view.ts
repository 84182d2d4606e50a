import { h } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import type { Diagnostic } from '../server/types.ts'
import type { View } from '../shell/view.ts'

interface Props {
  readonly text: string
  readonly diagnostics: readonly Diagnostic[]
  readonly line: number | null
  /** Whether problems are told elsewhere in sight, and their places alone are marked here. */
  readonly marksOnly?: boolean
}

/** A file to be read, with its problems under their lines. Needs no editor. */
export function CodeView({ text, diagnostics, line, marksOnly = false }: Props): View {
  const box = useRef<HTMLOListElement>(null)
  useEffect(() => {
    if (line !== null) document.getElementById(`line-${line}`)?.scrollIntoView({ block: 'center' })
  }, [line, text])
  const byLine = Map.groupBy(diagnostics, (diagnostic) => diagnostic.line)
  return h(
    'ol',
    { ref: box, class: 'code', tabIndex: 0, 'aria-label': 'The script' },
    text.split('\n').map((content, at) => {
      const problems = byLine.get(at + 1) ?? []
      return h(
        'li',
        { key: at, id: `line-${at + 1}`, class: at + 1 === line ? 'wanted' : '' },
        h('code', null, content === '' ? '\u200b' : content),
        problems.map(({ severity, message, column }, place) =>
          h(
            'span',
            { key: place, class: `at-line p-${severity}` },
            column === null ? '' : `${' '.repeat(Math.max(0, column - 1))}^ `,
            marksOnly ? severity : message,
          ),
        ),
      )
    }),
  )
}
