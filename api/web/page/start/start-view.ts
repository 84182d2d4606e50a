import { batch, useSignal } from '@preact/signals'
import { h } from 'preact'
import { useEffect } from 'preact/hooks'

import { request } from '../server/client.ts'
import { pagesOf, readRuns, readScanners } from '../server/pages.ts'
import type { Market, Preview, Row, Run, RunAsked, Scanner } from '../server/types.ts'
import { Empty, Problem, textOf, useAsked, When } from '../shell/parts.ts'
import { go, place, to } from '../shell/router.ts'
import { counted, duration, isolated, moment } from '../shell/words.ts'
import { DatesFields, LimitFields, UniverseFields } from './fields.ts'
import { estimate, type Estimate, type Experience } from './estimate.ts'
import { askedFor, datesAsked, formNow, previewBody, useForm, type FormSignals } from './form.ts'
import { formAgain, freshForm } from './opening.ts'
import { paramProblem, ParamsForm } from './params-form.ts'
import { PrefilterForm } from './prefilter-form.ts'
import { datesIn, runRequest } from './run-request.ts'
import { symbolsIn } from './symbol-list.ts'
import type { View } from '../shell/view.ts'

/** Sliders rest this long before the funnel is counted anew. */
const REST_MS = 120

/** A run whose wishes the form opens with. */
interface Earlier {
  readonly run: Run
  readonly asked: RunAsked
}

interface Choice {
  readonly scanners: readonly Scanner[]
  readonly market: Market
  readonly earlier: Earlier | null
  /** The scanner that the address names, or the run of the address; null where it names none. */
  readonly named: Scanner | null
}

/** Everything that a run is asked for with, and what it will be. */
export function StartView(): View {
  const { query } = place.value
  const [scannerId, runId] = [query.get('scanner'), query.get('run')]
  const asked = useAsked((signal) => choiceOf(scannerId, runId, signal), [scannerId, runId])
  return h(
    'div',
    null,
    h('h1', null, 'Start a run'),
    h(When<Choice>, {
      asked,
      what: 'scanners',
      children: ({ scanners, market, earlier, named }) => {
        const scanner = named ?? scanners[0]
        if (scanner === undefined) {
          return h(
            Empty,
            { title: 'There is no scanner yet' },
            h('p', null, h('a', { href: to('scanners') }, 'Upload one, or start from a built-in one.')),
          )
        }
        const ofRun = earlier === null ? '' : `&run=${earlier.run.id}`
        // One that was deleted is named, so that it is seen why it is not run.
        const offered = scanners.some(({ id }) => id === scanner.id) ? scanners : [scanner, ...scanners]
        return [
          h(
            'div',
            { key: 'which', class: 'row' },
            h(
              'label',
              { class: 'inline' },
              'Scanner ',
              h(
                'select',
                { value: scanner.id, onChange: (event: Event) => go(`${to('new')}?scanner=${textOf(event)}${ofRun}`) },
                offered.map(({ id, name, filename, version }) =>
                  h('option', { key: id, value: id }, `${isolated(name ?? filename)} (version ${version})`),
                ),
              ),
            ),
            earlier !== null &&
              h(
                'span',
                { class: 'quiet' },
                'with what ',
                h('a', { href: to('runs', earlier.run.id) }, `the run of ${moment(earlier.run.createdAt)}`),
                ' was asked for. ',
                h('a', { href: `${to('new')}?scanner=${scanner.id}` }, 'Start afresh'),
              ),
          ),
          scanner.deleted
            ? h(
                Empty,
                { key: 'deleted', title: 'This scanner was deleted' },
                h(
                  'p',
                  null,
                  'No further run of it is started. ',
                  h('a', { href: `${to('edit')}?scanner=${scanner.id}` }, 'Open its code'),
                  ' and save it to bring it back, or choose another scanner.',
                ),
              )
            : h(StartForm, { key: `form ${scanner.id} ${earlier?.run.id}`, scanner, market, earlier }),
        ]
      },
    }),
  )
}

