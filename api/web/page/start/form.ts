import { signal, type Signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'

import type { Market, Scanner } from '../server/types.ts'
import type { ParamValues } from './params-form.ts'
import type { PrefilterValues } from './prefilter-form.ts'
import { datesIn, type RunForm } from './run-request.ts'
import { symbolsIn } from './symbol-list.ts'

/** The fields of the form, each a signal, and what follows from them. */
export interface FormSignals {
  readonly universe: Signal<RunForm['universe']>
  readonly list: Signal<string>
  readonly dates: Signal<RunForm['dates']>
  readonly dateText: Signal<string>
  readonly from: Signal<string>
  readonly to: Signal<string>
  readonly params: Signal<ParamValues>
  readonly usesPrefilter: Signal<boolean>
  readonly prefilter: Signal<Partial<PrefilterValues>>
  readonly limits: Readonly<Record<keyof RunForm['limits'], Signal<string>>>
  readonly explores: Signal<boolean>
  readonly forceFull: Signal<boolean>
  read(): RunForm
  /** Symbols asked for. */
  asked(): number
  dateCount(market: Market): number
  /** The body of the request for the funnel; empty where none is wanted. */
  previewKey(): string
}

/** Of a range of dates, what are sessions as a rule. */
const SESSIONS_A_WEEK = 5
const DAY_MS = 86_400_000

export function useForm(scanner: Scanner, market: Market): FormSignals {
  return useMemo(() => newForm(scanner, market), [scanner.id, market.snapshot])
}

function newForm(scanner: Scanner, market: Market): FormSignals {
  const fields = {
    universe: signal<RunForm['universe']>(scanner.symbols.count > 0 ? 'script' : 'all'),
    list: signal(''),
    dates: signal<RunForm['dates']>(scanner.dates.values.length > 0 ? 'script' : 'last'),
    dateText: signal(''), from: signal(''), to: signal(''),
    params: signal<ParamValues>({}),
    usesPrefilter: signal(true),
    prefilter: signal<Partial<PrefilterValues>>({}),
    limits: { timeoutS: signal(''), symbolTimeoutMs: signal(''), memoryMb: signal(''), workers: signal('') },
    explores: signal(false), forceFull: signal(false),
  }
  const read = (): RunForm => ({
    scannerId: scanner.id,
    universe: fields.universe.value, symbols: symbolsIn(fields.list.value),
    dates: fields.dates.value, dateList: datesIn(fields.dateText.value), from: fields.from.value, to: fields.to.value,
    params: fields.params.value,
    prefilter: fields.usesPrefilter.value ? fields.prefilter.value : false,
    limits: { timeoutS: fields.limits.timeoutS.value, symbolTimeoutMs: fields.limits.symbolTimeoutMs.value, memoryMb: fields.limits.memoryMb.value, workers: fields.limits.workers.value },
    explores: fields.explores.value, forceFull: fields.forceFull.value,
    lastSession: market.lastDate,
  })
  return { ...fields, read, asked: () => askedFor(read(), scanner, market), dateCount: (there) => datesOf(read(), scanner, there), previewKey: () => previewOf(read(), scanner) }
}

const askedFor = ({ universe, symbols }: RunForm, scanner: Scanner, market: Market): number => (universe === 'all' ? market.symbols : universe === 'list' ? symbols.length : scanner.symbols.count || market.symbols)

function datesOf({ dates, dateList, from, to }: RunForm, scanner: Scanner, market: Market): number {
  if (dates === 'list') return Math.max(1, dateList.length)
  if (dates === 'script') return Math.max(1, scanner.dates.values.length)
  if (dates === 'last') return 1
  const first = Date.parse(from === '' ? (market.firstDate ?? to) : from)
  const last = Date.parse(to === '' ? (market.lastDate ?? from) : to)
  return Math.max(1, Math.round((((last - first) / DAY_MS + 1) * SESSIONS_A_WEEK) / 7) || 1)
}

function previewOf({ scannerId, universe, symbols, prefilter, dates, dateList, to }: RunForm, scanner: Scanner): string {
  if (prefilter === false) return ''
  const named = universe === 'all' ? { universe } : universe === 'list' ? { symbols } : {}
  if (universe === 'list' && symbols.length === 0) return ''
  const asOf = dates === 'list' ? dateList.toSorted().at(-1) : dates === 'range' && to !== '' ? to : dates === 'script' ? scanner.dates.values.toSorted().at(-1) : undefined
  return JSON.stringify({ scannerId, ...named, ...(asOf !== undefined && { asOf }), prefilter })
}
