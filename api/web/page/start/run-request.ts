import type { ParamValues } from './params-form.ts'
import type { PrefilterValues } from './prefilter-form.ts'
import { symbolsIn } from './symbol-list.ts'

/** The fields of the form; texts as typed. */
export interface RunForm {
  readonly universe: 'script' | 'all' | 'list'
  readonly list: string
  readonly dates: 'script' | 'last' | 'list' | 'range'
  readonly dateText: string
  readonly from: string
  readonly to: string
  /** The last date that may be seen; empty for the last of the dates. */
  readonly asOf: string
  readonly params: ParamValues
  readonly usesPrefilter: boolean
  /** What was changed of the screen. */
  readonly prefilter: Partial<PrefilterValues>
  /** Empty for the setting, as the next three. */
  readonly timeoutS: string
  readonly symbolTimeoutMs: string
  readonly memoryMb: string
  readonly workers: string
  readonly split: 'auto' | 'always' | 'never'
  readonly explores: boolean
  readonly forceFull: boolean
  readonly refresh: boolean
}

/** The body of `POST /api/runs` for a form: what is left to the script or the settings is not in it. */
export function runRequest(form: RunForm, scannerId: string, lastSession: string | null): Record<string, unknown> {
  const limits = limitsOf(form)
  const options = { ...(form.forceFull && { forceFull: true }), ...(form.refresh && { refresh: true }) }
  return {
    scannerId,
    ...(form.universe === 'all' && { universe: 'all' }),
    ...(form.universe === 'list' && { symbols: symbolsIn(form.list) }),
    // As of an earlier date, the last session is for the server to find.
    ...(form.dates === 'last' && form.asOf === '' && lastSession !== null && { dates: [lastSession] }),
    ...(form.dates === 'list' && { dates: datesIn(form.dateText) }),
    ...(form.dates === 'range' && { ...(form.from !== '' && { from: form.from }), ...(form.to !== '' && { to: form.to }) }),
    ...(form.asOf !== '' && { asOf: form.asOf }),
    ...(Object.keys(form.params).length > 0 && { params: form.params }),
    ...(!form.usesPrefilter ? { prefilter: false } : Object.keys(form.prefilter).length > 0 && { prefilter: form.prefilter }),
    ...(form.split !== 'auto' && { split: form.split }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(form.explores && { explore: Object.keys(options).length > 0 ? options : true }),
  }
}

const limitsOf = ({ timeoutS, symbolTimeoutMs, memoryMb, workers }: RunForm): Record<string, number> => ({
  ...(timeoutS !== '' && { timeoutMs: Math.round(Number(timeoutS) * 1_000) }),
  ...(symbolTimeoutMs !== '' && { symbolTimeoutMs: Number(symbolTimeoutMs) }),
  ...(memoryMb !== '' && { memoryMb: Number(memoryMb) }),
  ...(workers !== '' && { workers: Number(workers) }),
})

/** Dates in a text as people type it. */
export const datesIn = (text: string): string[] => [...new Set(text.match(/\d{4}-\d{2}-\d{2}/g) ?? [])]
