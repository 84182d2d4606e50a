import { sessionsEnding } from '../calendar.ts'
import type { Bar } from '../market.ts'
import { checkOptions } from './options.ts'
import { randomNormal, seededRandom } from './random.ts'

/** The shapes that `makeBars` knows. */
export const BAR_SHAPES = ['trend', 'gap', 'flat', 'split', 'halt'] as const
/**
 * - `trend`: rises by `drift` a session, or falls where that is below 0, with noise around it
 * - `gap`: flat with noise, then opens `gap.size` above the close before and stays there
 * - `flat`: every price of every bar is `price`, every volume `volume`
 * - `split`: a trend whose prices, as traded, are divided by `split.ratio` from one session on, and its volume multiplied
 * - `halt`: a trend without bars on some sessions
 */
export type BarShape = (typeof BAR_SHAPES)[number]

/** What `makeBars` can be asked for. */
export interface BarOptions {
  /** Bars to make, 1 to 10,000; 120 where it is left out. With a halt, sessions of which some have no bar. */
  sessions?: number
  /** Date of the last bar, ISO, a weekday that is no exchange holiday; 2026-11-20 where it is left out. */
  end?: string
  /** Close of the first bar, dollars; 100 where it is left out. */
  price?: number
  /** Mean shares a day; 2,000,000 where it is left out. */
  volume?: number
  /** Relative change of the close a session; 0.002 for trend, split and halt, else 0. */
  drift?: number
  /** Standard deviation of what is added to the drift; 0 for flat, else 0.01. */
  noise?: number
  /** The same seed gives the same bars; 1 where it is left out. */
  seed?: number
  /** Session from 0, or from the end where it is below 0 (the last, where it is left out), and size relative to the close before (0.05). */
  gap?: { at?: number; size?: number }
  /** The first session at the new price (the middle one where it is left out), and new shares for an old one (2). */
  split?: { at?: number; ratio?: number }
  /** The first session without a bar (the middle one where it is left out), and how many there are (3). */
  halt?: { at?: number; length?: number }
}

interface Shaped {
  sessions: number
  price: number
  volume: number
  drift: number
  noise: number
  random: () => number
  gap: { at: number; size: number } | null
  split: { at: number; ratio: number } | null
  halt: { at: number; length: number } | null
}

const DEFAULT_END = '2026-11-20'
const MAX_SESSIONS = 10_000
const OPTIONS = ['sessions', 'end', 'price', 'volume', 'drift', 'noise', 'seed', 'gap', 'split', 'halt']
const DAY_MS = 86_400_000

/**
 * Daily bars of a shape, oldest first, on the sessions of the US exchanges: prices in whole cents above 0, high and low
 * around open and close, whole volumes. The same arguments give the same bars on every machine.
 * Options of any shape may be added to any other: `makeBars('trend', { gap: { size: -0.08 } })`.
 * Throws RangeError where an option is outside its range, TypeError for one that there is not.
 */
export function makeBars(shape: BarShape = 'trend', options: BarOptions = {}): Bar[] {
  if (!BAR_SHAPES.includes(shape)) throw new RangeError(`makeBars: shape must be one of ${BAR_SHAPES.join(', ')}, not ${String(shape)}`)
  checkOptions('makeBars', options, OPTIONS)
  const shaped = resolve(shape, options)
  const days = sessionsEnding(dayOf(options.end ?? DEFAULT_END), shaped.sessions)
  const bars: Bar[] = []
  let before = shaped.price
  for (let at = 0; at < shaped.sessions; at++) {
    const bar = nextBar(shaped, at, before, shape === 'flat')
    before = bar.close
    if (shaped.halt !== null && at >= shaped.halt.at && at < shaped.halt.at + shaped.halt.length) continue
    bars.push({ date: new Date(days[at]! * DAY_MS).toISOString().slice(0, 10), ...bar })
  }
  return bars
}

function nextBar(shaped: Shaped, at: number, before: number, isStill: boolean): Omit<Bar, 'date'> {
  const { random, drift, noise, gap, split } = shaped
  // Drawn in any case, so that an option changes only what it is about.
  const [step, inside, above, below, traded] = [randomNormal(random), randomNormal(random), random(), random(), random()] as const
  const jump = (gap?.at === at ? 1 + gap.size : 1) / (split?.at === at ? split.ratio : 1)
  const close = cents(before * jump * (at === 0 ? 1 : 1 + drift + noise * step))
  const open = gap?.at === at || split?.at === at ? cents(before * jump) : cents(before * (1 + (noise / 3) * inside))
  const high = Math.max(open, close) * (1 + noise * above * 0.7)
  const low = Math.min(open, close) * (1 - noise * below * 0.7)
  const shares = split !== null && at >= split.at ? shaped.volume * split.ratio : shaped.volume
  const volume = Math.round(isStill ? shares : shares * (0.7 + 0.6 * traded))
  return { open, high: Math.max(cents(high), open, close), low: Math.min(cents(low), open, close), close, volume }
}

function resolve(shape: BarShape, options: BarOptions): Shaped {
  const trends = shape === 'trend' || shape === 'split' || shape === 'halt'
  const sessions = inRange('sessions', options.sessions ?? 120, 1, MAX_SESSIONS, true)
  const place = (name: string, at: number | undefined, fallback: number): number => {
    const asked = inRange(name, at ?? fallback, -sessions, sessions - 1, true)
    return asked < 0 ? asked + sessions : asked
  }
  const middle = Math.floor(sessions / 2)
  checkOptions('makeBars: gap', options.gap ?? {}, ['at', 'size'])
  checkOptions('makeBars: split', options.split ?? {}, ['at', 'ratio'])
  checkOptions('makeBars: halt', options.halt ?? {}, ['at', 'length'])
  const { gap = shape === 'gap' ? {} : null, split = shape === 'split' ? {} : null, halt = shape === 'halt' ? {} : null } = options
  return {
    sessions,
    price: inRange('price', options.price ?? 100, 0.01, 1e9),
    volume: inRange('volume', options.volume ?? 2_000_000, 0, 1e12),
    drift: inRange('drift', options.drift ?? (trends ? 0.002 : 0), -0.9, 10),
    noise: inRange('noise', options.noise ?? (shape === 'flat' ? 0 : 0.01), 0, 0.2),
    random: seededRandom(inRange('seed', options.seed ?? 1, -(2 ** 31), 2 ** 32 - 1, true)),
    gap: gap && { at: place('gap.at', gap.at, sessions - 1), size: inRange('gap.size', gap.size ?? 0.05, -0.99, 100) },
    split: split && { at: place('split.at', split.at, middle), ratio: inRange('split.ratio', split.ratio ?? 2, 0.001, 1_000) },
    halt: halt && { at: place('halt.at', halt.at, middle), length: inRange('halt.length', halt.length ?? 3, 1, sessions, true) },
  }
}

function inRange(name: string, value: number, least: number, most: number, isWhole = false): number {
  if (Number.isFinite(value) && value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value
  throw new RangeError(`makeBars: ${name} must be a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}, not ${String(value)}`)
}

function dayOf(date: string): number {
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS
  if (/^\d{4}-\d{2}-\d{2}$/.test(date) && Number.isInteger(day) && sessionsEnding(day, 1)[0] === day) return day
  throw new RangeError(`makeBars: end must be a session of the US exchanges such as ${DEFAULT_END}, not ${String(date)}`)
}

/** A price in whole cents, at least one. */
const cents = (price: number): number => Math.max(1, Math.round(price * 100)) / 100
