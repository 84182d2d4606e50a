import ivm from 'isolated-vm'

import { pieceSource, replaceInitializer } from '../intake/piece-source.ts'
import type { InjectionPlan, ListDeclaration, Piece } from '../intake/plan.ts'
import type { LoadReply, LoadRequest, ProbeReply, ScriptFault } from '../worker/protocol.ts'
import { faultFromHostError, IsolateOutOfMemory, isOutOfMemory } from './faults.ts'
import { frozenListOf, listFill, listValue } from './list-injection.ts'
import { unitFunction } from './module-body.ts'
import type { ReadList } from '../guest/lists.ts'

/** Answer of the guest for a step that waits for a promise. */
const PENDING = '\u0001'

/** What the host serves to code inside; every call is synchronous and costs about a microsecond. */
export interface IsolateHost {
  /** Bars of any symbol of the snapshot up to the current as-of day, or undefined for an unknown one. */
  readBars(symbol: string): { buffer: ArrayBuffer; length: number } | undefined
  /** Symbols of the snapshot. */
  symbols(): readonly string[]
  /** Days of the snapshot's sessions. */
  sessions(): readonly number[]
  log(level: string, text: string): void
  note(code: string, text: string): void
}

/** What a run over many symbols at once came to. */
export type WholeOutcome = { ok: true; hits: { symbol: string; date: string | null; outcome: unknown }[]; dropped: number } | { ok: false; error: ScriptFault }

/** The lists to put in place of the script's own. */
export interface ListValues {
  symbols: string[]
  dates: string[]
}

type GuestCall = (...args: unknown[]) => unknown

/**
 * One scanner in one V8 isolate. The only place that touches isolated-vm. Calls are synchronous; a script that never
 * returns keeps the process busy until its parent kills it, which is the only containment there is.
 */
export class ScannerIsolate {
  readonly #request: LoadRequest
  readonly #host: IsolateHost
  readonly #isolate: ivm.Isolate
  readonly #guestScript: ivm.Script
  readonly #webScript: ivm.Script | null
  #context: GuestContext | null = null

  constructor(request: LoadRequest, host: IsolateHost) {
    this.#request = request
    this.#host = host
    this.#isolate = new ivm.Isolate({ memoryLimit: request.isolateMb })
    this.#guestScript = this.#isolate.compileScriptSync(request.guestCore, { filename: 'strikescan:guest' })
    this.#webScript = request.guestWeb === null ? null : this.#isolate.compileScriptSync(request.guestWeb, { filename: 'strikescan:web' })
  }

  /** Runs the scanner's top level and finds its entry. For self-running scripts it only reads the declared lists. */
  load(): LoadReply {
    return this.#guard<LoadReply>(
      () => {
        if (this.#plan.pattern === 'script') return { ok: true, scanner: { name: null, lookback: null, universe: null, params: [] } }
        this.#context = this.#openContext()
        return this.#runTopLevel(this.#context, null)
      },
      (error) => ({ ok: false, error }),
    )
  }

  /** Bars of history that the loaded scanner wants, null for all. */
  get lookback(): number | null {
    return this.#context?.lookback ?? null
  }

