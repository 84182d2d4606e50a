import * as z from 'zod'

/** What a setting carries beside its type: `unit` of the number, the command line's own `flag` where there is one. */
interface SettingNotes {
  help: string
  unit?: string
  flag?: string
  /** What it may be, in words, where the type cannot say. */
  allowed?: string
  /** Never shown: the whole value, or the password in a URL. */
  secret?: true | 'password'
}

const MEBIBYTE = 1_048_576

const setting = <T extends z.ZodType>(type: T, fallback: z.input<T>, notes: SettingNotes) =>
  type.prefault(fallback as never).meta({ ...notes })

const whole = (min: number, max: number) => z.int().min(min).max(max)
const amount = (min: number, max: number) => z.number().min(min).max(max)
/** `https://scans.example.com`, with or without a port, and nothing behind it. */
const isWebOrigin = (text: string): boolean =>
  /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text.replace(/\/$/, '').toLowerCase()
const names = () => z.array(z.string().min(1))
/** Bounds of the four better liquidity classes, each worse than the one before. */
const risingBounds = () => z.array(z.coerce.number().min(0).max(10)).length(4).refine((bounds) => isSorted(bounds), 'rising')
const fallingBounds = () =>
  z.array(z.coerce.number().min(0).max(1e9)).length(4).refine((bounds) => isSorted(bounds.toReversed()), 'falling')
