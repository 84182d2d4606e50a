import ivm from 'isolated-vm'

import type { ReadList } from '../guest/run/lists.ts'
import { allSymbols } from '../intake/lists/list-shares.ts'
import type { DataFile, InjectionPlan } from '../intake/plan.ts'
import { closingInstantMs } from '../market/session-close.ts'
import { MAX_DECLARED_CHARACTERS, type LoadReply, type LoadRequest } from '../worker/protocol.ts'
import { fieldsRead } from './fields-read.ts'
import type { HitPlace } from './hit-places.ts'
import { companionFunction } from './module-body.ts'

/** Answer of the guest for a step that waits for a promise. */
export const PENDING = '\u0001'

const TOO_MUCH_DECLARED = `more than the ${MAX_DECLARED_CHARACTERS.toLocaleString('en-US')} characters that a script may declare`

/** What the host serves to code inside; every call is synchronous and costs about a microsecond. */
export interface IsolateHost {
  /** Bars of any symbol of the snapshot from a day on up to the current as-of day, or undefined for an unknown symbol. */
  readBars(symbol: string, fromDay: number): { buffer: ArrayBuffer; length: number } | undefined
  /** Bars of several known symbols after a day up to the current as-of day: for each the number of its bars, then day, open, high, low, close, volume of each. */
  readNewer(symbols: readonly string[], afterDay: number): Float64Array<ArrayBuffer>
  /** Takes note that the bars of a symbol are looked at, which code inside has of an earlier question. */
  reading(symbol: string): void
  /** Symbols of the snapshot. */
  symbols(): readonly string[]
  /** Days of the snapshot's sessions. */
  sessions(): readonly number[]
  /** Text of a ChainAnswer about a ticker's options as of the current day; an empty expiration (ISO date) asks for the list of them. */
  askChain(ticker: string, expiration: string): string
  /** Text of a NewsAnswer to a NewsWish in JSON, as of the current day. */
  askNews(wish: string): string
  log(level: string, text: string): void
  /** Takes note of a line that will be logged once more is known, see `log`: whoever is killed before has said it. */
  holds(level: string, text: string): void
  /** Takes note of the beginning of a line that the script has not ended yet; empty once it has. */
  unfinished(text: string): void
  note(code: string, text: string): void
  /** JSON of the files that a script wrote, see WrittenFile. */
  files(json: string): void
}

/** Bars that code inside asked for are kept there, up to this part of what it may hold. */
const KEPT_SHARE = 8

/** Symbols of a script's list by which lists of texts are told from lists of symbols. */
const MOST_OWN_SYMBOLS = 5_000

type GuestCall = (...args: unknown[]) => unknown

/** A context in which the guest runtime has been read and waits to be started; it holds nothing of any scanner. */
export interface BlankContext {
  readonly context: ivm.Context
  readonly start: ivm.Reference<GuestCall>
  /** What starts the part that knows the web; null where that was not read. */
  readonly web: ivm.Reference | null
}

export function openBlankContext(isolate: ivm.Isolate, core: ivm.Script, web: ivm.Script | null): BlankContext {
  const context = isolate.createContextSync()
  const read = (script: ivm.Script): ivm.Reference => script.runSync(context, { reference: true }) as ivm.Reference
  return { context, start: read(core) as ivm.Reference<GuestCall>, web: web === null ? null : read(web) }
}

/** One context with the guest runtime in it, and its functions as plain host functions. */
export class GuestContext {
  readonly #isolate: ivm.Isolate
  readonly #context: ivm.Context
  readonly #guest: ivm.Reference
  readonly #functions = new Map<string, ivm.Reference<GuestCall>>()
  readonly #scan: ivm.Reference<GuestCall>
  readonly #settle: ivm.Reference<GuestCall>
  lookback: number | null = null
  hasHooks = false

