import ivm from 'isolated-vm'

import { listsOf, shareOf } from '../intake/lists/list-shares.ts'
import { methodAlias, pieceSource, pieceText, replaceInitializers, startAlias } from '../intake/piece-source.ts'
import { withSymbols } from '../intake/lists/symbol-file.ts'
import type { DataFile, InjectionPlan, ListDeclaration, Piece } from '../intake/plan.ts'
import type { LoadReply, LoadRequest, PrepareRequest, ProbeReply, ScriptFault } from '../worker/protocol.ts'
import { faultFromHostError, IsolateOutOfMemory, isOutOfMemory } from './faults.ts'
import { GuestContext, openBlankContext, PENDING, type BlankContext, type IsolateHost } from './guest-context.ts'
import { heldBack } from './held-back.ts'
import { hitPlaces, type HitPlace } from './hit-places.ts'
import { frozenListOf, listExpression, listFill, listValue } from './list-injection.ts'
import { unitFunction } from './module-body.ts'
import { isRepeatable, listSource, onlyAssigns, repeatableFunction } from './repeatable-function.ts'
import type { ReadList } from '../guest/run/lists.ts'

export type { IsolateHost }

/** A hit of a run over many symbols at once; `table` counts the tables, lists or files that are one answer together. */
export interface WholeHit {
  symbol: string
  date: string | null
  table?: number
  outcome: unknown
}

/** What a run over many symbols at once came to. */
export type WholeOutcome = { ok: true; hits: WholeHit[]; dropped: number } | { ok: false; error: ScriptFault }

/** The lists to put in place of the script's own. */
export interface ListValues {
  symbols: string[]
  dates: string[]
}

/** Those of them that are put in place, where others are left as the script has them. */
type Replaced = Partial<ListValues>

/** The exit code of a script that came to an error. */
const FAILED = 1

/** Contexts that are opened ahead: one in which a script's lists are read, one in which it runs. */
const CONTEXTS_AHEAD = 2

/** An isolate with the guest's code in it, made before the scanner is known that it is for: most of the time that a load takes. */
export class PreparedIsolate {
  readonly isolate: ivm.Isolate
  readonly isolateMb: number
  readonly #core: ivm.Script
  readonly #web: ivm.Script | null
  readonly #blanks: BlankContext[] = []

  constructor({ guest, isolateMb }: PrepareRequest) {
    this.isolateMb = isolateMb
    this.isolate = new ivm.Isolate({ memoryLimit: isolateMb })
    this.#core = this.isolate.compileScriptSync(guest.core, { filename: 'strikescan:guest' })
    this.#web = guest.web === null ? null : this.isolate.compileScriptSync(guest.web, { filename: 'strikescan:web' })
  }

  /** Opens contexts for whoever will ask for them. */
  openAhead(): this {
    while (this.#blanks.length < CONTEXTS_AHEAD) this.#blanks.push(openBlankContext(this.isolate, this.#core, this.#web))
    return this
  }

  /** A context that nobody has used; the part of the guest that knows the web is in it where it is wanted, or where there was time for it. */
  takeContext(needsWeb: boolean): BlankContext {
    return this.#blanks.pop() ?? openBlankContext(this.isolate, this.#core, needsWeb ? this.#web : null)
  }
}

/**
 * One scanner in one V8 isolate. The only place that touches isolated-vm. Calls are synchronous; a script that never
 * returns keeps the process busy until its parent kills it, which is the only containment there is.
 */
export class ScannerIsolate {
  readonly #request: LoadRequest
  readonly #host: IsolateHost
  readonly #isolate: ivm.Isolate
  readonly #prepared: PreparedIsolate
  readonly #standInsScript: ivm.Script | null
  #context: GuestContext | null = null
  /** Where a script that can be repeated has run, and nothing of it is left. */
  #repeated: GuestContext | null = null
  readonly #mayRepeat: boolean
  /** The last run failed: to remember how the world looks before the next is mostly in vain, where one after another fails. */
  #isFailing = false

