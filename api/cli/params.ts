import { oneLine } from './text.ts'

/** A parameter of a scanner as reports and lists have it. */
interface ShownParam {
  readonly name: string
  readonly default: unknown
  readonly min?: number
  readonly max?: number
  readonly options?: readonly string[]
  readonly help?: string
}

/** `parameter minGap = 0.03 (from 0.005 to 0.5): gap over the previous close`. */
export function paramLine(param: ShownParam): string {
  return `parameter ${oneLine(param.name)} = ${JSON.stringify(param.default)}${rangeOf(param)}${param.help ? `: ${oneLine(param.help)}` : ''}`
}

function rangeOf({ min, max, options }: ShownParam): string {
  if (options) return ` (one of ${options.map(oneLine).join(', ')})`
  if (min === undefined && max === undefined) return ''
  return ` (${min === undefined ? '' : `from ${min}`}${min !== undefined && max !== undefined ? ' ' : ''}${max === undefined ? '' : `to ${max}`})`
}