  constructor(isolate: ivm.Isolate, blank: BlankContext, standIns: ivm.Script | null, request: LoadRequest & { files: readonly DataFile[] }, host: IsolateHost) {
    this.#isolate = isolate
    this.#context = blank.context
    const options = JSON.stringify({
      filename: request.filename,
      moduleKind: request.plan.moduleKind,
      seed: request.seed,
      instantMs: closingInstantMs(request.asOfDay),
      rowBytes: request.limits.rowBytes,
      ownSymbols: ownSymbolsOf(request.plan),
      fieldsRead: request.needsWeb ? fieldsRead(request.plan) : [],
      mostKeptBytes: (request.isolateMb / KEPT_SHARE) * 2 ** 20,
    })
    this.#guest = blank.start.applySync(undefined, [...hostCallbacks(host), options], { result: { reference: true } }) as ivm.Reference
    if (request.needsWeb) this.call('addWeb', blank.web!.derefInto({ release: true }))
    if (standIns !== null) this.call('addStandIns', this.evaluate(standIns).derefInto({ release: true }), JSON.stringify(request.files))
    for (const [specifier, source] of Object.entries(request.packages)) {
      const value = isolate.compileScriptSync(source, { filename: `strikescan:${specifier}` }).runSync(this.#context, { reference: true }) as ivm.Reference
      this.call('addPackage', specifier, value.derefInto())
    }
    for (const file of request.plan.companions ?? []) {
      const value = file.kind === 'json' ? file.code : isolate.compileScriptSync(companionFunction(file), { filename: file.path, lineOffset: -1 }).runSync(this.#context, { reference: true })
      this.call('addFile', file.path, file.kind, typeof value === 'string' ? value : (value as ivm.Reference).derefInto({ release: true }), JSON.stringify(file.targets))
    }
    this.call('addFile', '', 'entry', null, JSON.stringify(request.plan.targets ?? {}))
    this.#scan = this.#function('scan')
    this.#settle = this.#function('settle')
  }

  scan(symbol: string, day: number, instantMs: number, buffer: ArrayBuffer, length: number): string {
    const handed = new ivm.ExternalCopy(buffer, { transferOut: true }).copyInto({ release: true, transferIn: true })
    return this.#scan.applySync(undefined, [symbol, day, instantMs, handed, length]) as string
  }

  settle(): string {
    return this.#settle.applySync(undefined, []) as string
  }

  call(name: string, ...args: unknown[]): unknown {
    return this.#function(name).applySync(undefined, args as never[])
  }

  /**
   * Runs all that `work` runs in one turn: promises of one statement go on only after the last, as in a file that runs whole.
   * Nested in a call from inside, the engine leaves its microtasks alone until that call is over.
   */
  inOneTurn(work: () => void): void {
    let problem: { error: unknown } | null = null
    const turn = new ivm.Callback(
      () => {
        try {
          work()
        } catch (error) {
          problem = { error }
        }
      },
      { sync: true },
    )
    this.call('turn', turn)
    if (problem !== null) throw (problem as { error: unknown }).error
  }

  run(script: ivm.Script): void {
    // The reference keeps the completion value inside: copying it out would run the script's getters.
    script.runSync(this.#context, { reference: true }).release()
  }

  evaluate(script: ivm.Script): ivm.Reference {
    return script.runSync(this.#context, { reference: true }) as ivm.Reference
  }

  /** Runs a statement and follows the promise it may come to. */
  watch(script: ivm.Script): string {
    return this.call('watchWhole', this.evaluate(script).derefInto({ release: true })) as string
  }

  offerBinding(script: ivm.Script, place: HitPlace): void {
    this.call('offerBinding', this.evaluate(script).derefInto({ release: true }), JSON.stringify(place))
  }

  /** @param isUnit whether the script ran as one unit, which keeps its names to itself but for what it hands over */
  readList(name: string, separator: string | null, isUnit: boolean): ReadList {
    const value = isUnit ? undefined : this.evaluate(this.#isolate.compileScriptSync(name, { filename: 'strikescan:injected' })).derefInto({ release: true })
    const text = this.call('readList', value, separator, isUnit ? name : undefined) as string
    if (text.length > MAX_DECLARED_CHARACTERS) throw new Error(`\`${name}\` holds ${TOO_MUCH_DECLARED}`)
    return JSON.parse(text) as ReadList
  }

  bindImports(plan: InjectionPlan): void {
    for (const { specifier, names } of plan.imports) {
      this.call('bindImports', specifier, JSON.stringify(names))
    }
  }

  enterDeadZone(names: string[]): void {
    if (names.length > 0) this.call('enterDeadZone', JSON.stringify(names))
  }

  leaveDeadZone(names: string[]): void {
    if (names.length > 0) this.call('leaveDeadZone', JSON.stringify(names))
  }

  setExports(exportsScript: ivm.Script, defaultExport: ivm.Reference | null): void {
    const value = this.evaluate(exportsScript)
    this.call('setExports', value.derefInto({ release: true }), defaultExport?.derefInto({ release: true }), defaultExport !== null)
  }

  resolveEntry(plan: InjectionPlan, params: Record<string, unknown>): LoadReply {
    const { export: exported, local, member, isClass } = plan.entry
    const localValue = local === null ? undefined : this.evaluate(this.#isolate.compileScriptSync(local, { filename: 'strikescan:injected' }))
    const text = this.call('resolveEntry', plan.pattern, exported, localValue?.derefInto({ release: true }), member, isClass === true, JSON.stringify(params)) as string
    if (text.length > MAX_DECLARED_CHARACTERS) {
      return { ok: false, error: { code: 'definition_invalid', name: '', message: `the scanner's name and parameters hold ${TOO_MUCH_DECLARED}`, stack: '' } }
    }
    const reply = JSON.parse(text) as LoadReply
    if (reply.ok) this.lookback = reply.scanner.lookback
    if (reply.ok) this.hasHooks = reply.scanner.hasHooks
    return reply
  }

  /** Runs a file that stands as one function. PENDING, or the text of a fault, or empty when done. */
  runUnit(script: ivm.Script): string {
    return this.call('runUnit', this.evaluate(script).derefInto({ release: true })) as string
  }

  release(): void {
    this.#context.release()
  }

  #function(name: string): ivm.Reference<GuestCall> {
    let found = this.#functions.get(name)
    if (found === undefined) {
      found = this.#guest.getSync(name, { reference: true }) as ivm.Reference<GuestCall>
      this.#functions.set(name, found)
    }
    return found
  }
}

/** What a per-symbol scan may name beside its own symbol; scripts that go through their list have it put in place. */
const ownSymbolsOf = (plan: InjectionPlan): string[] =>
  plan.pattern === 'scan' || plan.pattern === 'default' ? (allSymbols(plan)?.slice(0, MOST_OWN_SYMBOLS) ?? []) : []

const handOver = (buffer: ArrayBuffer): unknown => new ivm.ExternalCopy(buffer, { transferOut: true }).copyInto({ release: true, transferIn: true })

function hostCallbacks(host: IsolateHost): ivm.Callback[] {
  const sync = { sync: true } as const
  /** Symbols whose bars code inside keeps, by the numbers they go by. */
  const kept: string[] = []
  return [
    new ivm.Callback((level: string, text: string) => host.log(level, text), sync),
    new ivm.Callback((text: string) => host.unfinished(text), sync),
    new ivm.Callback((code: string, text: string) => host.note(code, text), sync),
    new ivm.Callback((symbol: string, fromDay: number) => {
      const bars = host.readBars(symbol, fromDay)
      return bars === undefined ? undefined : handOver(bars.buffer)
    }, sync),
    new ivm.Callback((symbol: string) => void kept.push(symbol), sync),
    new ivm.Callback((afterDay: number) => handOver(host.readNewer(kept, afterDay).buffer), sync),
    new ivm.Callback((place: number) => host.reading(kept[place]!), sync),
    new ivm.Callback(() => JSON.stringify({ symbols: host.symbols(), sessions: host.sessions() }), sync),
    new ivm.Callback((ticker: string, expiration: string) => host.askChain(ticker, expiration), sync),
    new ivm.Callback((wish: string) => host.askNews(wish), sync),
  ]
}
