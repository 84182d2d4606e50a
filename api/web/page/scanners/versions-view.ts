import { h } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { request, requestText } from '../server/client.ts'
import type { Scanner } from '../server/types.ts'
import { useAsked, When } from '../shell/parts.ts'
import { to } from '../shell/router.ts'
import { theme } from '../shell/theme.ts'
import type { View } from '../shell/view.ts'

interface Pair {
  readonly scanners: readonly Scanner[]
  readonly texts: readonly string[]
}

/** Two versions of a scanner side by side. */
export function VersionsView({ before, after }: { before: string; after: string }): View {
  const asked = useAsked(
    async (): Promise<Pair> => ({
      scanners: await Promise.all([before, after].map((id) => request<Scanner>(`/api/scanners/${id}`))),
      texts: await Promise.all([before, after].map((id) => requestText(`/api/scanners/${id}/source`))),
    }),
    [before, after],
  )
  return h(When<Pair>, {
    asked,
    what: 'both versions',
    heading: 'Versions',
    children: ({ scanners, texts }) =>
      h(
        'article',
        null,
        h('h1', null, scanners[1]!.filename),
        h(
          'p',
          null,
          h('a', { href: to('scanners', before) }, `version ${scanners[0]!.version}`),
          ' → ',
          h('a', { href: to('scanners', after) }, `version ${scanners[1]!.version}`),
        ),
        h(Difference, { texts }),
      ),
  })
}

function Difference({ texts }: { texts: readonly string[] }): View {
  const box = useRef<HTMLDivElement>(null)
  const look = theme.value
  useEffect(() => {
    let close: (() => void) | null = null
    let isGone = false
    void import('../editor/difference.ts').then(({ showDifference }) => {
      if (!isGone) close = showDifference(box.current!, texts[0]!, texts[1]!, look === 'dark')
    })
    return () => {
      isGone = true
      close?.()
    }
  }, [texts, look])
  return h('div', { ref: box, class: 'difference' })
}
