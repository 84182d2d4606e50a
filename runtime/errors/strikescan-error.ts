import { registry, type ErrorCode } from './registry.ts'

export type ErrorValues = Record<string, string | number>

/** An error of the registry: one sentence in `message`, what to do about it in `hint`, the stable `code`, and whose fault it is. */
export class StrikescanError extends Error {
  readonly code: ErrorCode
  readonly hint: string
  readonly details: ErrorValues

  constructor(code: ErrorCode, values: ErrorValues = {}, options?: ErrorOptions) {
    super(fill(registry[code].message, values), options)
    this.name = 'StrikescanError'
    this.code = code
    this.hint = fill(registry[code].hint, values)
    this.details = values
  }

  /** `user`: the caller's input; `script`: the scanner; `system`: this machine or Strikescan itself. */
  get fault(): 'user' | 'script' | 'system' {
    return registry[this.code].fault
  }
}

/** The sentence and the hint of a code with `{name}` placeholders filled, without throwing: for rows and diagnostics. */
export function describeError(code: ErrorCode, values: ErrorValues = {}): { code: ErrorCode; message: string; hint: string } {
  return { code, message: fill(registry[code].message, values), hint: fill(registry[code].hint, values) }
}

/** What stands in files and requests may hold codes that a terminal obeys: they are shown as U+FFFD. */
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g

function fill(template: string, values: ErrorValues): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]).replace(CONTROLS, '\ufffd') : whole,
  )
}

/** The HTTP status of a request that fails with a code. */
export const statusOf = (code: ErrorCode): number => registry[code].status

/** Whose fault the error of a code is; one that the registry does not know is the system's. */
export const faultOf = (code: string): StrikescanError['fault'] =>
  Object.hasOwn(registry, code) ? registry[code as ErrorCode].fault : 'system'
