import { describeError, type ErrorValues } from '../errors/strikescan-error.ts'
import type { ErrorCode } from '../errors/registry.ts'
import type { Diagnostic } from '../scan/run.ts'

/** Diagnostics past this number per code are counted in the last one of that code. */
const MAX_PER_CODE = 20

/** A place in the author's file: both count from 1. */
export interface Place {
  line: number
  column: number
}

/** One entry of an intake report from the registry's texts. */
export function diagnostic(severity: Diagnostic['severity'], code: ErrorCode, values: ErrorValues = {}, place: Place | null = null): Diagnostic {
  return { severity, ...describeError(code, shorten(values)), line: place?.line ?? null, column: place?.column ?? null }
}

/** Values come from the uploaded text: none may make a message long. */
function shorten(values: ErrorValues): ErrorValues {
  const entries = Object.entries(values).map(([name, value]) => {
    if (typeof value !== 'string' || value.length <= 300) return [name, value] as const
    return [name, `${value.slice(0, 299)}…`] as const
  })
  return Object.fromEntries(entries)
}

const RANK = { error: 0, warning: 1, info: 2 }

/** Errors first, then by place; repeats of one code are capped and the rest counted. */
export function arrangeDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sorted = diagnostics.toSorted((a, b) => RANK[a.severity] - RANK[b.severity] || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
  const counts = new Map<string, number>()
  const kept: Diagnostic[] = []
  for (const entry of sorted) {
    const count = (counts.get(entry.code) ?? 0) + 1
    counts.set(entry.code, count)
    if (count <= MAX_PER_CODE) kept.push(entry)
  }
  const lastOfCode = new Map(kept.map((entry) => [entry.code, entry]))
  return kept.map((entry) => {
    const total = counts.get(entry.code) ?? 0
    const isLast = total > MAX_PER_CODE && lastOfCode.get(entry.code) === entry
    return isLast ? { ...entry, message: `${entry.message} (${total - MAX_PER_CODE} more like this.)` } : entry
  })
}
