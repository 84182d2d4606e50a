/** Places of a slider that moves by equal factors. */
export const STEPS = 100

/** The number at a slider's place, at two digits so that it can be read. */
export function atStep(from: number, to: number, step: number): number {
  return Number((from * (to / from) ** (step / STEPS)).toPrecision(2))
}

/** The place of a number on the slider, at its nearer end where it is beyond. */
export const stepAt = (from: number, to: number, value: number): number =>
  Math.round((STEPS * Math.log(Math.max(from, Math.min(to, value)) / from)) / Math.log(to / from))
