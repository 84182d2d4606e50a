import { z } from 'zod'

/** What a setting carries beside its type: `unit` of the number, the command line's own `flag` where there is one. */
interface SettingNotes {
  help: string
  unit?: string
  flag?: string
}

const MEBIBYTE = 1_048_576

const setting = <T extends z.ZodType>(type: T, fallback: z.input<T>, notes: SettingNotes) =>
  type.prefault(fallback as never).meta({ ...notes })

const whole = (min: number, max: number) => z.int().min(min).max(max)
const amount = (min: number, max: number) => z.number().min(min).max(max)

/** Every setting: type, range, default, unit and help. Keys are dotted; a change here is all that a new setting needs. */
export const settingsSchema = z.strictObject({
  preset: setting(z.enum(['auto', 'laptop', 'workstation', 'server']), 'auto', {
    help: 'what to make of this machine; auto chooses from its cores and memory',
  }),

  'prefilter.minVolume': setting(amount(0, 1e12), 1_000_000, {
    unit: 'shares/day', flag: '--min-volume', help: 'a symbol is kept where its mean volume over the window is above this',
  }),
  'prefilter.minPrice': setting(amount(0, 1e9), 1, {
    unit: 'dollars', flag: '--min-price', help: 'lowest last close that is kept',
  }),
  'prefilter.maxPrice': setting(amount(0, 1e9), 500, {
    unit: 'dollars', flag: '--max-price', help: 'highest last close that is kept',
  }),
  'prefilter.limit': setting(whole(1, 1_000_000), 300, {
    unit: 'symbols', flag: '--limit', help: 'most symbols kept, by mean dollar volume over the window',
  }),
  'prefilter.activateAbove': setting(whole(0, 1_000_000), 100, {
    unit: 'symbols', help: 'the prefilter applies where more symbols than this are asked for',
  }),
  'prefilter.window': setting(whole(1, 1_000), 20, {
    unit: 'sessions', help: 'sessions that means are taken over',
  }),

  'limits.timeoutMs': setting(whole(100, 86_400_000), 180_000, {
    unit: 'ms', flag: '--timeout', help: 'longest that a run may take',
  }),
  'limits.symbolTimeoutMs': setting(whole(1, 86_400_000), 5_000, {
    unit: 'ms', flag: '--symbol-timeout-ms', help: 'longest that the script may take for one symbol',
  }),
  'limits.memoryMb': setting(whole(128, 1_048_576), 512, {
    unit: 'MB', flag: '--memory-mb', help: 'hard limit of one worker process: above it the worker is killed',
  }),
  'memory.softMb': setting(whole(128, 16_777_216), 1_536, {
    unit: 'MB', help: 'soft limit of all worker processes together: above it they collect garbage, then are recycled',
  }),
  'workers.count': setting(z.union([z.literal('auto'), whole(1, 1_024)]), 'auto', {
    unit: 'processes', flag: '--workers', help: 'worker processes; auto is one per core that this machine grants',
  }),

  'batch.targetMs': setting(whole(1, 60_000), 250, {
    unit: 'ms', help: 'batches are sized to take about this long',
  }),
  'batch.maxSymbols': setting(whole(1, 10_000), 250, {
    unit: 'symbols', help: 'most symbols in one batch',
  }),

  'intake.maxBytes': setting(whole(1, 64 * MEBIBYTE), MEBIBYTE, {
    unit: 'bytes', help: 'largest script that is accepted',
  }),
  'intake.deadlineMs': setting(whole(100, 600_000), 10_000, {
    unit: 'ms', help: 'longest that parsing and bundling a script may take',
  }),
  'imports.allow': setting(z.array(z.string().min(1)), ['technicalindicators'], {
    unit: 'package names', help: 'packages that a script may import',
  }),

  'row.maxBytes': setting(whole(256, 4 * MEBIBYTE), 65_536, {
    unit: 'bytes', help: 'largest value a script may return for one row, as JSON',
  }),
  'log.maxBytes': setting(whole(0, 1_024 * MEBIBYTE), MEBIBYTE, {
    unit: 'bytes', help: 'log text kept per run; what is beyond is counted and said',
  }),
  'log.maxLines': setting(whole(0, 10_000_000), 10_000, {
    unit: 'lines', help: 'log lines kept per run; what is beyond is counted and said',
  }),

  'market.simulatedSeed': setting(whole(0, 4_294_967_295), 1, {
    help: 'seed of the simulated market: the same seed gives the same bars',
  }),
  'market.simulatedSymbols': setting(whole(1, 100_000), 5_000, {
    unit: 'symbols', help: 'size of the simulated market',
  }),
})

/** All settings by dotted key, each with its final value; `workers.count` may still be `auto`. */
export type RawSettings = z.output<typeof settingsSchema>
export type SettingKey = keyof RawSettings

/** All settings in force: `auto` has become a number of processes. */
export type Settings = Omit<RawSettings, 'workers.count'> & { 'workers.count': number }

export const SETTING_KEYS = Object.keys(settingsSchema.shape) as SettingKey[]
export const isSettingKey = (key: string): key is SettingKey => Object.hasOwn(settingsSchema.shape, key)

export interface SettingInfo {
  key: SettingKey
  default: unknown
  /** Empty where the setting has no unit. */
  unit: string
  help: string
  /** The flag of the command line that sets it, or null. */
  flag: string | null
  /** The environment variable that sets it: `STRIKESCAN_PREFILTER_MIN_VOLUME`. */
  variable: string
  /** What it may be, in words: `a whole number from 1 to 1000`. */
  allowed: string
}

/** What is known of a setting beside its value. */
export function settingInfo(key: SettingKey): SettingInfo {
  const type: z.ZodType = settingsSchema.shape[key]
  const notes = type.meta() as unknown as SettingNotes
  return {
    key,
    default: type.parse(undefined),
    unit: notes.unit ?? '',
    help: notes.help,
    flag: notes.flag ?? null,
    variable: variableOf(key),
    allowed: allowedInWords(z.toJSONSchema(type, { io: 'input' }) as JsonType),
  }
}

/** The environment variable of a setting: `prefilter.minVolume` is `STRIKESCAN_PREFILTER_MIN_VOLUME`. */
export function variableOf(key: string): string {
  return `STRIKESCAN_${key.replace(/([a-z])([A-Z])/g, '$1_$2').replaceAll('.', '_').toUpperCase()}`
}

interface JsonType {
  type?: string
  enum?: unknown[]
  const?: unknown
  minimum?: number
  maximum?: number
  anyOf?: JsonType[]
}

function allowedInWords(type: JsonType): string {
  if (type.anyOf) return type.anyOf.map(allowedInWords).join(' or ')
  if (type.const !== undefined) return `"${type.const}"`
  if (type.enum) return `one of ${type.enum.join(', ')}`
  if (type.type === 'array') return 'a list of names'
  const kind = type.type === 'integer' ? 'a whole number' : 'a number'
  return `${kind} from ${type.minimum} to ${type.maximum}`
}
