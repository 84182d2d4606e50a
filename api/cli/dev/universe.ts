import type { Host, RunRequest } from '../host-types.ts'

/**
 * The symbols that a save is tried on: the most traded ones of the market on the last of the dates, few enough that the
 * answer is there at once.
 * @param most how many at most
 */
export async function mostTraded(host: Pick<Host, 'previewPrefilter'>, most: number, { dates, to, asOf }: Pick<RunRequest, 'dates' | 'to' | 'asOf'>): Promise<string[]> {
  const last = dates?.toSorted().at(-1) ?? to ?? asOf
  const { kept } = await host.previewPrefilter({ universe: 'all', asOf: last, prefilter: { limit: most, activateAbove: 0, minVolume: 0, minPrice: 1, maxPrice: 1e9 } })
  return [...kept]
}
