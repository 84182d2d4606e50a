import type { ParamValues } from './params-form.ts'
import type { PrefilterValues } from './prefilter-form.ts'

/** A run as the form has it. */
export interface RunForm {
  readonly scannerId: string
  readonly universe: 'script' | 'all' | 'list'
  readonly symbols: readonly string[]
  readonly dates: 'script' | 'last' | 'list' | 'range'
  readonly dateList: readonly string[]
  readonly from: string
  readonly to: string
  readonly params: ParamValues
  /** What was changed of the screen; false for none at all. */
  readonly prefilter: Partial<PrefilterValues> | false
  /** As typed; empty for the setting. */
  readonly limits: { readonly timeoutS: string; readonly symbolTimeoutMs: string; readonly memoryMb: string; readonly workers: string }
  readonly explores: boolean
  readonly forceFull: boolean
  readonly lastSession: string | null
}

/** The body of `POST /api/runs` for a form: what is left to the script or the settings is not in it. */
export function runRequest(form: RunForm): Record<string, unknown> {
  const { timeoutS, symbolTimeoutMs, memoryMb, workers } = form.limits
  const limits = {
    ...(timeoutS !== '' && { timeoutMs: Number(timeoutS) * 1_000 }), ...(symbolTimeoutMs !== '' && { symbolTimeoutMs: Number(symbolTimeoutMs) }),
    ...(memoryMb !== '' && { memoryMb: Number(memoryMb) }), ...(workers !== '' && { workers: Number(workers) }),
  }
  return {
    scannerId: form.scannerId,
    ...(form.universe === 'all' && { universe: 'all' }),
    ...(form.universe === 'list' && { symbols: form.symbols }),
    ...(form.dates === 'last' && form.lastSession !== null && { dates: [form.lastSession] }),
    ...(form.dates === 'list' && { dates: form.dateList }),
    ...(form.dates === 'range' && { ...(form.from !== '' && { from: form.from }), ...(form.to !== '' && { to: form.to }) }),
    ...(Object.keys(form.params).length > 0 && { params: form.params }),
    ...((form.prefilter === false || Object.keys(form.prefilter).length > 0) && { prefilter: form.prefilter }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(form.explores && { explore: form.forceFull ? { forceFull: true } : true }),
  }
}

/** Dates in a text as people type it. */
export const datesIn = (text: string): string[] => [...new Set(text.match(/\d{4}-\d{2}-\d{2}/g) ?? [])]
