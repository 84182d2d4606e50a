import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { readInput, splitPair } from '../command.ts'
import type { RunRequest, Runtime, SettingKey } from '../host-types.ts'
import type { Terminal } from '../terminal.ts'
import { parseSymbols, parseSymbolsFile } from './symbols.ts'

/** What commander makes of the flags of `run`; texts as typed. */
export interface RunFlags {
  symbols?: string
  symbolsFile?: string
  universe?: string
  dates?: string
  from?: string
  to?: string
  asOf?: string
  param?: string[]
  /** False with --no-prefilter. */
  prefilter: boolean
  minVolume?: string
  minPrice?: string
  maxPrice?: string
  limit?: string
  split?: 'auto' | 'always' | 'never'
  workers?: string
  timeout?: string
  symbolTimeoutMs?: string
  memoryMb?: string
  explore?: boolean
  forceFull?: boolean
  refresh?: boolean
}

/** Flags that stand for a setting. `perUnit` turns what is typed into the setting's unit. */
const SETTING_FLAGS: { flag: string; name: keyof RunFlags; key: SettingKey; perUnit?: number; unit?: string }[] = [
  { flag: '--min-volume', name: 'minVolume', key: 'prefilter.minVolume' },
  { flag: '--min-price', name: 'minPrice', key: 'prefilter.minPrice' },
  { flag: '--max-price', name: 'maxPrice', key: 'prefilter.maxPrice' },
  { flag: '--limit', name: 'limit', key: 'prefilter.limit' },
  { flag: '--workers', name: 'workers', key: 'workers.count' },
  { flag: '--timeout', name: 'timeout', key: 'limits.timeoutMs', perUnit: 1_000, unit: 'seconds' },
  { flag: '--symbol-timeout-ms', name: 'symbolTimeoutMs', key: 'limits.symbolTimeoutMs' },
  { flag: '--memory-mb', name: 'memoryMb', key: 'limits.memoryMb' },
]

/**
 * The settings that flags give, by dotted key. They go to the host as settings, and into the request, where they win over
 * what the script asks for.
 * @throws flag_bad_value, config_bad_value naming the flag and its range
 */
export function settingsOfFlags(runtime: Runtime, flags: RunFlags): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  for (const { flag, name, key, perUnit, unit } of SETTING_FLAGS) {
    const text = flags[name] as string | undefined
    if (text === undefined) continue
    settings[key] = perUnit === undefined ? runtime.parseSettingText(key, text, flag) : scaled(runtime, flag, key, text, perUnit, unit!)
  }
  return settings
}

function scaled(runtime: Runtime, flag: string, key: SettingKey, text: string, perUnit: number, unit: string): unknown {
  const typed = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN
  try {
    return runtime.parseSettingText(key, String(Math.round(typed * perUnit)), flag)
  } catch (cause) {
    const allowed = runtime.settingInfo(key).allowed.replace('a whole number', 'a number of ' + unit)
      .replaceAll(/\d+/g, (number) => String(Number(number) / perUnit))
    throw new StrikescanError('flag_bad_value', { flag, value: JSON.stringify(text), allowed, hint: `${flag} sets ${key}.` }, { cause })
  }
}

/** The run that the flags ask for. Reads the symbols file; the script's bytes are given. @throws see the functions it calls */
export function requestOf(runtime: Runtime, terminal: Terminal, flags: RunFlags, script: { filename: string; source: Uint8Array }): RunRequest {
  const settings = settingsOfFlags(runtime, flags)
  return {
    ...script,
    ...universeOf(terminal, flags),
    ...datesOf(runtime, flags),
    params: paramsOf(flags.param),
    prefilter: prefilterOf(flags, settings),
    split: flags.split,
    limits: limitsOf(settings),
    explore: exploreOf(flags),
  }
}

/** @throws flags_exclude_each_other where a flag of the exploration comes without it */
function exploreOf({ explore, forceFull, refresh }: RunFlags): RunRequest['explore'] {
  if (explore === true) return { forceFull, refresh }
  const alone = forceFull ? '--force-full' : refresh ? '--refresh' : null
  if (alone !== null) throw new StrikescanError('flag_needed', { missing: '--explore', hint: `${alone} says how hits are explored: give --explore with it, or leave it out.` })
  return undefined
}

