import type { Config } from '../config/load.ts'
import type { Settings } from '../config/schema.ts'
import type { PrefilterSettings } from '../scan/run.ts'

const NAMES = ['minVolume', 'minPrice', 'maxPrice', 'limit', 'activateAbove', 'window'] as const

/** The prefilter's settings in force before a scanner or a caller says anything. */
export function configuredPrefilter(settings: Settings): PrefilterSettings {
  return Object.fromEntries(NAMES.map((name) => [name, settings[`prefilter.${name}`]])) as unknown as PrefilterSettings
}

/** Those of them that somebody chose, rather than defaults: what the operator chose beats what a scanner asks for. */
export function chosenPrefilter({ values, origins }: Config): Partial<PrefilterSettings> {
  const chosen = NAMES.filter((name) => !['default', 'preset'].includes(origins[`prefilter.${name}`].source))
  return Object.fromEntries(chosen.map((name) => [name, values[`prefilter.${name}`]]))
}
