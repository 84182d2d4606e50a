import { h } from 'preact'

import type { Row } from '../server/types.ts'
import { to } from '../shell/router.ts'
import type { View } from '../shell/view.ts'

/** An error of a script: what, where, the line itself, and what to do. */
export function ErrorFrame({ error, scannerId }: { error: NonNullable<Row['error']>; scannerId: string | null }): View {
  const { code, message, hint, line, column, frame } = error
  return h(
    'div',
    { class: 'problem' },
    h('strong', null, message),
    line !== null &&
      h(
        'p',
        null,
        'At ',
        scannerId === null
          ? `line ${line}`
          : h('a', { href: `${to('scanners', scannerId)}?line=${line}` }, `line ${line}${column === null ? '' : `, column ${column}`}`),
      ),
    frame !== null && h('pre', { class: 'frame', tabIndex: 0, 'aria-label': 'The line of the script' }, frame),
    hint !== '' && h('p', null, hint),
    h('small', { class: 'quiet' }, code),
  )
}
