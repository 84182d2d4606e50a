import {
  DateConstructor,
  DatePrototype,
  dateToString,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ReflectApply,
  ReflectConstruct,
  uncurryThis,
  weakMapGet,
  weakMapSet,
  WeakMapConstructor,
  MathFloor,
  type uncurryGetter,
} from '../language/intrinsics.ts'
import { defineGlobal, defineHidden } from '../language/properties.ts'

/** Virtual time: it moves only when told to. Instants in whole milliseconds since 1970-01-01T00:00Z. */
export interface Clock {
  now(): number
  /** Milliseconds since the clock started. */
  elapsed(): number
  /** Moves forward to an instant; one in the past changes nothing. */
  advanceTo(instant: number): void
  /** Starts again at an instant, with `elapsed` at 0. */
  restart(instant: number): void
}

export function createClock(startMs: number): Clock {
  let start = MathFloor(startMs)
  let current = start
  return {
    now: () => current,
    elapsed: () => current - start,
    advanceTo(instant) {
      if (instant > current) current = MathFloor(instant)
    },
    restart(instant) {
      start = MathFloor(instant)
      current = start
    },
  }
}

/**
 * Makes virtual time the only time in sight: Date, performance, Temporal.Now, and Intl.DateTimeFormat without a date.
 * Intl.v8BreakIterator goes, since it holds memory that no limit counts. The time zone stays the process's.
 */
export function installClock(global: typeof globalThis, clock: Clock): void {
  installDate(global, clock)
  installPerformance(global, clock)
  installIntl(global, clock)
  installTemporal(global, clock)
}

function installDate(global: typeof globalThis, clock: Clock): void {
  function VirtualDate(this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return dateToString(new DateConstructor(clock.now()))
    return ReflectConstruct(DateConstructor, args.length === 0 ? [clock.now()] : args, new.target)
  }
  const { parse, UTC } = DateConstructor
  defineHidden(VirtualDate, 'parse', parse)
  defineHidden(VirtualDate, 'UTC', UTC)
  defineHidden(VirtualDate, 'now', { now: () => clock.now() }.now)
  ObjectDefineProperty(VirtualDate, 'name', { __proto__: null, value: 'Date' } as PropertyDescriptor)
  ObjectDefineProperty(VirtualDate, 'length', { __proto__: null, value: 7 } as PropertyDescriptor)
  // The prototype stays the original one, so every Date made by the engine is an instance of the new constructor.
  ObjectDefineProperty(VirtualDate, 'prototype', { __proto__: null, value: DatePrototype, writable: false } as PropertyDescriptor)
  defineHidden(DatePrototype, 'constructor', VirtualDate)
  defineGlobal(global, 'Date', VirtualDate)
}

function installPerformance(global: typeof globalThis, clock: Clock): void {
  const performance = {
    now: () => clock.elapsed(),
    get timeOrigin() {
      return clock.now() - clock.elapsed()
    },
    toJSON: () => ({ timeOrigin: clock.now() - clock.elapsed() }),
  }
  defineGlobal(global, 'performance', performance)
}

function installIntl(global: typeof globalThis, clock: Clock): void {
  const intl = global.Intl as (typeof Intl & { v8BreakIterator?: unknown }) | undefined
  if (intl === undefined) return
  delete intl.v8BreakIterator
  const prototype = intl.DateTimeFormat.prototype
  type Format = (date?: unknown) => unknown

  const getFormat = ObjectGetOwnPropertyDescriptor(prototype, 'format')?.get as ReturnType<typeof uncurryGetter>
  const bound = new WeakMapConstructor<object, Format>()
  const getVirtualFormat = {
    get format(): Format {
      const original = ReflectApply(getFormat, this, []) as Format
      let virtual = weakMapGet(bound, original)
      if (virtual === undefined) {
        // Anonymous and of length 1, as the specification has it.
        virtual = (() => (date: unknown) => original(date === undefined ? clock.now() : date))()
        weakMapSet(bound, original, virtual)
      }
      return virtual
    },
  }
  ObjectDefineProperty(prototype, 'format', {
    __proto__: null,
    get: ObjectGetOwnPropertyDescriptor(getVirtualFormat, 'format')?.get,
    set: undefined,
    enumerable: false,
    configurable: true,
  } as unknown as PropertyDescriptor)

  const originalParts = uncurryThis(prototype.formatToParts) as (self: unknown, date: unknown) => unknown
  const { formatToParts } = {
    formatToParts(this: unknown, date: unknown): unknown {
      return originalParts(this, date === undefined ? clock.now() : date)
    },
  }
  defineHidden(prototype, 'formatToParts', formatToParts)
}

interface TemporalInstant {
  toZonedDateTimeISO(timeZone: unknown): object
}
interface TemporalNamespace {
  Now: { timeZoneId(): string }
  Instant: { fromEpochMilliseconds(ms: number): TemporalInstant; prototype: TemporalInstant }
  ZonedDateTime: { prototype: Record<string, (this: object) => unknown> }
}

function installTemporal(global: typeof globalThis, clock: Clock): void {
  const temporal = (global as unknown as { Temporal?: TemporalNamespace }).Temporal
  if (temporal === undefined) return
  const { Instant, Now, ZonedDateTime } = temporal
  const zoneId = Now.timeZoneId
  const fromEpochMilliseconds = Instant.fromEpochMilliseconds
  const toZoned = uncurryThis(Instant.prototype.toZonedDateTimeISO)
  const toDateTime = uncurryThis(ZonedDateTime.prototype['toPlainDateTime'] as (this: object) => unknown)
  const toDate = uncurryThis(ZonedDateTime.prototype['toPlainDate'] as (this: object) => unknown)
  const toTime = uncurryThis(ZonedDateTime.prototype['toPlainTime'] as (this: object) => unknown)
  const instant = () => ReflectApply(fromEpochMilliseconds, Instant, [clock.now()]) as TemporalInstant
  const zoned = (timeZone: unknown) => toZoned(instant(), timeZone === undefined ? ReflectApply(zoneId, Now, []) : timeZone)
  const virtual = {
    instant: () => instant(),
    zonedDateTimeISO: (timeZone?: unknown) => zoned(timeZone),
    plainDateTimeISO: (timeZone?: unknown) => toDateTime(zoned(timeZone)),
    plainDateISO: (timeZone?: unknown) => toDate(zoned(timeZone)),
    plainTimeISO: (timeZone?: unknown) => toTime(zoned(timeZone)),
  }
  defineHidden(Now, 'instant', virtual.instant)
  defineHidden(Now, 'zonedDateTimeISO', virtual.zonedDateTimeISO)
  defineHidden(Now, 'plainDateTimeISO', virtual.plainDateTimeISO)
  defineHidden(Now, 'plainDateISO', virtual.plainDateISO)
  defineHidden(Now, 'plainTimeISO', virtual.plainTimeISO)
}
