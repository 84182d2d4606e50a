import { GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import type { InjectionPlan } from './plan.ts'

/** Takes a place in the code that runs (`line` from 1, `column` from 0) to the author's text, in the same counts. */
export type PositionMapper = (line: number, column: number) => { line: number; column: number }

/** The mapper of a plan: through the source map for TypeScript, unchanged for JavaScript. A place that maps nowhere stays as it is. */
export function createPositionMapper(plan: Pick<InjectionPlan, 'sourceMap'>): PositionMapper {
  if (plan.sourceMap === null) return (line, column) => ({ line, column })
  const map = new TraceMap(plan.sourceMap)
  return (line, column) => {
    if (line < 1 || column < 0) return { line, column }
    for (const bias of [GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND] as const) {
      const found = originalPositionFor(map, { line, column, bias })
      if (found.line !== null) return { line: found.line, column: found.column }
    }
    return { line, column }
  }
}