async function choiceOf(scannerId: string | null, runId: string | null, signal: AbortSignal): Promise<Choice> {
  const [scanners, market, earlier] = await Promise.all([
    readScanners(),
    request<Market>('/api/market', { signal }),
    runId === null ? null : earlierRun(runId, signal),
  ])
  const wanted = scannerId ?? earlier?.asked.scannerId
  const named =
    wanted === undefined
      ? null
      : (scanners.find(({ id }) => id === wanted) ?? (await request<Scanner>(`/api/scanners/${encodeURIComponent(wanted)}`, { signal })))
  return { scanners, market, earlier, named }
}

async function earlierRun(id: string, signal: AbortSignal): Promise<Earlier> {
  const path = `/api/runs/${encodeURIComponent(id)}`
  const [run, asked] = await Promise.all([request<Run>(path, { signal }), request<RunAsked>(`${path}/request`, { signal })])
  return { run, asked }
}

function StartForm({ scanner, market, earlier }: { scanner: Scanner; market: Market; earlier: Earlier | null }): View {
  const form = useForm(
    () => (earlier === null ? freshForm(scanner) : formAgain(earlier.asked, earlier.run.market.asOf, scanner, market)),
    scanner.id,
  )
  const problem = useSignal<unknown>(null)
  const isSending = useSignal(false)
  const now = formNow(form)
  const preview = usePreview(previewBody(now, scanner))
  const experience = useAsked((signal) => experienceOf(scanner, signal), [scanner.id])
  const wrong = wrongWith(form, scanner)
  const start = async (): Promise<void> => {
    batch(() => {
      isSending.value = true
      problem.value = null
    })
    try {
      const run = await request<Run>('/api/runs', { method: 'POST', body: runRequest(now, scanner.id, market.lastDate) })
      go(to('runs', run.id, 'watch'))
    } catch (error) {
      batch(() => {
        problem.value = error
        isSending.value = false
      })
    }
  }
  const kept = now.usesPrefilter ? (preview.value?.funnel.kept ?? null) : askedFor(now, scanner, market)
  return h(
    'form',
    {
      class: 'start',
      onSubmit: (event: Event) => {
        event.preventDefault()
        if (wrong === null) void start()
      },
    },
    h('fieldset', null, h('legend', null, 'Symbols'), h(UniverseFields, { form, scanner, market })),
    h('fieldset', null, h('legend', null, 'Dates'), h(DatesFields, { form, scanner, market })),
    h('fieldset', null, h('legend', null, 'Option contracts'), h(ExploreFields, { form })),
    h('fieldset', { class: 'wide' }, h('legend', null, 'Parameters'), h(ParamsForm, { params: scanner.params, values: form.params })),
    h(
      'fieldset',
      { class: 'wide' },
      h('legend', null, 'Prefilter'),
      h(PrefilterForm, { isOn: form.usesPrefilter, values: form.prefilter, preview }),
    ),
    h('fieldset', { class: 'wide' }, h('legend', null, 'Limits and batches'), h(LimitFields, { form })),
    h(
      'footer',
      { class: 'start-foot' },
      kept === null
        ? h('p', { class: 'quiet' }, 'counting…')
        : h(Outlook, {
            outlook: estimate({
              kept,
              dates: datesAsked(now, scanner, market),
              explores: now.explores,
              scanner,
              experience: experience.value,
            }),
            isOwn: experience.value?.isOwn ?? true,
          }),
      problem.value !== null && h(Problem, { error: problem.value }),
      wrong !== null && h('p', { class: 'wrong-text', role: 'alert' }, wrong),
      h(
        'button',
        { type: 'submit', class: 'main', disabled: isSending.value || wrong !== null },
        isSending.value ? 'Starting…' : 'Start the run',
      ),
    ),
  )
}

