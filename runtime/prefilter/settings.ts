import { StrikescanError } from '../errors/strikescan-error.ts'
import type { PrefilterSettings } from '../scan/run.ts'

type Rule = { readonly allowed: string; readonly holds: (value: number) => boolean }

const amount: Rule = { allowed: 'a number from 0 on', holds: (value) => Number.isFinite(value) && value >= 0 }
const count: Rule = { allowed: 'a whole number from 1 on', holds: (value) => Number.isSafeInteger(value) && value >= 1 }
const threshold: Rule = { allowed: 'a whole number from 0 on', holds: (value) => Number.isSafeInteger(value) && value >= 0 }

const RULES: Record<keyof PrefilterSettings, Rule> = {
  minVolume: amount,
  minPrice: amount,
  maxPrice: amount,
  limit: count,
  activateAbove: threshold,
  window: count,
}
const NAMES = Object.keys(RULES) as (keyof PrefilterSettings)[]

/**
 * The settings in force: each name from the last layer that gives it, undefined counting as not given.
 * @throws StrikescanError prefilter_unknown_setting, prefilter_bad_value, prefilter_missing_setting, prefilter_price_range.
 */
export function resolvePrefilterSettings(...layers: readonly (Partial<PrefilterSettings> | undefined)[]): PrefilterSettings {
  const given = new Map<string, unknown>()
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer ?? {})) if (value !== undefined) given.set(name, value)
  }
  const settings: Record<string, unknown> = {}
  for (const [name, value] of given) Object.defineProperty(settings, name, { value, enumerable: true, writable: true, configurable: true })
  return checkPrefilterSettings(settings)
}

/**
 * The settings as a fresh object in a fixed order of names, once every one is there and in its range.
 * @throws StrikescanError as resolvePrefilterSettings.
 */
export function checkPrefilterSettings(given: Readonly<Record<string, unknown>> | PrefilterSettings): PrefilterSettings {
  const values = given as Readonly<Record<string, unknown>>
  for (const name of Object.keys(values)) {
    if (!Object.hasOwn(RULES, name)) {
      throw new StrikescanError('prefilter_unknown_setting', { name: shorten(name), known: NAMES.join(', ') })
    }
  }
  const settings = {} as PrefilterSettings
  for (const name of NAMES) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    const { allowed, holds } = RULES[name]
    if (value === undefined) throw new StrikescanError('prefilter_missing_setting', { name, allowed })
    if (typeof value !== 'number' || !holds(value)) throw new StrikescanError('prefilter_bad_value', { name, value: show(value), allowed })
    settings[name] = value
  }
  const { minPrice, maxPrice } = settings
  if (minPrice > maxPrice) throw new StrikescanError('prefilter_price_range', { minPrice, maxPrice })
  return settings
}

function show(value: unknown): string {
  if (typeof value === 'string') return `"${shorten(value)}"`
  return typeof value === 'number' || value === null || typeof value === 'boolean' ? String(value) : `a value of type ${typeof value}`
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
