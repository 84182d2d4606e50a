import type { Funnel, PrefilterSettings } from '../scan/run.ts'

/**
 * The funnels of a run's dates as one: counts summed, applied where it was on any date; null for no funnel at all.
 * @throws RangeError where the funnels were made under different settings, which no run does.
 */
export function mergeFunnels(funnels: readonly Funnel[]): Funnel | null {
  const [first] = funnels
  if (!first) return null
  const removed = new Map<Funnel['steps'][number]['name'], number>()
  const merged = { settings: { ...first.settings }, applied: false, in: 0, kept: 0 }
  for (const funnel of funnels) {
    if (!sameSettings(first.settings, funnel.settings)) throw new RangeError('Funnels of different prefilter settings cannot be merged.')
    merged.applied ||= funnel.applied
    merged.in += funnel.in
    merged.kept += funnel.kept
    for (const step of funnel.steps) removed.set(step.name, (removed.get(step.name) ?? 0) + step.removed)
  }
  const { settings, applied, kept } = merged
  return { settings, applied, dates: funnels.length, in: merged.in, steps: [...removed].map(([name, count]) => ({ name, removed: count })), kept }
}

function sameSettings(one: PrefilterSettings, other: PrefilterSettings): boolean {
  return (Object.keys(one) as (keyof PrefilterSettings)[]).every((name) => one[name] === other[name])
}