function ExploreFields({ form: { explores, forceFull, refresh } }: { form: FormSignals }): View {
  const box = (value: typeof explores, label: string): View =>
    h(
      'label',
      { class: 'inline' },
      h('input', {
        type: 'checkbox',
        checked: value.value,
        onChange: (event: Event) => void (value.value = (event.currentTarget as HTMLInputElement).checked),
      }),
      ` ${label}`,
    )
  return h(
    'div',
    null,
    box(explores, 'Look for option contracts for the hits'),
    explores.value && [
      box(forceFull, 'Also those that the preflight would skip'),
      box(refresh, 'Fetch every chain anew, whatever is cached'),
    ],
  )
}

function wrongWith(form: FormSignals, scanner: Scanner): string | null {
  for (const param of scanner.params) {
    const problem = paramProblem(param, param.name in form.params.value ? form.params.value[param.name] : param.default)
    if (problem !== null) return `${param.name} ${problem}.`
  }
  const { universe, list, dates, dateText, from, to: until } = formNow(form)
  if (universe === 'list' && symbolsIn(list).length === 0) return 'Name at least one symbol.'
  if (dates === 'list' && datesIn(dateText).length === 0) return 'Name at least one date, such as 2026-11-20.'
  if (dates === 'range' && from === '' && until === '') return 'Name the first or the last date.'
  return dates === 'range' && from !== '' && until !== '' && from > until ? 'The first date is after the last.' : null
}

const Outlook = ({ outlook: { symbols, dates, batches, calls, durationMs }, isOwn }: { outlook: Estimate; isOwn: boolean }): View =>
  h(
    'p',
    { class: 'outlook', role: 'status' },
    h('b', null, counted(symbols, 'symbol')),
    dates === 1 ? '' : [' on ', h('b', null, counted(dates, 'date'))],
    ' for the script, ',
    batches === null
      ? 'in batches sized as it goes, '
      : [dates > 1 || batches > 1 ? 'about ' : '', h('b', null, counted(batches, 'batch')), ', '],
    calls === null
      ? 'about 2 provider calls for each hit'
      : calls === 0
        ? 'no provider calls'
        : ['about ', h('b', null, counted(calls, 'provider call'))],
    durationMs === null
      ? '. How long it takes, its first run will tell.'
      : [
          ', about ',
          h('b', null, duration(durationMs)),
          isOwn ? ', judged by its last run.' : ', judged by the last run of another scanner.',
        ],
  )

/** The last run that came to its end, of this scanner if it ever ran. */
async function experienceOf(scanner: Scanner, signal: AbortSignal): Promise<Experience | null> {
  const isFit = ({ kind, status, ledger }: Run): boolean => kind === 'scan' && status === 'completed' && ledger.hit + ledger.miss > 0
  const own = (await readRuns(`&scannerId=${scanner.id}&status=completed`)).find(isFit)
  const run = own ?? (await readRuns('&status=completed')).find(isFit)
  if (run === undefined) return null
  const { value: page } = await pagesOf<Row>(`/api/runs/${run.id}/rows?status=hit,miss,failed,timed_out,out_of_memory`, { signal }).next()
  return { run, rows: page?.rows ?? [], isOwn: own !== undefined }
}

/** The funnel for what the form says, asked for once it rests. */
function usePreview(body: string): ReturnType<typeof useAsked<Preview | null>> {
  const rested = useSignal(body)
  useEffect(() => {
    const timer = setTimeout(() => void (rested.value = body), REST_MS)
    return () => clearTimeout(timer)
  }, [body])
  const asked = useAsked(
    async (signal) =>
      rested.value === ''
        ? null
        : request<Preview>('/api/prefilter/preview', { method: 'POST', body: JSON.parse(rested.value) as object, signal }),
    [rested.value],
  )
  const last = useSignal<Preview | null>(null)
  // While a new one is counted the old one stays in sight.
  useEffect(() => {
    if (asked.value !== null || rested.value === '') last.value = asked.value
  }, [asked.value, rested.value])
  return { ...asked, value: asked.value ?? last.value }
}
