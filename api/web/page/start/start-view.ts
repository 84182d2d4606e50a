import { batch, useSignal } from '@preact/signals'
import { h } from 'preact'
import { useEffect } from 'preact/hooks'

import { request } from '../server/client.ts'
import { pagesOf, readRuns, readScanners } from '../server/pages.ts'
import type { Market, Preview, Row, Run, Scanner } from '../server/types.ts'
import { Empty, Problem, Simulated, textOf, useAsked, When } from '../shell/parts.ts'
import { go, place, to } from '../shell/router.ts'
import { counted, duration } from '../shell/words.ts'
import { DatesFields, LimitFields, UniverseFields } from './fields.ts'
import { estimate, type Estimate, type Experience } from './estimate.ts'
import { useForm, type FormSignals } from './form.ts'
import { paramProblem, ParamsForm } from './params-form.ts'
import { PrefilterForm } from './prefilter-form.ts'
import { runRequest } from './run-request.ts'
import type { View } from '../shell/view.ts'

/** Sliders rest this long before the funnel is counted anew. */
const REST_MS = 120

/** Everything that a run is asked for with, and what it will be. */
export function StartView(): View {
  const scanners = useAsked(() => readScanners(), [])
  const market = useAsked((signal) => request<Market>('/api/market', { signal }), [])
  const wanted = place.value.query.get('scanner')
  return h('div', null, h('h1', null, 'Start a run'), h(When<Scanner[]>, { asked: scanners, what: 'scanners', children: (all) => {
    const chosen = all.find(({ id }) => id === wanted) ?? all[0]
    if (chosen === undefined) return h(Empty, { title: 'There is no scanner yet' }, h('p', null, h('a', { href: to('scanners') }, 'Upload one, or start from a built-in one.')))
    return [
      h('label', { key: 'which', class: 'inline' }, 'Scanner ', h('select', { value: chosen.id, onChange: (event: Event) => go(`${to('new')}?scanner=${textOf(event)}`) }, all.map(({ id, name, filename, version }) => h('option', { key: id, value: id }, `${name ?? filename} (version ${version})`)))),
      h(When<Market>, { key: 'form', asked: market, what: 'the market', children: (there) => h(StartForm, { key: chosen.id, scanner: chosen, market: there }) }),
    ]
  } }))
}

function StartForm({ scanner, market }: { scanner: Scanner; market: Market }): View {
  const form = useForm(scanner, market)
  const problem = useSignal<unknown>(null)
  const isSending = useSignal(false)
  const preview = usePreview(form)
  const experience = useAsked((signal) => experienceOf(scanner, signal), [scanner.id])
  const wrong = wrongWith(form, scanner)
  const start = async (): Promise<void> => {
    batch(() => { isSending.value = true; problem.value = null })
    try {
      const run = await request<Run>('/api/runs', { method: 'POST', body: runRequest(form.read()) })
      go(to('runs', run.id, 'watch'))
    } catch (error) {
      batch(() => { problem.value = error; isSending.value = false })
    }
  }
  const kept = form.usesPrefilter.value ? (preview.value?.funnel.kept ?? null) : form.asked()
  return h('form', { class: 'start', onSubmit: (event: Event) => { event.preventDefault(); if (wrong === null) void start() } },
    h('fieldset', null, h('legend', null, 'Symbols'), h(UniverseFields, { form, scanner, market })),
    h('fieldset', null, h('legend', null, 'Dates'), h(DatesFields, { form, scanner, market })),
    h('fieldset', null, h('legend', null, 'Parameters'), h(ParamsForm, { params: scanner.params, values: form.params })),
    h('fieldset', { class: 'wide' }, h('legend', null, 'Prefilter'), h(PrefilterForm, { isOn: form.usesPrefilter, values: form.prefilter, preview })),
    h('fieldset', null, h('legend', null, 'Limits'), h(LimitFields, { form })),
    h('fieldset', null, h('legend', null, 'Option contracts'),
      h('label', { class: 'inline' }, h('input', { type: 'checkbox', checked: form.explores.value, onChange: (event: Event) => void (form.explores.value = (event.currentTarget as HTMLInputElement).checked) }), ' Look for option contracts for the hits'),
      form.explores.value && h('label', { class: 'inline' }, h('input', { type: 'checkbox', checked: form.forceFull.value, onChange: (event: Event) => void (form.forceFull.value = (event.currentTarget as HTMLInputElement).checked) }), ' Also those that the preflight would skip')),
    h('footer', { class: 'start-foot' },
      market.simulated && h(Simulated, null),
      kept === null ? h('p', { class: 'quiet' }, 'counting…') : h(Outlook, { outlook: estimate({ kept, dates: form.dateCount(market), explores: form.explores.value, scanner, experience: experience.value }), isOwn: experience.value?.isOwn ?? true }),
      problem.value !== null && h(Problem, { error: problem.value }),
      wrong !== null && h('p', { class: 'wrong-text', role: 'alert' }, wrong),
      h('button', { type: 'submit', class: 'main', disabled: isSending.value || wrong !== null }, isSending.value ? 'Starting…' : 'Start the run')))
}

function wrongWith(form: FormSignals, scanner: Scanner): string | null {
  for (const param of scanner.params) {
    const problem = paramProblem(param, param.name in form.params.value ? form.params.value[param.name] : param.default)
    if (problem !== null) return `${param.name} ${problem}.`
  }
  const { universe, symbols, dates, dateList, from, to: until } = form.read()
  if (universe === 'list' && symbols.length === 0) return 'Name at least one symbol.'
  if (dates === 'list' && dateList.length === 0) return 'Name at least one date, such as 2026-11-20.'
  if (dates === 'range' && from === '' && until === '') return 'Name the first or the last date.'
  return dates === 'range' && from !== '' && until !== '' && from > until ? 'The first date is after the last.' : null
}

const Outlook = ({ outlook: { symbols, dates, batches, calls, durationMs }, isOwn }: { outlook: Estimate; isOwn: boolean }): View => h('p', { class: 'outlook', role: 'status' },
  h('b', null, counted(symbols, 'symbol')), dates === 1 ? '' : [' on ', h('b', null, counted(dates, 'date'))], ' for the script, ',
  batches === null ? 'in batches sized as it goes, ' : [dates > 1 || batches > 1 ? 'about ' : '', h('b', null, counted(batches, 'batch')), ', '],
  calls === null ? 'about 2 provider calls for each hit, ' : [calls > 0 && 'about ', h('b', null, counted(calls, 'provider call')), ', '],
  durationMs === null ? 'for how long, its first run will tell.' : ['about ', h('b', null, duration(durationMs)), isOwn ? ', judged by its last run.' : ', judged by the last run of another scanner.'])

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
function usePreview(form: FormSignals): ReturnType<typeof useAsked<Preview | null>> {
  const key = form.previewKey()
  const rested = useSignal(key)
  useEffect(() => {
    const timer = setTimeout(() => void (rested.value = key), REST_MS)
    return () => clearTimeout(timer)
  }, [key])
  const asked = useAsked(async (signal) => (rested.value === '' ? null : request<Preview>('/api/prefilter/preview', { method: 'POST', body: JSON.parse(rested.value) as object, signal })), [rested.value])
  const last = useSignal<Preview | null>(null)
  // While a new one is counted the old one stays in sight.
  useEffect(() => { if (asked.value !== null || rested.value === '') last.value = asked.value }, [asked.value, rested.value])
  return { ...asked, value: asked.value ?? last.value }
}