function universeOf(terminal: Terminal, flags: RunFlags): Pick<RunRequest, 'symbols' | 'universe'> {
  const given = [
    ['--symbols', flags.symbols],
    ['--symbols-file', flags.symbolsFile],
    ['--universe', flags.universe],
  ].filter(([, value]) => value !== undefined)
  exclude(given.map(([flag]) => flag!), 'Name the symbols in one way.')
  if (flags.symbols !== undefined) return { symbols: parseSymbols(flags.symbols) }
  if (flags.symbolsFile !== undefined) {
    return { symbols: parseSymbolsFile(flags.symbolsFile, readInput(terminal, 'The symbols file', flags.symbolsFile)) }
  }
  return flags.universe === undefined ? {} : { universe: 'all' }
}

function datesOf(runtime: Runtime, flags: RunFlags): Pick<RunRequest, 'dates' | 'from' | 'to' | 'asOf'> {
  if (flags.dates !== undefined) {
    exclude(['--dates', ...(flags.from === undefined ? [] : ['--from']), ...(flags.to === undefined ? [] : ['--to'])], 'Name the dates in one way.')
  }
  const check = (flag: string, text: string): string => {
    if (!Number.isNaN(runtime.dayFromIso(text))) return text
    throw badFlag(flag, text, 'a date such as 2026-11-20', 'Dates are ISO: year, month, day.')
  }
  const one = (flag: string, text: string | undefined): string | undefined => (text === undefined ? undefined : check(flag, text.trim()))
  const dates = flags.dates?.split(',').map((text) => text.trim()).filter((text) => text !== '').map((text) => check('--dates', text))
  if (dates?.length === 0) throw badFlag('--dates', flags.dates!, 'dates separated by commas', 'As in --dates 2026-11-19,2026-11-20.')
  const [from, to, asOf] = [one('--from', flags.from), one('--to', flags.to), one('--as-of', flags.asOf)]
  if (from === undefined && to !== undefined) throw new StrikescanError('flag_needed', { missing: '--from', hint: '--to ends a range that --from begins.' })
  if (from !== undefined && to !== undefined && from > to) throw badFlag('--from', from, `no later than --to ${to}`, 'Swap the two.')
  return { dates, from, to, asOf }
}

/** Values of --param: JSON where they are JSON (`0.03`, `true`, `"3"`), else text. @throws flag_bad_value */
function paramsOf(texts: string[] = []): Record<string, unknown> | undefined {
  if (texts.length === 0) return undefined
  const params = new Map<string, unknown>()
  for (const text of texts) {
    const [key, value] = splitPair('--param', text, 'a name and its value, as in minGap=0.03')
    if (params.has(key)) throw badFlag('--param', text, 'the only one of its name', `${key} is given twice: keep one.`)
    const parsed = valueOf(value)
    if (parsed === Infinity || parsed === -Infinity) throw badFlag('--param', text, 'a finite number', 'Numbers go to about 1.8e308.')
    params.set(key, parsed)
  }
  return Object.fromEntries(params)
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function prefilterOf(flags: RunFlags, settings: Record<string, unknown>): RunRequest['prefilter'] {
  const own = Object.entries(settings).filter(([key]) => key.startsWith('prefilter.'))
  if (flags.prefilter) return own.length === 0 ? undefined : Object.fromEntries(own.map(([key, value]) => [key.slice('prefilter.'.length), value]))
  if (own.length > 0) {
    const flag = SETTING_FLAGS.find(({ key }) => key === own[0]![0])!.flag
    exclude(['--no-prefilter', flag], 'Without the prefilter there is nothing for its numbers to do.')
  }
  return false
}

function limitsOf(settings: Record<string, unknown>): RunRequest['limits'] {
  const limits: Record<string, unknown> = {}
  for (const name of ['timeoutMs', 'symbolTimeoutMs', 'memoryMb']) {
    if (settings[`limits.${name}`] !== undefined) limits[name] = settings[`limits.${name}`]
  }
  if (typeof settings['workers.count'] === 'number') limits['workers'] = settings['workers.count']
  return Object.keys(limits).length === 0 ? undefined : (limits as RunRequest['limits'])
}

/** @throws flags_exclude where more than one is given */
export function exclude(flags: string[], hint: string): void {
  if (flags.length > 1) throw new StrikescanError('flags_exclude', { first: flags[0]!, second: flags[1]!, hint })
}

function badFlag(flag: string, value: string, allowed: string, hint: string): StrikescanError {
  return new StrikescanError('flag_bad_value', { flag, value: JSON.stringify(value), allowed, hint })
}
