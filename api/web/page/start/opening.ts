import type { Market, RunAsked, Scanner } from '../server/types.ts'
import type { RunForm } from './run-request.ts'

/** What the form opens with for a scanner that is run afresh: its own symbols and dates, else the whole market on its last session. */
export function freshForm(scanner: Scanner): RunForm {
  return {
    universe: scanner.symbols.count > 0 ? 'script' : 'all',
    list: '',
    dates: scanner.dates.values.length > 0 ? 'script' : 'last',
    dateText: '',
    from: '',
    to: '',
    asOf: '',
    params: {},
    usesPrefilter: true,
    prefilter: {},
    timeoutS: '',
    symbolTimeoutMs: '',
    memoryMb: '',
    workers: '',
    split: 'auto',
    explores: false,
    forceFull: false,
    refresh: false,
  }
}

/**
 * What it opens with to ask again for what a run was asked for. Another scanner takes of the parameters what it declares
 * itself.
 * @param ranAsOf the last date of that run, where it came to have one
 */
export function formAgain(asked: RunAsked, ranAsOf: string | null, scanner: Scanner, market: Pick<Market, 'lastDate'>): RunForm {
  const { symbols, universe, params = {}, prefilter, limits = {}, split, explore, asOf } = asked
  const { forceFull = false, refresh = false } = typeof explore === 'object' ? explore : {}
  const isSame = scanner.id === asked.scannerId
  return {
    ...freshForm(scanner),
    ...(universe === 'all'
      ? { universe: 'all' as const }
      : symbols !== undefined && { universe: 'list' as const, list: symbols.join(' ') }),
    ...datesAgain(asked, ranAsOf, scanner, market),
    asOf: asOf ?? '',
    params: Object.fromEntries(Object.entries(params).filter(([name]) => isSame || scanner.params.some((param) => param.name === name))),
    usesPrefilter: prefilter !== false,
    prefilter: prefilter === false ? {} : (JSON.parse(JSON.stringify(prefilter ?? {})) as RunForm['prefilter']),
    timeoutS: textOf(limits.timeoutMs === undefined ? undefined : limits.timeoutMs / 1_000),
    symbolTimeoutMs: textOf(limits.symbolTimeoutMs),
    memoryMb: textOf(limits.memoryMb),
    workers: textOf(limits.workers),
    split: split ?? 'auto',
    explores: explore !== undefined && explore !== false,
    forceFull,
    refresh,
  }
}

function datesAgain(
  { dates, from, to, asOf }: RunAsked,
  ranAsOf: string | null,
  scanner: Scanner,
  { lastDate }: Pick<Market, 'lastDate'>,
): Partial<RunForm> {
  if (from !== undefined || to !== undefined) return { dates: 'range', from: from ?? '', to: to ?? '' }
  // The last session of then may not be the last one now.
  const ranOn = dates ?? (asOf !== undefined || ranAsOf === null || scanner.dates.values.length > 0 ? [] : [ranAsOf])
  if (ranOn.length === 0) return {}
  return ranOn.length === 1 && ranOn[0] === lastDate && asOf === undefined
    ? { dates: 'last' }
    : { dates: 'list', dateText: ranOn.join(' ') }
}

const textOf = (value: number | undefined): string => (value === undefined ? '' : String(value))
