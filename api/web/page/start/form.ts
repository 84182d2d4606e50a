import { signal, type Signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'

import type { Market, Scanner } from '../server/types.ts'
import { datesIn, type RunForm } from './run-request.ts'
import { symbolsIn } from './symbol-list.ts'

/** The fields of the form, each a signal. */
export type FormSignals = { readonly [Name in keyof RunForm]: Signal<RunForm[Name]> }

/** A form that opens with some values, anew for each `key`. */
export const useForm = (first: () => RunForm, key: string): FormSignals =>
  useMemo(() => Object.fromEntries(Object.entries(first()).map(([name, value]) => [name, signal(value)])) as unknown as FormSignals, [key])

/** The form as it stands. Whoever asks while it is shown hears of every change. */
export const formNow = (form: FormSignals): RunForm =>
  Object.fromEntries(Object.entries(form).map(([name, { value }]) => [name, value])) as unknown as RunForm

/** Of a range of dates, what are sessions as a rule. */
const SESSIONS_A_WEEK = 5
const DAY_MS = 86_400_000

/** Symbols asked for. */
export const askedFor = ({ universe, list }: RunForm, scanner: Scanner, market: Market): number =>
  universe === 'all' ? market.symbols : universe === 'list' ? symbolsIn(list).length : scanner.symbols.count || market.symbols

/** Dates asked for, of a range about as many as there are sessions. */
export function datesAsked({ dates, dateText, from, to }: RunForm, scanner: Scanner, market: Market): number {
  if (dates === 'list') return Math.max(1, datesIn(dateText).length)
  if (dates === 'script') return Math.max(1, scanner.dates.values.length)
  if (dates === 'last') return 1
  const first = Date.parse(from === '' ? (market.firstDate ?? to) : from)
  const last = Date.parse(to === '' ? (market.lastDate ?? from) : to)
  return Math.max(1, Math.round((((last - first) / DAY_MS + 1) * SESSIONS_A_WEEK) / 7) || 1)
}

/** The body of the request for the funnel; empty where none is wanted. */
export function previewBody({ usesPrefilter, universe, list, prefilter, dates, dateText, to, asOf }: RunForm, scanner: Scanner): string {
  if (!usesPrefilter) return ''
  const symbols = universe === 'list' ? symbolsIn(list) : []
  if (universe === 'list' && symbols.length === 0) return ''
  const named = universe === 'all' ? { universe } : universe === 'list' ? { symbols } : {}
  const last =
    dates === 'list'
      ? datesIn(dateText).toSorted().at(-1)
      : dates === 'range' && to !== ''
        ? to
        : dates === 'script'
          ? scanner.dates.values.toSorted().at(-1)
          : asOf === ''
            ? undefined
            : asOf
  return JSON.stringify({ scannerId: scanner.id, ...named, ...(last !== undefined && { asOf: last }), prefilter })
}