  /** @param prepared an isolate with the request's limit that no scanner has had, to be used up by this one */
  constructor(request: LoadRequest, host: IsolateHost, prepared: PreparedIsolate) {
    this.#request = request
    this.#host = host
    this.#mayRepeat = isRepeatable(request.plan)
    this.#prepared = prepared
    this.#isolate = prepared.isolate
    this.#standInsScript = request.guestStandIns === null ? null : this.#isolate.compileScriptSync(request.guestStandIns, { filename: 'strikescan:stand-ins' })
  }

  /** Runs the scanner's top level and finds its entry. For self-running scripts it only reads the declared lists. */
  load(): LoadReply {
    return this.#guard<LoadReply>(
      () => {
        if (this.#plan.pattern === 'script') return { ok: true, scanner: { name: null, lookback: null, universe: null, params: [], hasHooks: false, ranks: false } }
        this.#context = this.#openContext()
        try {
          return this.#runTopLevel(this.#context, null)
        } finally {
          this.#endLine(this.#context)
        }
      },
      (error) => ({ ok: false, error }),
    )
  }

  /** Bars of history that the loaded scanner wants, null for all. */
  get lookback(): number | null {
    return this.#context?.lookback ?? null
  }

  /** Whether the loaded scanner has hooks around its batches. */
  get hasHooks(): boolean {
    return this.#context?.hasHooks ?? false
  }

  /** The outcome text of one symbol on one date, empty for a miss. `buffer` is handed over to the isolate. */
  scan(symbol: string, day: number, instantMs: number, buffer: ArrayBuffer, length: number): string {
    return this.#follow(() => this.#context!.scan(symbol, day, instantMs, buffer, length))
  }

  /** What a step comes to once its promises have settled; what the host itself throws on the way is a failed outcome. */
  #follow(start: () => string): string {
    try {
      let text = start()
      while (text === PENDING) text = this.#context!.settle()
      return text
    } catch (error) {
      if (isOutOfMemory(error, this.#isolate)) throw new IsolateOutOfMemory()
      return JSON.stringify({ status: 'failed', error: faultFromHostError(error) })
    }
  }

  /** Runs the hook before or after a batch: empty, or the text of a failed outcome. */
  hook(which: 'before' | 'after', day: number, instantMs: number, symbols: readonly string[]): string {
    const context = this.#context!
    return context.hasHooks ? this.#follow(() => context.call('hook', which, day, instantMs, JSON.stringify(symbols)) as string) : ''
  }

  /** Runs the rank step over the hits of a date: the outcome's text of each, empty for one not kept, or a fault. */
  rank(day: number, instantMs: number, candidates: readonly (readonly [symbol: string, text: string])[]): { ok: true; texts: string[] } | { ok: false; error: ScriptFault } {
    const context = this.#context!
    return this.#guard(
      () => {
        for (const [symbol, text] of candidates) context.call('addCandidate', symbol, text)
        const fault = this.#follow(() => context.call('rank', day, instantMs) as string)
        const texts = fault === '' ? candidates.map((_, place) => context.call('ranked', place) as string) : []
        context.call('endRank')
        return fault === '' ? { ok: true as const, texts } : { ok: false as const, error: (JSON.parse(fault) as { error: ScriptFault }).error }
      },
      (error) => ({ ok: false as const, error }),
    )
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
        const repeats = this.#mayRepeat
        const context = repeats ? this.#repeatableContext() : this.#openContext(this.#host, filesWith(this.#plan, lists.symbols))
        let isWell = false
        try {
          const outcome = this.#runWholeIn(context, lists, instantMs, repeats)
          isWell = outcome.ok
          return outcome
        } finally {
          this.#isFailing = !isWell
          if (!isWell && !this.#isolate.isDisposed) context.call('exit', FAILED)
          this.#keepFiles(context)
          if (repeats && isWell) this.#repeated = context
          else context.release()
        }
      },
      (error) => ({ ok: false, error }),
    )
  }