const isSorted = (numbers: readonly number[]): boolean => numbers.every((number, index) => index === 0 || numbers[index - 1]! <= number)
const SPREADS = 'four rising fractions, such as 0.02,0.05,0.1,0.25'
const CONTRACTS = 'four falling numbers, such as 2000,500,100,10'

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
  'batch.maxSymbols': setting(whole(1, 10_000), 500, {
    unit: 'symbols', help: 'most symbols in one batch',
  }),

  'queue.maxQueued': setting(whole(1, 100_000), 100, {
    unit: 'runs', help: 'most runs of the server that may wait; what comes after is refused until one starts',
  }),
  'queue.maxRunning': setting(z.union([z.literal('auto'), whole(1, 1_024)]), 'auto', {
    unit: 'runs', help: 'runs that the server carries out at once; auto is one per worker process, and more there never are',
  }),
  'spare.workers': setting(whole(0, 16), 2, {
    unit: 'processes', help: 'worker processes that the server keeps ready, so that a run need not wait for its first ones to start',
  }),
  'spare.intakes': setting(whole(0, 16), 1, {
    unit: 'processes', help: 'processes that the server keeps ready to read uploads, each for one upload',
  }),

  'intake.maxBytes': setting(whole(1, 64 * MEBIBYTE), MEBIBYTE, {
    unit: 'bytes', help: 'largest script that is accepted',
  }),
  'intake.deadlineMs': setting(whole(100, 600_000), 10_000, {
    unit: 'ms', help: 'longest that parsing and bundling a script may take',
  }),
  'imports.allow': setting(names(), ['technicalindicators'], {
    unit: 'package names', help: 'packages installed beside Strikescan that a script may import',
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
  'market.simulatedSymbols': setting(whole(1, 20_000), 5_000, {
    unit: 'symbols', help: 'size of the simulated market',
  }),

  'server.host': setting(z.string().regex(/^[\w.:%[\]-]+$/), '127.0.0.1', {
    flag: '--host', allowed: 'an address or a host name',
    help: 'address that the server listens on; any but a loopback address wants a token',
  }),
  'server.port': setting(whole(0, 65_535), 7_070, {
    flag: '--port', help: 'port that the server listens on; 0 takes any that is free',
  }),
  'server.token': setting(z.string().regex(/^[\x21-\x7e]*$/).max(4_096), '', {
    flag: '--token', allowed: 'letters, digits and marks without blanks', secret: true,
    help: 'what clients of the server have to show; none where empty',
  }),
  'server.publicUrls': setting(z.array(z.string().refine(isWebOrigin)), [], {
    unit: 'addresses', allowed: 'a list of web addresses such as https://scans.example.com',
    help: 'addresses that the server is also reached by, through a proxy; its pages may send requests',
  }),
  'server.maxBodyMb': setting(amount(0.001, 1_024), 16, {
    unit: 'MB', help: 'largest body of a request',
  }),
  'server.requestsPerMinute': setting(whole(0, 10_000_000), 6_000, {
    unit: 'requests', help: 'most requests a minute from one address; 0 for no limit',
  }),
  'server.maxConnections': setting(whole(1, 100_000), 2_048, {
    unit: 'connections', help: 'most connections at once, watchers of runs included',
  }),
  'server.watchers': setting(whole(1, 100_000), 2_000, {
    unit: 'watchers', help: 'most live streams at once; fewer than connections leave room for requests',
  }),
  'server.watchersPerRun': setting(whole(1, 100_000), 2_000, {
    unit: 'watchers', help: 'most live streams of one run',
  }),
  'server.liveTailMb': setting(amount(0.01, 1_024), 4, {
    unit: 'MB', help: 'latest events held for the watchers of one run; who is further behind gets them from the journal, joined',
  }),
  'server.requestTimeoutMs': setting(whole(100, 600_000), 30_000, {
    unit: 'ms', help: 'longest that a client may take to send a request',
  }),
  'server.drainMs': setting(whole(0, 600_000), 10_000, {
    unit: 'ms', help: 'longest that the server takes to end after SIGTERM; what runs then is resumed at the next start',
  }),
  'server.logLevel': setting(z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']), 'info', {
    flag: '--log-level', help: 'least severe log lines that the server writes',
  }),
  'server.examples': setting(z.enum(['auto', 'never']), 'auto', {
    help: 'whether a server over a new state folder uploads the examples and runs one',
  }),

  'explore.directions.bullish': setting(names(), ['Long Call', 'Call Debit Spread'], {
    unit: 'strategies', help: 'what a bullish hit that names no strategy is explored for; an empty list leaves such hits out',
  }),
  'explore.directions.bearish': setting(names(), ['Long Put', 'Put Debit Spread'], {
    unit: 'strategies', help: 'the same for a bearish hit',
  }),
  'explore.directions.neutral': setting(names(), ['Iron Condor'], {
    unit: 'strategies', help: 'the same for a neutral hit',
  }),
  'explore.horizon': setting(z.enum(['SHORT', 'MEDIUM', 'LEAP']), 'SHORT', {
    help: 'days to expiration to look for where a hit or a strategy says nothing',
  }),

  'explore.provider': setting(z.enum(['auto', 'simulated', 'files', 'tradier']), 'auto', {
    help: 'where option chains come from; auto takes Tradier where a token is set, else imported chains, else the simulated market '
      + 'where the bars are simulated too, and that at once for hits in simulated bars',
  }),
  'explore.depth': setting(z.enum(['needed', 'range']), 'needed', {
    help: 'how much of the chain the deep phase fetches: what a strategy needs, or every expiration in range to take the best',
  }),
  'explore.extraExpirations': setting(whole(0, 20), 2, {
    unit: 'expirations', help: 'further expirations in range that are sampled where the nearest fails on quality alone',
  }),
  'explore.riskFreeRate': setting(amount(-0.1, 1), 0.04, {
    unit: 'per year', help: 'continuous rate that options are priced with',
  }),
  'explore.dividendYield': setting(amount(0, 1), 0, {
    unit: 'per year', help: 'continuous dividend yield that options are priced with',
  }),
  'explore.historyDays': setting(whole(0, 365), 7, {
    unit: 'days', help: 'how long the engine remembers what it saw of a ticker\'s liquidity',
  }),
  'explore.staleMinutes': setting(whole(1, 100_000), 60, {
    unit: 'minutes', help: 'age above which a quote is flagged as stale, counted in trading time',
  }),
  'liquidity.spreadShort': setting(risingBounds(), [0.02, 0.05, 0.1, 0.25], {
    unit: 'of the middle', allowed: SPREADS, help: 'widest spread that is Excellent, Good, Acceptable and Thin for the horizon SHORT',
  }),
  'liquidity.spreadMedium': setting(risingBounds(), [0.03, 0.06, 0.12, 0.3], {
    unit: 'of the middle', allowed: SPREADS, help: 'the same for MEDIUM',
  }),
  'liquidity.spreadLeap': setting(risingBounds(), [0.05, 0.1, 0.18, 0.4], {
    unit: 'of the middle', allowed: SPREADS, help: 'the same for LEAP',
  }),
  'liquidity.interestShort': setting(fallingBounds(), [2_000, 500, 100, 10], {
    unit: 'contracts', allowed: CONTRACTS,
    help: 'least open interest that is Excellent, Good, Acceptable and Thin for the horizon SHORT; a fifth of it in volume counts as much',
  }),
  'liquidity.interestMedium': setting(fallingBounds(), [1_500, 400, 75, 10], {
    unit: 'contracts', allowed: CONTRACTS, help: 'the same for MEDIUM',
  }),
  'liquidity.interestLeap': setting(fallingBounds(), [500, 100, 20, 1], {
    unit: 'contracts', allowed: CONTRACTS, help: 'the same for LEAP',
  }),
  'tradier.url': setting(z.string().refine((text) => URL.canParse(text)), 'https://api.tradier.com', {
    allowed: 'a web address',
    help: 'where Tradier answers; https://sandbox.tradier.com for its sandbox, or a server of "strikescan simulate"',
  }),
  'tradier.token': setting(z.string().max(4_096), '', {
    allowed: 'a token', secret: true, help: 'access token of a Tradier account; none where empty',
  }),
  'explore.workers': setting(whole(1, 12), 8, {
    unit: 'tickers', help: 'tickers that an exploration works on at once',
  }),
  'explore.requestsPerSecond': setting(amount(0.01, 1_000), 10, {
    unit: 'requests/s', help: 'pace of calls to one option provider, shared by all explorations',
  }),
  'explore.attempts': setting(whole(1, 10), 4, {
    unit: 'calls', help: 'most calls for one answer where failures can pass',
  }),
  'explore.requestTimeoutMs': setting(whole(10, 600_000), 10_000, {
    unit: 'ms', help: 'longest that one call to an option provider may take',
  }),
  'explore.tickerTimeoutMs': setting(whole(100, 3_600_000), 30_000, {
    unit: 'ms', help: 'longest that calls for one ticker may take, retries included and waits for the shared pace not',
  }),
  'explore.maxHoldMs': setting(whole(0, 900_000), 120_000, {
    unit: 'ms', help: 'longest wait that an option provider may ask for; where it asks for more its calls fail at once',
  }),
  'explore.cacheHours': setting(amount(0, 48), 24, {
    unit: 'hours', help: 'how long expirations and chains are used again after they were fetched',
  }),
  'explore.cacheMemoryTickers': setting(whole(1, 100_000), 100, {
    unit: 'tickers', help: 'tickers whose chains are kept in memory',
  }),
  'explore.cacheDiskMb': setting(whole(1, 1_048_576), 512, {
    unit: 'MB', help: 'most that the chain cache takes on disk',
  }),
  'explore.redisUrl': setting(z.string().regex(/^(rediss?:\/\/\S+)?$/).refine((text) => text === '' || URL.canParse(text)), '', {
    allowed: 'a URL like redis://host:6379', secret: 'password',
    help: 'Redis behind the chain cache, for several machines; none where empty',
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
  /** What may be shown of a value: all of it but its secret. */
  shown: (value: unknown) => unknown
}

/** Settings that are lists of names: text gives them separated by commas. */
export const isListSetting = (key: SettingKey): boolean => Array.isArray(settingsSchema.shape[key].parse(undefined))

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
    allowed: notes.allowed ?? allowedInWords(z.toJSONSchema(type, { io: 'input' }) as JsonType),
    shown: (value) => (notes.secret === undefined || value === '' ? value : notes.secret === 'password' ? withoutPassword(value) : HIDDEN),
  }
}

/** The range of a setting that is a number; of one that may also be a word, that of its numbers. */
export function settingRange(key: SettingKey): { min: number; max: number; isWhole: boolean; allowed: string } {
  const json = z.toJSONSchema(settingsSchema.shape[key], { io: 'input' }) as JsonType
  const { type, minimum, maximum } = json.anyOf?.find(({ maximum: most }) => most !== undefined) ?? json
  if (minimum === undefined || maximum === undefined) throw new RangeError(`${key} is no number`)
  return {
    min: minimum,
    max: maximum,
    isWhole: type === 'integer',
    allowed: allowedInWords({ ...(type !== undefined && { type }), minimum, maximum }),
  }
}

const HIDDEN = '***'

function withoutPassword(value: unknown): string {
  if (typeof value !== 'string' || !URL.canParse(value)) return HIDDEN
  const url = new URL(value)
  // What has no host is no URL that was meant as one.
  if (url.host === '') return HIDDEN
  if (url.password !== '') url.password = HIDDEN
  return url.href
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
