import { h } from 'preact'

import type { RowStatus } from '../server/types.ts'
import type { View } from '../shell/view.ts'

/** Links to rows as files; they go by the session's cookie. */
export const DownloadLinks = ({ path, status = null }: { path: string; status?: RowStatus | null }): View =>
  h(
    'span',
    { class: 'downloads', role: 'group', 'aria-label': 'Download' },
    h('span', { class: 'wide-only' }, 'Download'),
    ['csv', 'parquet', 'ndjson'].map((format) =>
      h(
        'a',
        { key: format, href: `${path}.${format}${status === null ? '' : `?status=${status}`}`, download: '' },
        format === 'parquet' ? 'Parquet' : format.toUpperCase(),
      ),
    ),
  )