  /** The context of the run before, where that left nothing behind, else a new one with the script's function in it. */
  #repeatableContext(): GuestContext {
    const kept = this.#repeated
    this.#repeated = null
    if (kept !== null && kept.call('isPristine') === true) return kept
    kept?.release()
    const context = this.#openContext()
    context.bindImports(this.#plan)
    this.#keepFunctionTexts(context, (list) => listExpression(list, listSource(list)))
    const unit = this.#isolate.compileScriptSync(repeatableFunction(this.#plan), { filename: this.#request.filename, lineOffset: -1 })
    context.call('keepRepeatable', context.evaluate(unit).derefInto({ release: true }), !this.#isFailing, onlyAssigns(this.#plan))
    return context
  }

  /** The symbols and dates that the script declares, by running it up to those declarations and no further. */
  probe(): ProbeReply {
    const quiet = heldBack(this.#host)
    return this.#guard<ProbeReply>(
      () => {
        const context = this.#openContext(quiet.host)
        try {
          return this.#probeIn(context)
        } finally {
          this.#endLine(context)
          context.release()
        }
      },
      (error) => {
        quiet.release()
        return { symbols: null, dates: null, error }
      },
    )
  }

  #probeIn(context: GuestContext): ProbeReply {
    const { symbols, dates } = this.#plan
    const last = Math.max(...[symbols, dates].map((list) => (list === null || list.isInner === true ? -1 : list.pieceIndex)))
    if (this.#plan.mode === 'statements') {
      this.#hoist(context)
      for (const piece of this.#plan.pieces.slice(0, last + 1)) {
        if (piece.kind !== 'function' && !piece.skip && !piece.roles.includes('mainCall')) this.#runPiece(context, piece, null)
      }
    }
    const isUnit = this.#plan.mode === 'whole' && this.#plan.moduleKind === 'module' && [symbols, dates].some((list) => list !== null && list.staticValue === null)
    if (isUnit) this.#runUpTo(context, last)
    const read = (list: ListDeclaration | null): ReadList | null => {
      if (list === null) return null
      if (list.staticValue !== null && (this.#plan.mode === 'whole' || list.isInner === true)) return { form: list.form, field: list.field, values: list.staticValue }
      if (list.isInner === true || (this.#plan.mode === 'whole' && !isUnit)) return null
      return context.readList(list.name, list.separator, isUnit)
    }
    return { symbols: read(symbols), dates: read(dates), error: null }
  }

  /** Runs a module that stands as one unit up to one of its statements, with those that start it left out. */
  #runUpTo(context: GuestContext, last: number): void {
    const pieces = this.#plan.pieces.filter(({ kind, skip, roles }, index) => !skip && (kind === 'function' || (index <= last && !roles.includes('mainCall'))))
    const names = pieces.filter(({ kind }) => kind === 'statement').flatMap((piece) => piece.names)
    const plan = { ...this.#plan, pieces, lexicalNames: names, varNames: [], exports: [], defaultExport: null, mainCall: null }
    context.bindImports(plan)
    let text = context.runUnit(this.#isolate.compileScriptSync(unitFunction(plan, new Map()), { filename: this.#request.filename, lineOffset: -1 }))
    while (text === PENDING) text = context.settle()
    if (text !== '') throw Object.assign(new Error(), (JSON.parse(text) as { error: ScriptFault }).error)
  }

  /** Hands over what the scans since the last time wrote to files. */
  keepFiles(): void {
    if (this.#context !== null) this.#keepFiles(this.#context)
  }

  /** Logs what the script wrote of a line that it never ended. */
  #endLine(context: GuestContext): void {
    if (!this.#isolate.isDisposed) context.call('endLine')
  }

  #keepFiles(context: GuestContext): void {
    if (this.#isolate.isDisposed) return
    const json = context.call('takeFiles') as string
    if (json !== '') this.#host.files(json)
  }

  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose()
  }

  get #plan(): InjectionPlan {
    return this.#request.plan
  }

  #runWholeIn(context: GuestContext, lists: ListValues, instantMs: number, repeats: boolean): WholeOutcome {
    context.call('beginWhole', instantMs, this.#request.seed, this.#plan.asksSymbols === true ? JSON.stringify(lists.symbols.toSorted()) : '')
    let text = ''
    if (repeats) {
      text = context.call('runRepeatable', JSON.stringify(lists.symbols), JSON.stringify(lists.dates)) as string
    } else if (this.#plan.pattern === 'script') {
      text = this.#runScript(context, lists)
    } else {
      const { order, replaced } = this.#plan.taken ?? { order: ['symbols', 'dates'] as const, replaced: [] }
      const loaded = this.#runTopLevel(context, Object.fromEntries(replaced.map((role) => [role, lists[role]])))
      if (!loaded.ok) return loaded
      text = context.call('callMain', JSON.stringify(order.map((role) => role && lists[role]))) as string
    }
    while (text === PENDING) text = context.settle()
    if (text === '') text = this.#runToEnd(context)
    if (text !== '') return { ok: false, error: (JSON.parse(text) as { error: ScriptFault }).error }
    this.#offerElsewhere(context, repeats, lists.symbols)
    const collected = JSON.parse(context.call('collectHits') as string) as { hits: []; dropped: number }
    return { ok: true, ...collected }
  }

  /** Lets all go on that the script set going, then does what it left to be done at its end, as Node does; empty, or the text of a fault. */
  #runToEnd(context: GuestContext): string {
    let text = ''
    do {
      while (context.call('runTimer') === true);
      text = context.call('beforeExit') as string
    } while (text === PENDING && context.call('runTimer') === true)
    return text === '' || text === PENDING ? (context.call('exit', 0) as string) : text
  }

  /** Runs every statement of a self-running script with the lists put in place; gives what its start came to. */
  #runScript(context: GuestContext, lists: ListValues): string {
    if (this.#plan.mode === 'whole') return this.#runAsOneUnit(context, lists)
    let text = ''
    try {
      this.#keepFunctionTexts(context, (list) => valueOf(this.#plan, list, lists))
      const start = startAlias(this.#plan)
      if (start !== null) context.run(this.#compile(`Object.defineProperty(globalThis,${JSON.stringify(start.alias)},{value:${start.expression}})`))
      context.inOneTurn(() => {
        this.#hoist(context, lists)
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

  #runAsOneUnit(context: GuestContext, lists: Replaced | null): string {
    const injections = new Map(sharesOf(this.#plan, lists).map(({ list, values }) => [list, { value: listValue(list, values), fill: listFill(list, values) }]))
    context.bindImports(this.#plan)
    const source = unitFunction(this.#plan, injections)
    // The wrapper stands on a line before the author's first, so no line of theirs moves.
    return context.runUnit(this.#isolate.compileScriptSync(source, { filename: this.#request.filename, lineOffset: -1 }))
  }

  #runTopLevel(context: GuestContext, lists: Replaced | null): LoadReply {
    const plan = this.#plan
    let defaultExport: ivm.Reference | null = null
    if (plan.mode === 'whole') {
      let text = this.#runAsOneUnit(context, lists)
      while (text === PENDING) text = context.settle()
      if (text !== '') return { ok: false, error: (JSON.parse(text) as { error: ScriptFault }).error }
      while (context.call('runTimer') === true);
    } else {
      if (lists !== null) this.#keepFunctionTexts(context, (list) => valueOf(plan, list, lists))
      context.inOneTurn(() => {
        this.#hoist(context, lists)
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
    // Computed, since a plain `"__proto__":` would set the prototype.
    const parts = plan.exports.filter(({ local }) => local !== null).map(({ exported, local }) => `[${JSON.stringify(exported)}]:${local}`)
    if (plan.defaultExport?.local != null) parts.push(`["default"]:${plan.defaultExport.local}`)
    context.setExports(this.#compile(`({__proto__:null,${parts.join(',')}})`), defaultExport)
  }

  /** Offers, best first, the places where scripts leave their hits when they do not return them. */
  #offerElsewhere(context: GuestContext, repeats: boolean, symbols: readonly string[]): void {
    context.call('beginSearch', JSON.stringify(symbols))
    context.call('takeStarted')
    context.call('offerExports')
    const { likely, others } = hitPlaces(this.#plan)
    this.#offerBindings(context, likely, repeats)
    context.call('offerPrinted')
    this.#offerBindings(context, others, repeats)
    if (this.#plan.printsHits === true) context.call('offerPrintedOnes')
  }

  #offerBindings(context: GuestContext, places: HitPlace[], repeats: boolean): void {
    if (repeats) return void context.call('offerRepeatableBindings', JSON.stringify(places))
    if (this.#plan.mode === 'whole') return void context.call('offerUnitBindings', JSON.stringify(places))
    for (const place of places) context.offerBinding(this.#compile(place.name), place)
  }

  /** Makes `var` names and function declarations exist before the first statement, as hoisting does. */
  #hoist(context: GuestContext, lists: Replaced | null = null): void {
    context.bindImports(this.#plan)
    context.enterDeadZone(this.#plan.lexicalNames)
    if (this.#plan.varNames.length > 0) context.run(this.#compile(`var ${this.#plan.varNames.join(',')};`))
    for (const piece of this.#plan.pieces) {
      if (piece.kind === 'function' && !piece.skip) this.#runPiece(context, piece, lists)
    }
  }

  #runPiece(context: GuestContext, piece: Piece, lists: Replaced | null): void {
    if (piece.kind === 'statement') context.leaveDeadZone(piece.names)
    context.run(this.#compilePiece(piece, lists))
    const alias = methodAlias(this.#plan, piece)
    if (alias !== '') context.run(this.#compile(alias))
    for (const { list, values } of sharesOf(this.#plan, lists)) {
      if (this.#plan.pieces[list.pieceIndex] !== piece || list.injection === 'replaceInitializer') continue
      const text = list.injection === 'reassign' ? `${list.name}=${listValue(list, values)};` : listFill(list, values)
      context.run(this.#compile(text))
    }
  }

  #compilePiece(piece: Piece, lists: Replaced | null): ivm.Script {
    const replaced = lists === null ? undefined : this.#replacedText(piece, (list) => valueOf(this.#plan, list, lists))
    const { source, lineOffset, columnOffset } = pieceSource(this.#plan, piece, replaced)
    return this.#isolate.compileScriptSync(source, { filename: this.#request.filename, lineOffset, columnOffset })
  }

  /** The text of a piece whose lists can only be replaced in it; undefined for all others. */
  #replacedText(piece: Piece, valueOf: (list: ListDeclaration) => string | null): string | undefined {
    const here = this.#listsOf(piece).filter(({ injection }) => injection === 'replaceInitializer')
    const replacements = here.flatMap((list) => {
      const expression = valueOf(list)
      return expression === null ? [] : [{ list, expression }]
    })
    return replacements.length === 0 ? undefined : replaceInitializers(this.#plan, piece, replacements)
  }

  /** Functions around a list that was replaced in the text still show their author's text. */
  #keepFunctionTexts(context: GuestContext, valueOf: (list: ListDeclaration) => string | null): void {
    for (const piece of this.#plan.pieces) {
      const isInner = this.#listsOf(piece).some((list) => list.isInner === true)
      const replaced = isInner ? this.#replacedText(piece, valueOf) : undefined
      if (replaced !== undefined) context.call('keepFunctionText', pieceText(this.#plan, piece), replaced)
    }
  }

  #listsOf(piece: Piece): ListDeclaration[] {
    return listsOf(this.#plan).filter(({ pieceIndex }) => this.#plan.pieces[pieceIndex] === piece)
  }

  #compile(source: string): ivm.Script {
    return this.#isolate.compileScriptSync(source, { filename: 'strikescan:injected' })
  }

  #openContext(host = this.#host, files = this.#plan.dataFiles ?? []): GuestContext {
    return new GuestContext(this.#isolate, this.#prepared.takeContext(this.#request.needsWeb), this.#standInsScript, { ...this.#request, files }, host)
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

/** The expression that stands in a list's place; null where it is left as it is. */
function valueOf(plan: InjectionPlan, list: ListDeclaration, lists: Replaced): string | null {
  const values = lists[list.role]
  return values === undefined ? null : listValue(list, shareOf(plan, list, values))
}

/** The lists of a script that are replaced, each with what it gets. */
function sharesOf(plan: InjectionPlan, lists: Replaced | null): { list: ListDeclaration; values: string[] }[] {
  return listsOf(plan).flatMap((list) => {
    const values = lists?.[list.role]
    // What stands in a file is put in place there.
    return values === undefined || list.injection === 'dataFile' ? [] : [{ list, values: shareOf(plan, list, values) }]
  })
}

/** The files that a script may read, with a run's symbols in the one that holds its list. */
function filesWith({ symbols, dataFiles = [] }: InjectionPlan, values: readonly string[]): DataFile[] {
  const file = symbols?.injection === 'dataFile' ? symbols.file : undefined
  return file === undefined ? dataFiles : dataFiles.map(({ path, text }) => ({ path, text: file.paths.includes(path) ? withSymbols(text, file.layout, values) : text }))
}
