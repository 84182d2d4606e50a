import { unpackFiles } from '../intake/archive.ts'
import { createCodeFrames } from '../intake/code-frame.ts'
import type { InjectionPlan } from '../intake/plan.ts'
import { createPositionMapper } from '../intake/positions.ts'
import type { LocateFault } from './outcome.ts'

/** Finds the first frame of a stack that lies in the author's file, in the author's own lines and columns. */
export function faultLocator(plan: InjectionPlan, authorText: string): LocateFault {
  const toAuthor = createPositionMapper(plan)
  const frameAt = createCodeFrames(authorText)
  const place = new RegExp(`${RegExp.escape(plan.filename)}:(\\d{1,7}):(\\d{1,7})`)
  return (stack) => {
    const found = place.exec(stack)
    if (found === null) return null
    // Engines count columns from 1, source maps from 0.
    const { line, column } = toAuthor(Number(found[1]), Number(found[2]) - 1)
    const frame = frameAt(line, column + 1)
    return frame === null ? null : { line, column: column + 1, frame }
  }
}

/** The text of the file that runs; a script of several files is a tar with that one first. */
export function authorText(source: Uint8Array): string {
  return new TextDecoder().decode(unpackFiles(source)?.[0]?.bytes ?? source)
}