  /** The outcome text of one symbol on one date, empty for a miss. `buffer` is handed over to the isolate. */
  scan(symbol: string, day: number, instantMs: number, buffer: ArrayBuffer, length: number): string {
    try {
      const context = this.#context!
      let text = context.scan(symbol, day, instantMs, buffer, length)
      while (text === PENDING) text = context.settle()
      return text
    } catch (error) {
      if (isOutOfMemory(error, this.#isolate)) throw new IsolateOutOfMemory()
      return JSON.stringify({ status: 'failed', error: faultFromHostError(error) })
    }
  }

  /** Runs a `main` or `script` scanner over lists of symbols and dates, in a context of its own. */
  runWhole(lists: ListValues, instantMs: number): WholeOutcome {
    const outcome = this.#tryWhole(lists, instantMs)
    return !outcome.ok && this.#replaceFrozen(outcome.error) ? this.runWhole(lists, instantMs) : outcome
  }

  /** A list that only running showed to be frozen is from then on replaced in the text; false where that was done already. */
  #replaceFrozen({ message }: ScriptFault): boolean {
    const role = frozenListOf(message)
    const list = role === null ? null : this.#plan[role]
    if (list === null || list.injection === 'replaceInitializer') return false
    list.injection = 'replaceInitializer'
    return true
  }

  #tryWhole(lists: ListValues, instantMs: number): WholeOutcome {
    return this.#guard<WholeOutcome>(
      () => {
        const context = this.#openContext()
        try {
          return this.#runWholeIn(context, lists, instantMs)
        } finally {
          context.release()
        }
      },
      (error) => ({ ok: false, error }),
    )
  }

  /** The symbols and dates that the script declares, by running it up to those declarations and no further. */
  probe(): ProbeReply {
    return this.#guard<ProbeReply>(
      () => {
        const context = this.#openContext()
        const { symbols, dates } = this.#plan
        if (this.#plan.mode === 'statements') {
          const last = Math.max(symbols?.pieceIndex ?? -1, dates?.pieceIndex ?? -1)
          this.#hoist(context)
          for (const piece of this.#plan.pieces.slice(0, last + 1)) {
            if (piece.kind !== 'function' && !piece.skip && !piece.roles.includes('mainCall')) this.#runPiece(context, piece, null)
          }
        }
        const read = (list: ListDeclaration | null): ReadList | null => {
          if (list === null) return null
          if (this.#plan.mode === 'whole') return list.staticValue === null ? null : { form: list.form, field: list.field, values: list.staticValue }
          return context.readList(list.name, list.separator)
        }
        const reply = { symbols: read(symbols), dates: read(dates), error: null }
        context.release()
        return reply
      },
      (error) => ({ symbols: null, dates: null, error }),
    )
  }

  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose()
  }

  get #plan(): InjectionPlan {
    return this.#request.plan
  }

  #runWholeIn(context: GuestContext, lists: ListValues, instantMs: number): WholeOutcome {
    context.call('beginWhole', instantMs, this.#request.seed)
    let text = ''
    if (this.#plan.pattern === 'script') {
      text = this.#runScript(context, lists)
    } else {
      const loaded = this.#runTopLevel(context, null)
      if (!loaded.ok) return loaded
      text = context.call('callMain', JSON.stringify(lists.symbols), JSON.stringify(lists.dates)) as string
    }
    while (text === PENDING) text = context.settle()
    if (text !== '') return { ok: false, error: (JSON.parse(text) as { error: ScriptFault }).error }
    while (context.call('runTimer') === true);
    this.#offerElsewhere(context)
    const collected = JSON.parse(context.call('collectHits') as string) as { hits: []; dropped: number }
    return { ok: true, ...collected }
  }

  /** Runs every statement of a self-running script with the lists put in place; gives what its start came to. */
  #runScript(context: GuestContext, lists: ListValues): string {
    if (this.#plan.mode === 'whole') return this.#runAsOneUnit(context, lists)
    let text = ''
    try {
      context.inOneTurn(() => {
        this.#hoist(context)
        for (const piece of this.#plan.pieces) {
          if (piece.kind === 'function' || piece.skip) continue
          if (!piece.roles.includes('mainCall')) this.#runPiece(context, piece, lists)
          else {
            context.leaveDeadZone(piece.names)
            text = context.watch(this.#compilePiece(piece, lists))
          }
        }
      })
    } catch (error) {
      // `process.exit(0)` at the top level is a way to be done.
      if (this.#isolate.isDisposed || context.call('hasExitedWell') !== true) throw error
    }
    return text
  }

  #runAsOneUnit(context: GuestContext, lists: ListValues | null): string {
    const injection = (list: ListDeclaration | null, values: string[] | undefined) =>
      list === null || values === undefined ? undefined : { value: listValue(list, values), fill: listFill(list, values) }
    const symbols = injection(this.#plan.symbols, lists?.symbols)
    const dates = injection(this.#plan.dates, lists?.dates)
    context.bindImports(this.#plan)
    const source = unitFunction(this.#plan, { ...(symbols && { symbols }), ...(dates && { dates }) })
    // The wrapper stands on a line before the author's first, so no line of theirs moves.
    return context.runUnit(this.#isolate.compileScriptSync(source, { filename: this.#request.filename, lineOffset: -1 }))
  }

  #runTopLevel(context: GuestContext, lists: ListValues | null): LoadReply {
    const plan = this.#plan
    let defaultExport: ivm.Reference | null = null
    if (plan.mode === 'whole') {
      let text = this.#runAsOneUnit(context, lists)
      while (text === PENDING) text = context.settle()
      if (text !== '') return { ok: false, error: (JSON.parse(text) as { error: ScriptFault }).error }
      while (context.call('runTimer') === true);
    } else {
      context.inOneTurn(() => {
        this.#hoist(context)
        for (const piece of plan.pieces) {
          if (piece.kind === 'function' || piece.skip) continue
          if (piece.kind === 'exportDefaultExpression') defaultExport = context.evaluate(this.#compilePiece(piece, lists))
          else this.#runPiece(context, piece, lists)
        }
      })
      while (context.call('runTimer') === true);
      this.#exposeExports(context, defaultExport)
    }
    return context.resolveEntry(plan, this.#request.params)
  }

  #exposeExports(context: GuestContext, defaultExport: ivm.Reference | null): void {
    const plan = this.#plan
    if (plan.moduleKind !== 'module') return
    const parts = plan.exports.filter(({ local }) => local !== null).map(({ exported, local }) => `${JSON.stringify(exported)}:${local}`)
    if (plan.defaultExport?.local != null) parts.push(`"default":${plan.defaultExport.local}`)
    context.setExports(this.#compile(`({__proto__:null,${parts.join(',')}})`), defaultExport)
  }

  /** Offers, best first, the places where scripts leave their hits when they do not return them. */
  #offerElsewhere(context: GuestContext): void {
    context.call('offerExports')
    const listed = new Set([this.#plan.symbols?.name, this.#plan.dates?.name])
    const names = this.#plan.mode === 'whole' ? [] : [...this.#plan.lexicalNames, ...this.#plan.varNames]
    if (this.#plan.mode === 'whole') context.call('offerUnitBindings', JSON.stringify([...listed]))
    for (const name of names) {
      if (!listed.has(name)) context.offerBinding(this.#compile(name), name)
    }
    context.call('offerPrinted')
  }

  /** Makes `var` names and function declarations exist before the first statement, as hoisting does. */
  #hoist(context: GuestContext): void {
    context.bindImports(this.#plan)
    context.enterDeadZone(this.#plan.lexicalNames)
    if (this.#plan.varNames.length > 0) context.run(this.#compile(`var ${this.#plan.varNames.join(',')};`))
    for (const piece of this.#plan.pieces) {
      if (piece.kind === 'function' && !piece.skip) this.#runPiece(context, piece, null)
    }
  }

  #runPiece(context: GuestContext, piece: Piece, lists: ListValues | null): void {
    if (piece.kind === 'statement') context.leaveDeadZone(piece.names)
    context.run(this.#compilePiece(piece, lists))
    if (lists === null) return
    for (const role of ['symbols', 'dates'] as const) {
      const list = this.#plan[role]
      if (list === null || !piece.roles.includes(role) || list.injection === 'replaceInitializer') continue
      const text = list.injection === 'reassign' ? `${list.name}=${listValue(list, lists[role])};` : listFill(list, lists[role])
      context.run(this.#compile(text))
    }
  }

  #compilePiece(piece: Piece, lists: ListValues | null): ivm.Script {
    let replaced: string | undefined
    for (const role of ['symbols', 'dates'] as const) {
      const list = this.#plan[role]
      if (lists !== null && list !== null && piece.roles.includes(role) && list.injection === 'replaceInitializer') {
        replaced = replaceInitializer(this.#plan, list, listValue(list, lists[role]))
      }
    }
    const { source, lineOffset, columnOffset } = pieceSource(this.#plan, piece, replaced)
    return this.#isolate.compileScriptSync(source, { filename: this.#request.filename, lineOffset, columnOffset })
  }

  #compile(source: string): ivm.Script {
    return this.#isolate.compileScriptSync(source, { filename: 'strikescan:injected' })
  }

  #openContext(): GuestContext {
    return new GuestContext(this.#isolate, this.#guestScript, this.#webScript, this.#request, this.#host)
  }

  #guard<T>(work: () => T, onFault: (fault: ScriptFault) => T): T {
    try {
      return work()
    } catch (error) {
      if (isOutOfMemory(error, this.#isolate)) throw new IsolateOutOfMemory()
      return onFault(faultFromHostError(error))
    }
  }
}

/** One context with the guest runtime in it, and its functions as plain host functions. */
class GuestContext {
  readonly #isolate: ivm.Isolate
  readonly #context: ivm.Context
  readonly #guest: ivm.Reference
  readonly #functions = new Map<string, ivm.Reference<GuestCall>>()
  readonly #scan: ivm.Reference<GuestCall>
  readonly #settle: ivm.Reference<GuestCall>
  lookback: number | null = null

  constructor(isolate: ivm.Isolate, guestScript: ivm.Script, webScript: ivm.Script | null, request: LoadRequest, host: IsolateHost) {
    this.#isolate = isolate
    this.#context = isolate.createContextSync()
    const start = guestScript.runSync(this.#context, { reference: true }) as ivm.Reference<GuestCall>
    const options = JSON.stringify({
      filename: request.filename,
      moduleKind: request.plan.moduleKind,
      seed: request.seed,
      rowBytes: request.limits.rowBytes,
    })
    this.#guest = start.applySync(undefined, [...hostCallbacks(host), options], { result: { reference: true } }) as ivm.Reference
    if (webScript !== null) {
      const web = webScript.runSync(this.#context, { reference: true }) as ivm.Reference
      this.call('addWeb', web.derefInto())
    }
    for (const [specifier, source] of Object.entries(request.packages)) {
      const value = isolate.compileScriptSync(source, { filename: `strikescan:${specifier}` }).runSync(this.#context, { reference: true }) as ivm.Reference
      this.call('addPackage', specifier, value.derefInto())
    }
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

  offerBinding(script: ivm.Script, name: string): void {
    this.call('offerBinding', this.evaluate(script).derefInto({ release: true }), name)
  }

  readList(name: string, separator: string | null): ReadList {
    const value = this.evaluate(this.#isolate.compileScriptSync(name, { filename: 'strikescan:injected' }))
    return JSON.parse(this.call('readList', value.derefInto({ release: true }), separator) as string) as ReadList
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
    const { export: exported, local, member } = plan.entry
    const localValue = local === null ? undefined : this.evaluate(this.#isolate.compileScriptSync(local, { filename: 'strikescan:injected' }))
    const text = this.call('resolveEntry', plan.pattern, exported, localValue?.derefInto({ release: true }), member, JSON.stringify(params))
    const reply = JSON.parse(text as string) as LoadReply
    if (reply.ok) this.lookback = reply.scanner.lookback
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

function hostCallbacks(host: IsolateHost): ivm.Callback[] {
  const sync = { sync: true } as const
  return [
    new ivm.Callback((level: string, text: string) => host.log(level, text), sync),
    new ivm.Callback((code: string, text: string) => host.note(code, text), sync),
    new ivm.Callback((symbol: string) => {
      const bars = host.readBars(symbol)
      return bars === undefined ? undefined : new ivm.ExternalCopy(bars.buffer, { transferOut: true }).copyInto({ release: true, transferIn: true })
    }, sync),
    new ivm.Callback(() => JSON.stringify({ symbols: host.symbols(), sessions: host.sessions() }), sync),
  ]
}
