import { describe as describeValue, resolveValues, type ParamDescription } from '../../sdk/parameters.ts'
import { settingInfo, settingsSchema, type Settings } from '../config/schema.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { dayFromIso } from '../market/days.ts'
import type { Snapshot } from '../market/snapshot.ts'
import { configuredPrefilter } from '../prefilter/layers.ts'
import { resolvePrefilterSettings } from '../prefilter/settings.ts'
import type { IntakeReport, PrefilterSettings, RunRequest } from '../scan/run.ts'
import { distinctSymbols, resolveScope } from '../scan/scope.ts'

export interface RequestCheck {
  readonly request: Omit<RunRequest, 'filename' | 'source'>
  readonly report: IntakeReport
  /** The script itself. */
  readonly text: string
  readonly settings: Settings
  readonly chosenPrefilter: Partial<PrefilterSettings>
  /** The market of the run, null where it is yet to be made: the run then checks its dates itself. */
  readonly snapshot: Snapshot | null
}

/**
 * Refuses a request that could only fail, as the run itself would refuse it.
 * @throws dates_…, symbols_…, as_of_before_dates, rows_too_many, prefilter_…, param_invalid, params_not_declared, limit_bad_value
 */
export function checkRunRequest({ request, report, text, settings, chosenPrefilter, snapshot }: RequestCheck): void {
  checkNames(request)
  checkDates(request)
  checkLimits(request.limits ?? {})
  checkParams(report, text, request.params ?? {})
  if (request.prefilter !== false) resolvePrefilterSettings(configuredPrefilter(settings), chosenPrefilter, request.prefilter)
  if (snapshot === null) return
  const { symbols, dates } = report
  const declared = { symbols: symbols.declaredAs === null || symbols.count === 0 ? null : symbols.sample, dates: dates.values.length === 0 ? null : dates.values }
  resolveScope(request, declared, snapshot)
}

function checkNames({ symbols, universe }: RequestCheck['request']): void {
  if (symbols !== undefined && universe !== undefined) throw new StrikescanError('symbols_exclude')
  if (symbols !== undefined && distinctSymbols(symbols).length === 0) throw new StrikescanError('symbols_none')
}

function checkDates({ dates, from, to, asOf }: RequestCheck['request']): void {
  if (dates !== undefined && (from !== undefined || to !== undefined)) throw new StrikescanError('dates_exclude')
  for (const text of [...(dates ?? []).map((date) => date.trim()), from, to, asOf]) {
    if (text !== undefined && Number.isNaN(dayFromIso(text))) throw new StrikescanError('dates_invalid', { text: text.slice(0, 40) })
  }
  if (from !== undefined && to !== undefined && from > to) throw new StrikescanError('dates_inverted', { from, to })
}

const LIMITS = { timeoutMs: 'limits.timeoutMs', symbolTimeoutMs: 'limits.symbolTimeoutMs', memoryMb: 'limits.memoryMb', workers: 'workers.count' } as const

function checkLimits(limits: NonNullable<RunRequest['limits']>): void {
  for (const [name, key] of Object.entries(LIMITS)) {
    const value = limits[name as keyof typeof LIMITS]
    if (value === undefined || (typeof value === 'number' && settingsSchema.shape[key].safeParse(value).success)) continue
    throw new StrikescanError('limit_bad_value', { name, value: describeValue(value), allowed: settingInfo(key).allowed.replace('"auto" or ', '') })
  }
}

/** A spread, or a computed key: what it brings is not in the report. */
const HIDES_NAMES = /\.\.\.|\]\s*:/

/** Parameters that the text of the script shows; of others only running it tells. */
function checkParams({ pattern, params, filename }: IntakeReport, text: string, given: Record<string, unknown>): void {
  const names = Object.keys(given)
  if (names.length === 0) return
  if (pattern === 'script') throw new StrikescanError('params_not_declared', { file: filename, names: names.join(', ') })
  const descriptions = params.flatMap(descriptionOf)
  const known = names.filter((name) => descriptions.some((description) => description.name === name))
  // A name that the text does not show may still be one, unless all that there are were understood.
  const isComplete = pattern === 'defineScanner' && params.length > 0 && descriptions.length === params.length && !HIDES_NAMES.test(text)
  try {
    resolveValues(descriptions, isComplete ? given : Object.fromEntries(known.map((name) => [name, given[name]])))
  } catch (error) {
    throw new StrikescanError('param_invalid', { message: (error as Error).message }, { cause: error })
  }
}

function descriptionOf({ name, default: value, min, max, options, help }: IntakeReport['params'][number]): ParamDescription[] {
  const type = typeof value
  if (type !== 'number' && type !== 'boolean' && type !== 'string') return []
  const kind = options === undefined ? type : 'enum'
  return [{ name, type: kind, default: value, ...(min !== undefined && { min }), ...(max !== undefined && { max }), ...(options !== undefined && { options }), ...(help !== undefined && { help }) } as ParamDescription]
}
