import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { shownPath, systemProblem } from '../errors/system-problem.ts'
import type { Hardware } from './hardware.ts'
import { prepareHome } from './home.ts'
import { checkKey, checkSetting, keyOfVariable, parseSettingText, shown } from './parse.ts'
import { choosePreset, type PresetChoice, type PresetName } from './presets.ts'
import { SETTING_KEYS, settingInfo, settingsSchema, type RawSettings, type SettingKey, type Settings } from './schema.ts'

const SOURCES = ['default', 'preset', 'file', 'environment', 'command line'] as const

/** Where a setting's value comes from: `where` names the file, the variable or the flag, or says why it was chosen. */
export interface Origin {
  source: (typeof SOURCES)[number]
  where: string
}

/** The settings in force. */
export interface Config {
  values: Settings
  origins: Record<SettingKey, Origin>
  preset: PresetChoice
}

export interface ConfigSources {
  /** The settings file: its path and text, or null where there is none. */
  file: { path: string; text: string } | null
  env: Record<string, string | undefined>
  /** Settings that `--set` names, by dotted key. */
  set?: Record<string, string> | undefined
  /** Settings from flags of their own by dotted key, which win over `set`; text is parsed, other values are checked. */
  overrides: Record<string, unknown>
  hardware: Hardware
}

/** Variables with our prefix that are no settings. */
const OTHER_VARIABLES = new Set(['STRIKESCAN_HOME'])

/**
 * Settings from all sources, later ones winning: defaults, preset, file, environment, command line. Pure.
 * @throws config_unknown_key, config_bad_value, config_given_twice, config_broken_file, config_conflict
 */
export function loadConfig(sources: ConfigSources): Config {
  const given = new Map<SettingKey, { value: unknown; origin: Origin }>()
  const give = (key: SettingKey, value: unknown, source: Origin['source'], where: string) =>
    given.set(key, { value, origin: { source, where } })

  if (sources.file) {
    const { path, text } = sources.file
    for (const [key, value] of settingsOfFile(path, text)) give(key, checkSetting(key, value, path), 'file', path)
  }
  for (const [variable, text] of Object.entries(sources.env)) {
    // An empty variable counts as one that is not set, as is usual in shells.
    if (!variable.startsWith('STRIKESCAN_') || OTHER_VARIABLES.has(variable) || !text) continue
    const key = keyOfVariable(variable)
    give(key, parseSettingText(key, text, variable), 'environment', variable)
  }
  for (const [name, text] of Object.entries(sources.set ?? {})) {
    const key = checkKey(name, '--set')
    give(key, parseSettingText(key, text, `--set ${key}`), 'command line', `--set ${key}`)
  }
  for (const [name, value] of Object.entries(sources.overrides)) {
    if (value === undefined) continue
    const key = checkKey(name, 'the command line')
    const where = settingInfo(key).flag ?? key
    give(key, typeof value === 'string' ? parseSettingText(key, value, where) : checkSetting(key, value, where), 'command line', where)
  }
  return assemble(given, sources.hardware)
}

function assemble(given: Map<SettingKey, { value: unknown; origin: Origin }>, hardware: Hardware): Config {
  const preset = choosePreset((given.get('preset')?.value ?? 'auto') as 'auto' | PresetName, hardware)
  const values: Record<string, unknown> = settingsSchema.parse({})
  const origins = {} as Record<SettingKey, Origin>
  for (const key of SETTING_KEYS) {
    origins[key] = { source: 'default', where: 'built in' }
  }
  for (const choice of preset.choices) {
    values[choice.key] = choice.value
    origins[choice.key] = { source: 'preset', where: `${preset.name}: ${choice.why}` }
  }
  for (const [key, { value, origin }] of given) {
    // An explicit `auto` asks for what the preset chose.
    if (value === 'auto' && key === 'workers.count') continue
    values[key] = value
    origins[key] = origin
  }
  if (origins.preset.source === 'default') origins.preset = { source: 'default', where: preset.why }
  const config = { values: values as RawSettings as Settings, origins, preset }
  for (const relation of RELATIONS) relate(config, relation)
  return config
}

interface Relation {
  lesser: SettingKey
  greater: SettingKey
  /** The side that follows where nobody set it. */
  follows: 'lesser' | 'greater' | 'neither'
}

