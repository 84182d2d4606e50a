import { h, type ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useSignal, type Signal } from '@preact/signals'

import { isAborted, isReachable, type ApiError } from '../server/client.ts'
import { simulatedPart, simulatedWord } from '../../../schemas/simulated-part.ts'
import type { CellStatus, Run, RunStatus } from '../server/types.ts'
import { RUN_WORDS, STATUS_WORDS } from './words.ts'
import type { View } from './view.ts'

/** The status of a row, in its colour and in a word. */
export const StatusChip = ({ status }: { status: CellStatus }): View => h('span', { class: `chip s-${status}` }, STATUS_WORDS[status])
export const RunChip = ({ status }: { status: RunStatus }): View => h('span', { class: `chip r-${status}` }, RUN_WORDS[status])
/** Stands wherever something of a simulated market is shown. */
export const Simulated = ({ what = 'market data', word = 'SIMULATED' }: { what?: string; word?: string }): View =>
  h('span', { class: 'simulated', title: `Simulated ${what}: no price shown was ever traded` }, word)
/** The same for a run: of what, where its bars or its chains are real. */
export function SimulatedRun({ run }: { run: Run }): View | null {
  const part = simulatedPart(run)
  if (part === null) return null
  return h(Simulated, { what: part === 'all' ? 'market data' : part, word: simulatedWord(part) })
}

/** A place where there is nothing, and what to do about it. */
export const Empty = ({ title, isPage = false, children }: { title: string; isPage?: boolean; children?: ComponentChildren }): View =>
  h('div', { class: 'empty' }, h(isPage ? 'h1' : 'h2', null, title), children)

export const Loading = ({ what }: { what: string }): View => h('p', { class: 'quiet loading', role: 'status' }, `Loading ${what}…`)

/** What went wrong, in the server's words: an error of the API, of a run, or of the page. */
export function Problem({ error, retry }: { error: unknown; retry?: (() => void) | undefined }): View {
  const {
    message,
    hint = '',
    details = [],
  } = typeof error === 'object' && error !== null ? (error as Partial<ApiError>) : { message: String(error) }
  return h(
    'div',
    { class: 'problem', role: 'alert' },
    h('strong', null, message),
    hint !== '' && h('p', null, hint),
    details.length > 0 &&
      h(
        'ul',
        null,
        details.map(({ field, message: text }) => h('li', { key: field }, text)),
      ),
    retry !== undefined && h('button', { type: 'button', onClick: retry }, 'Try again'),
  )
}

/** What was asked for: not there yet, there, or failed. */
export interface Asked<T> {
  readonly value: T | null
  readonly error: unknown
  readonly again: () => void
  readonly isLoading: boolean
}

/**
 * Asks anew whenever one of `keys` changes, or when it is told to. What was there before goes with its keys; where it
 * `stays`, and where the same was asked for again, it is shown until the new answer is there.
 */
export function useAsked<T>(ask: (signal: AbortSignal) => Promise<T>, keys: readonly unknown[], stays = false): Asked<T> {
  const state = useSignal<{ value: T | null; error: unknown; isLoading: boolean }>({ value: null, error: null, isLoading: true })
  const round = useSignal(0)
  const known = useRef<readonly unknown[]>(keys)
  useEffect(() => {
    const abort = new AbortController()
    const isSame = stays || known.current.every((key, at) => Object.is(key, keys[at]))
    known.current = keys
    const before = isSame ? state.peek().value : null
    state.value = { value: before, error: null, isLoading: true }
    ask(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) state.value = { value, error: null, isLoading: false }
      },
      (error: unknown) => {
        if (!abort.signal.aborted && !isAborted(error)) state.value = { value: before, error, isLoading: false }
      },
    )
    return () => abort.abort()
  }, [...keys, round.value])
  const again = (): void => void round.value++
  // What could not be had for want of a server is asked for again when it is back.
  const isMissed = (state.value.error as ApiError | null)?.status === 0
  useEffect(() => {
    if (isMissed && isReachable.value) again()
  }, [isMissed, isReachable.value])
  return { ...state.value, again }
}

const REPEAT_MS = 2_000
/** A server that takes long to answer is asked that much less often. */
const REST = 5

/** Asks again and again while `isOn`, each time a while after the last answer. */
export function useRepeated({ isLoading, again }: Asked<unknown>, isOn: boolean): void {
  const began = useRef(0)
  useEffect(() => {
    if (isLoading) {
      began.current = performance.now()
      return
    }
    if (!isOn) return
    const timer = setTimeout(again, Math.max(REPEAT_MS, REST * (performance.now() - began.current)))
    return () => clearTimeout(timer)
  }, [isLoading, isOn])
}

/** Shows what was asked for, or the state that stands in its way, under a heading where the page has none without it. */
export function When<T>({
  asked,
  what,
  heading,
  children,
}: {
  asked: Asked<T>
  what: string
  heading?: string
  children: (value: T) => ComponentChildren
}): View {
  if (asked.error !== null && asked.value === null) {
    // To ask again for what is not there brings nothing.
    const isUnknown = (asked.error as ApiError).status === 404
    return h(
      'div',
      null,
      heading !== undefined && h('h1', null, heading),
      h(Problem, { error: asked.error, retry: isUnknown ? undefined : asked.again }),
      isUnknown && h('p', null, h('a', { href: '#/' }, 'To the runs')),
    )
  }
  if (asked.value === null) return h(Loading, { what })
  return h('div', { class: 'when' }, children(asked.value))
}

export interface Tab {
  readonly id: string
  readonly label: ComponentChildren
  readonly href: string
}

/** Tabs that are links: each view has an address. */
export const Tabs = ({ tabs, current, label }: { tabs: readonly Tab[]; current: string; label: string }): View =>
  h(
    'nav',
    { class: 'tabs', 'aria-label': label },
    tabs.map(({ id, label: text, href }) => h('a', { key: id, href, 'aria-current': id === current ? 'page' : undefined }, text)),
  )

export interface FieldProps {
  label: string
  help?: string | undefined
  error?: string | null | undefined
  children: (attributes: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => ComponentChildren
}

let fields = 0

/** A labelled field, with what helps and what is wrong told to screen readers as well. */
export function Field({ label, help, error, children }: FieldProps): View {
  const id = useRef('')
  if (id.current === '') id.current = `field-${++fields}`
  const note = error ?? help
  return h(
    'div',
    { class: `field${error == null ? '' : ' wrong'}` },
    h('label', { for: id.current }, label),
    children({ id: id.current, 'aria-describedby': note == null ? undefined : `${id.current}-note`, 'aria-invalid': error != null }),
    note != null && h('small', { id: `${id.current}-note`, role: error == null ? undefined : 'alert' }, note),
  )
}

export const textOf = (event: Event): string => (event.currentTarget as HTMLInputElement).value

/** A box that follows a signal of text. */
export const TextBox = ({ value, ...rest }: { value: Signal<string>; [attribute: string]: unknown }): View =>
  h('input', { type: 'text', ...rest, value: value.value, onInput: (event: Event) => void (value.value = textOf(event)) })
