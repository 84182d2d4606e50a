import { h } from 'preact'

import { request, requestText } from '../server/client.ts'
import { readRuns, readScanners } from '../server/pages.ts'
import type { Run, Scanner } from '../server/types.ts'
import { RunChip, textOf, useAsked, When } from '../shell/parts.ts'
import { go, place, to } from '../shell/router.ts'
import { counted, isolated, moment } from '../shell/words.ts'
import { CodeView } from './code-view.ts'
import { Report } from './report.ts'
import type { View } from '../shell/view.ts'

interface Shown {
  readonly scanner: Scanner
  readonly source: string
  readonly versions: readonly Scanner[]
}

/** One version of a scanner: its report beside its code, its other versions, its runs. */
export function ScannerView({ id }: { id: string }): View {
  const asked = useAsked(async (): Promise<Shown> => {
    const [scanner, source, all] = await Promise.all([
      request<Scanner>(`/api/scanners/${id}`),
      requestText(`/api/scanners/${id}/source`),
      readScanners(),
    ])
    return { scanner, source, versions: all.filter(({ filename }) => filename === scanner.filename) }
  }, [id])
  const line = Number(place.value.query.get('line')) || null
  return h(When<Shown>, {
    asked,
    what: 'the scanner',
    heading: 'Scanner',
    children: ({ scanner, source, versions }) =>
      h(
        'article',
        null,
        h(
          'header',
          { class: 'row' },
          h('h1', null, scanner.name ?? scanner.filename),
          h(
            'span',
            { class: 'quiet' },
            scanner.name !== null && `${isolated(scanner.filename)}, `,
            `version ${scanner.version}, ${moment(scanner.createdAt)}`,
            scanner.deleted && ', deleted: save it again to bring it back',
          ),
          h('span', { class: 'grow' }),
          h(Versions, { scanner, versions }),
          h(
            'span',
            { class: 'controls' },
            h('a', { class: 'button', href: `${to('edit')}?scanner=${id}` }, 'Edit'),
            !scanner.deleted && h('a', { class: 'button main', href: `${to('new')}?scanner=${id}` }, 'Run'),
          ),
        ),
        h(
          'div',
          { class: 'code-and-report' },
          h(CodeView, { text: source, diagnostics: scanner.diagnostics, line }),
          h('div', null, h(Report, { scanner }), h(RunsOf, { id })),
        ),
      ),
  })
}

function Versions({ scanner, versions }: { scanner: Scanner; versions: readonly Scanner[] }): View | null {
  const others = versions.filter(({ id }) => id !== scanner.id)
  if (others.length === 0) return null
  return h(
    'label',
    { class: 'inline' },
    'Compare with ',
    h(
      'select',
      { value: '', onChange: (event: Event) => go(to('versions', textOf(event), scanner.id)) },
      h('option', { value: '' }, counted(others.length, 'other version')),
      others.map(({ id, version, createdAt }) => h('option', { key: id, value: id }, `version ${version}, ${moment(createdAt)}`)),
    ),
  )
}

function RunsOf({ id }: { id: string }): View {
  const asked = useAsked(() => readRuns(`&scannerId=${id}`), [id])
  return h(
    'section',
    null,
    h('h2', null, 'Runs'),
    h(When<Run[]>, {
      asked,
      what: 'runs',
      children: (runs) =>
        runs.length === 0
          ? h('p', { class: 'quiet' }, 'None yet.')
          : h(
              'ul',
              null,
              runs
                .slice(0, 12)
                .map((run) =>
                  h(
                    'li',
                    { key: run.id },
                    h('a', { href: to('runs', run.id) }, moment(run.createdAt)),
                    ' ',
                    h(RunChip, { status: run.status }),
                    ` ${counted(run.ledger.hit, 'hit')}`,
                  ),
                ),
            ),
    }),
  )
}