const RELATIONS: Relation[] = [
  { lesser: 'prefilter.minPrice', greater: 'prefilter.maxPrice', follows: 'neither' },
  { lesser: 'limits.symbolTimeoutMs', greater: 'limits.timeoutMs', follows: 'lesser' },
  { lesser: 'batch.targetMs', greater: 'limits.timeoutMs', follows: 'lesser' },
  { lesser: 'limits.memoryMb', greater: 'memory.softMb', follows: 'greater' },
  { lesser: 'explore.requestTimeoutMs', greater: 'explore.tickerTimeoutMs', follows: 'lesser' },
]

/** Holds `lesser <= greater`: a side that nobody set gives way, two sides that were set are an error. */
function relate(config: Config, { lesser, greater, follows }: Relation): void {
  const values = config.values as unknown as Record<SettingKey, number>
  if (values[lesser] <= values[greater]) return
  const wasSet = (key: SettingKey) => !['default', 'preset'].includes(config.origins[key].source)
  const way = follows === 'greater' && wasSet(greater) && !wasSet(lesser) ? 'lesser' : follows
  const [yielding, fixed] = way === 'lesser' ? [lesser, greater] : [greater, lesser]
  if (way !== 'neither' && !wasSet(yielding)) {
    const verb = way === 'lesser' ? 'lowered' : 'raised'
    values[yielding] = values[fixed]
    config.origins[yielding] = { ...config.origins[yielding], where: `${verb} to ${fixed} (${nameOf(config, fixed)})` }
    return
  }
  throw new StrikescanError('config_conflict', {
    lesser,
    lesserValue: values[lesser],
    lesserWhere: nameOf(config, lesser),
    greater,
    greaterValue: values[greater],
    greaterWhere: nameOf(config, greater),
  })
}

function nameOf(config: Config, key: SettingKey): string {
  const { source, where } = config.origins[key]
  return source === 'default' || source === 'preset' ? source : where
}

/** Settings of the file's JSON, which may nest (`{"prefilter": {"limit": 50}}`) or not (`{"prefilter.limit": 50}`). */
function settingsOfFile(path: string, text: string): Map<SettingKey, unknown> {
  const found = new Map<SettingKey, unknown>()
  const visit = (value: unknown, prefix: string): void => {
    for (const [name, inner] of Object.entries(value as object)) {
      const full = prefix === '' ? name : `${prefix}.${name}`
      const nests = typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      if (nests && SETTING_KEYS.some((key) => key.startsWith(`${full}.`))) {
        visit(inner, full)
        continue
      }
      const key = checkKey(full, path)
      if (found.has(key)) throw new StrikescanError('config_given_twice', { where: path, key })
      found.set(key, inner)
    }
  }
  visit(objectOfFile(path, text), '')
  return found
}

function objectOfFile(path: string, text: string): object {
  let parsed: unknown
  try {
    // Editors on Windows like to begin files with a byte order mark.
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new StrikescanError('config_broken_file', { file: path, problem: (cause as Error).message.replaceAll(/\s+/g, ' ') }, { cause })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new StrikescanError('config_broken_file', { file: path, problem: `it holds ${shown(parsed)}` })
  }
  return parsed
}

const settingsFile = (home: string): string => join(home, 'config.json')

/** The settings file of a state folder, or null where there is none. @throws config_unreadable_file */
export function readSettingsFile(home: string): ConfigSources['file'] {
  const path = settingsFile(home)
  try {
    return { path, text: readFileSync(path, 'utf8') }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new StrikescanError('config_unreadable_file', { file: shownPath(path), problem: systemProblem(cause) }, { cause })
  }
}

/**
 * Writes a settings file that holds the preset and nothing else, so that everything else keeps to its defaults.
 * @throws config_file_exists, config_unwritable_file
 */
export function writeSettingsFile(home: string, preset: 'auto' | PresetName, overwrite: boolean): string {
  const path = settingsFile(home)
  if (existsSync(path) && !overwrite) throw new StrikescanError('config_file_exists', { file: path })
  prepareHome(home)
  try {
    writeFileSync(path, `${JSON.stringify({ preset }, null, 2)}\n`)
  } catch (cause) {
    throw new StrikescanError('config_unwritable_file', { file: shownPath(path), problem: systemProblem(cause) }, { cause })
  }
  return path
}
