import type { AnyNode } from 'acorn'
import { createHash } from 'node:crypto'
import { resolve } from 'node:path/posix'
import type { Diagnostic, IntakeReport } from '../scan/run.ts'
import { findAskedSymbols, findComputedSymbols } from './lists/asked-symbols.ts'
import { companionTarget, readCompanions, type CompanionSource } from './companions.ts'
import { dataFilesOf, readsFiles } from './data-files.ts'
import { decodeSource, namedLoader } from './decode.ts'
import { arrangeDiagnostics, diagnostic, type Place } from './diagnostics.ts'
import { findHazards } from './hazards.ts'
import { findInnerList, type InnerList } from './lists/inner-lists.ts'
import { definitionProblem } from './definition.ts'
import { settleFilledLists } from './lists/filled-lists.ts'
import { findFileList } from './lists/file-lists.ts'
import { findFurtherLists } from './lists/further-lists.ts'
import { allSymbols } from './lists/list-shares.ts'
import { createLineIndex, type LineIndex } from './lines.ts'
import { findLists, takeInnerList, type FoundLists } from './lists/lists.ts'
import { findMemberList } from './lists/member-lists.ts'
import { resolveModules, type ModuleTable, type ResolvedModules } from './modules.ts'
import { recogniseOtherLanguage, recogniseRefused } from './lookalike.ts'
import { MAX_NESTING } from './nesting.ts'
import { readName, readParams, readUniverse } from './params.ts'
import { parseScript, type ParseResult } from './parse.ts'
import { asWalker, withTaken } from './entry/entry-lists.ts'
import { contextTaker, exportedClasses, findAskingScript, findHiddenScript, findPattern, hasEntryMethod, type FoundPattern } from './entry/pattern.ts'
import type { CompanionFile, DataFile, InjectionPlan, ModuleKind, PieceRole, SplitVerdicts, StartCall } from './plan.ts'
import { createPositionMapper } from './positions.ts'
import { resolveScopes, type ScopedProgram } from './scope.ts'
import { findPrintedHits } from './split/printed-hits.ts'
import { judgeSplit, splitReason } from './split/split.ts'
import { findStartCall } from './entry/start-value.ts'
import { readStructure, type Structure } from './structure.ts'
import type { Transpiled } from './transpile.ts'
import { findUnreadLists } from './lists/unread-lists.ts'
import { findUses } from './uses.ts'

export interface AnalyzeInput {
  bytes: Uint8Array
  filename: string
  /** The compiled text of a file for which `needsTranspile` says so. */
  transpiled?: Transpiled | undefined
  /** Modules that scripts may import. */
  modules: ModuleTable
  limits?: { maxBytes?: number | undefined } | undefined
  /** The other files of a script that has several, and this one's place among them. */
  companions?: { entryPath: string; sources: CompanionSource[] } | undefined
}

/** `plan` and `report` are null where the file is refused: `diagnostics` then holds an error. */
export interface Analysis {
  plan: InjectionPlan | null
  report: IntakeReport | null
  diagnostics: Diagnostic[]
}

const DEFAULT_MAX_BYTES = 1_048_576
const MAX_STATEMENTS = 20_000
const SAMPLE_SIZE = 10

/** Why a file must be compiled before it is analysed: by its name, or since its text only parses as TypeScript. */
export interface TranspileNeed {
  loader: 'ts' | 'tsx'
  because: 'extension' | 'syntax'
  /** The text to compile. */
  text: string
}

/**
 * Whether `transpile` must come first; null for JavaScript, and for files that `analyze` refuses anyway. Parses: run it where `analyze` runs.
 * Where the compiler refuses a file that is named as JavaScript, analyse it without: the report then shows the error of the JavaScript.
 */
export function needsTranspile(filename: string, bytes: Uint8Array, maxBytes: number = DEFAULT_MAX_BYTES): TranspileNeed | null {
  const { text } = decodeSource(bytes, filename, maxBytes)
  if (text === null || recogniseOtherLanguage(text)) return null
  const loader = namedLoader(filename)
  if (loader !== null) return { loader, because: 'extension', text }
  const parsed = parseScript(text, filename)
  return parsed.diagnostic?.code === 'syntax_error' ? { loader: 'ts', because: 'syntax', text } : null
}

/**
 * Takes an uploaded file apart: how it is run, piece by piece, with which lists, imports and entry, whether it may be split, and what its
 * author should know. Pure and synchronous, but made for a process that can be killed: its input is hostile until proven otherwise.
 */
export function analyze(input: AnalyzeInput): Analysis {
  try {
    return analyzeWithin(input)
  } catch (error) {
    // A stack that overflows is the file's doing, whichever step it hits.
    if (error instanceof RangeError) return refuse([diagnostic('error', 'nested_too_deeply', { filename: input.filename, limit: MAX_NESTING })])
    throw error
  }
}

function refuse(diagnostics: readonly Diagnostic[]): Analysis {
  return { plan: null, report: null, diagnostics: arrangeDiagnostics(diagnostics) }
}

function analyzeWithin(input: AnalyzeInput): Analysis {
  const { bytes, filename, transpiled } = input
  const decoded = decodeSource(bytes, filename, input.limits?.maxBytes ?? DEFAULT_MAX_BYTES)
  if (decoded.text === null) return refuse([decoded.diagnostic])
  const other = recogniseOtherLanguage(decoded.text)
  if (other) return refuse([diagnostic('error', 'file_not_script', { filename, ...other })])
  if (!transpiled && namedLoader(filename) !== null) return refuse([diagnostic('error', 'not_transpiled', { filename })])
  const code = transpiled?.code ?? decoded.text
  const parsed = parseScript(code, filename)
  if (!parsed.program) return refuse([parsed.diagnostic])
  if (parsed.program.body.length > MAX_STATEMENTS) return refuse([diagnostic('error', 'too_many_statements', { filename, count: parsed.program.body.length, limit: MAX_STATEMENTS })])
  return describe(input, decoded.text, code, parsed)
}

function describe(input: AnalyzeInput, text: string, code: string, parsed: ParseResult & { diagnostic: null }): Analysis {
  const { filename, transpiled, modules } = input
  const lines = createLineIndex(code)
  const sourceMap = transpiled?.map ?? null
  const toAuthor = createPositionMapper({ sourceMap })
  const place = (offset: number): Place => {
    const position = lines.positionAt(offset)
    const author = toAuthor(position.line, position.column)
    return { line: author.line, column: author.column + 1 }
  }
  const { companions } = input
  const dataFiles = companions === undefined ? [] : dataFilesOf(companions.entryPath, companions.sources)
  const scoped: ScopedProgram = { ...resolveScopes(parsed.program), fileText: (path) => dataFiles.find((file) => file.path === resolve('/', path))?.text ?? null }
  const structure = readStructure(scoped, parsed.asModule, lines)
  const files = companions && { has: (specifier: string) => companionTarget(companions.sources, companions.entryPath, specifier) }
  const resolved = resolveModules(scoped, structure.imports, { modules, filename, lines, place, files })
  const beside = readCompanions(companions?.sources ?? [], Object.values(resolved.targets), modules)
  resolved.requires.push(...beside.references)
  const lists = findLists(scoped, structure, lines, place)
  const found = findEntry(scoped, structure, lists, lines, place, readsFiles(code, companions?.sources ?? []) ? dataFiles : [])
  if (found) settleFilledLists(scoped, structure, lists, found)
  if (found) lists.further = findFurtherLists(scoped, structure, lists, found, lines)
  if (lists.further.length > 0) noteSeveralLists(lists, place)
  const notes = [...resolved.diagnostics, ...beside.diagnostics, ...lists.diagnostics, ...findHazards(scoped, place, dataFiles)]
  if (transpiled && namedLoader(filename) === null) notes.push(diagnostic('info', 'treated_as_typescript', { filename }))
  if (structure.wholeReason) notes.push(diagnostic('info', 'runs_whole', { reason: structure.wholeReason }))
  const problem = found ? null : entryProblem({ scoped, structure, lists, filename, place, text })
  if (problem) notes.push(problem)
  const broken = found && definitionProblem(scoped, found.config, place)
  if (broken) notes.push(broken)
  const ownLists = found && ownListsNote(scoped, lists, found, place)
  if (ownLists) notes.push(ownLists)
  const idle = found?.pattern === 'script' && lists.bindings.symbols?.references.length === 0 ? lists.bindings.symbols : null
  if (idle) notes.push(diagnostic('warning', 'symbols_unused', { name: idle.name }, place(idle.identifier.start)))
  if (idle && lists.chosen.symbols) lists.chosen.symbols.isUnused = true
  const context = found && contextTaker(found)
  if (context) notes.push(diagnostic('error', 'scan_takes_context', { name: found.pattern === 'scan' ? '`scan`' : 'The default function' }, place(context.start)))
  if (!found || notes.some((note) => note.severity === 'error')) return refuse(notes)

  markPieces(structure, lists, found)
  notes.push(...entryNotes(structure, found, place))
  if (found.asked) notes.push(diagnostic('info', 'symbols_asked', { what: found.asked.what }, place(found.asked.offset)))
  const unread = findUnreadLists(scoped, structure, lists, found, lines, parsed.asModule).map(({ offset, ...list }) => ({ ...list, ...place(offset) }))
  notes.push(...unread.map(({ name, role, why, ...at }) => diagnostic('warning', 'list_unread', { name, role, why, suggestion: role.toUpperCase() }, at)))
  const split = withCompanions(judgeSplit(scoped, found, lists, (offset) => place(offset).line), found, beside.files)
  const moduleKind = moduleKindOf(parsed, scoped, structure)
  const plan: InjectionPlan = { ...assemblePlan({ input, code, sourceMap, moduleKind, structure, resolved, lists, found, startCall: findStartCall(scoped, structure, found), split }), ...(unread.length > 0 && { unread: unread.map(({ column: _, ...list }) => list) }), ...(findPrintedHits(scoped, found) !== null && { printsHits: true as const }), ...(dataFiles.length > 0 && readsFiles(code, companions!.sources) && { dataFiles }), ...(beside.files.length > 0 && { companions: beside.files, targets: resolved.targets }) }
  const diagnostics = arrangeDiagnostics(notes)
  return { plan, report: { ...reportOf(input, plan, scoped, found, resolved, diagnostics), uses: findUses(scoped, (offset) => place(offset).line) }, diagnostics }
}

/** What imported files do with what they are given is not followed; those that keep nothing are no matter to a scan of one symbol. */
function withCompanions(split: SplitVerdicts, found: FoundPattern, files: readonly CompanionFile[]): SplitVerdicts {
  const isPerSymbol = found.pattern !== 'script' && found.pattern !== 'main'
  const culprit = isPerSymbol ? files.find((file) => !file.isStateless) : files.find(({ kind }) => kind !== 'json')
  if (culprit === undefined) return split
  const reason = isPerSymbol ? `${culprit.path} may keep something between symbols` : `what ${culprit.path} does with the symbols can't be seen from here`
  const whole = { mode: 'whole' as const, reason, line: null }
  return { symbols: split.symbols.mode === 'whole' ? split.symbols : whole, dates: split.dates.mode === 'whole' ? split.dates : whole }
}

/** Says that several lists are the run's, in the stead of which of them was chosen. */
function noteSeveralLists(lists: FoundLists, place: (offset: number) => Place): void {
  const chosen = lists.chosen.symbols!
  const further = lists.further.map(({ list }) => list)
  const names = [chosen, ...further].map(({ name }) => `\`${name}\``).join(', ')
  lists.diagnostics = lists.diagnostics.filter((note) => note.code !== 'list_ambiguous' || !further.some(({ name }) => note.message.startsWith(`\`${name}\``)))
  lists.diagnostics.push(diagnostic('info', 'lists_several', { names, first: chosen.name }, place(chosen.initializerStart)))
}

/** The pattern of a file; a self-running one may have its lists inside its functions, objects or classes. */
function findEntry(scoped: ScopedProgram, structure: Structure, lists: FoundLists, lines: LineIndex, place: (offset: number) => Place, dataFiles: readonly DataFile[]): FoundPattern | null {
  const take = (role: 'symbols' | 'dates'): void => {
    const inner = lists.chosen[role] === null ? findInnerList(scoped, structure, lines, role) : null
    if (inner !== null) takeInnerList(lists, inner, place)
  }
  let found = findPattern(scoped, structure, lists.bindings.symbols)
  const sources = { scoped, structure, lists, lines, readsSymbols: findFileList(scoped, dataFiles) !== null, take: (inner: InnerList) => takeInnerList(lists, inner, place) }
  if (found !== null) found = withTaken(asWalker(found, sources), sources)
  // The dates of all but these are those that the run is at, which the scan is called with.
  if (found !== null && found.pattern !== 'script' && found.taken?.replaced.includes('dates') !== true) lists.diagnostics = lists.diagnostics.filter(({ code }) => code !== 'dates_unused')
  if (found === null) {
    take('symbols')
    takeFileList(scoped, lists, dataFiles)
    found = findHiddenScript(scoped, structure, lists.bindings.symbols, lists.chosen.symbols !== null)
  }
  if (found !== null && (found.pattern === 'script' || takesNothing(found))) takeFileList(scoped, lists, dataFiles)
  const asked = lists.chosen.symbols === null && (found === null || takesNothing(found)) ? findAskedSymbols(scoped) : null
  if (asked !== null) found = found === null ? findAskingScript(scoped, structure, asked) : { ...found, asked }
  if (found?.pattern === 'script') take('dates')
  if (found?.pattern === 'scan' || found?.pattern === 'default') takeMemberLists(scoped, structure, lists, lines)
  return found
}

/** The list in a file of the upload, where the script has none, or one that is empty until it has read the file. */
function takeFileList(scoped: ScopedProgram, lists: FoundLists, dataFiles: readonly DataFile[]): void {
  const list = lists.chosen.symbols === null || lists.chosen.symbols.staticValue?.length === 0 ? findFileList(scoped, dataFiles) : null
  if (list === null) return
  lists.chosen.symbols = list
  lists.candidates.symbols = [list]
  lists.bindings.symbols = null
}

/** A `main` that is not handed the symbols has them from elsewhere. */
const takesNothing = ({ taken }: FoundPattern): boolean => taken !== undefined && !taken.order.includes('symbols')

/** Lists beside the scan in what the file hands out; there is nothing to put in their place, since the scan gets its symbol. */
function takeMemberLists(scoped: ScopedProgram, structure: Structure, lists: FoundLists, lines: LineIndex): void {
  for (const role of ['symbols', 'dates'] as const) {
    const member = lists.chosen[role] === null ? findMemberList(scoped, structure, lines, role) : null
    if (member !== null && member.declaration.staticValue !== null) lists.chosen[role] = member.declaration
  }
}

function moduleKindOf(parsed: ParseResult, scoped: ScopedProgram, structure: Structure): ModuleKind {
  if (parsed.asModule) return 'module'
  const speaksCommonjs = scoped.globals.some(({ name }) => name === 'require' || name === 'module' || name === 'exports' || name === '__dirname' || name === '__filename')
  return speaksCommonjs || structure.commonjsNodes.size > 0 ? 'commonjs' : 'script'
}

/** The error of a file that can't be run, in the terms of what it holds. */
function entryProblem({ scoped, structure, lists, filename, place, text }: { scoped: ScopedProgram; structure: Structure; lists: FoundLists; filename: string; place: (offset: number) => Place; text: string }): Diagnostic {
  const other = recogniseRefused(text, filename)
  if (other) return diagnostic('error', 'file_not_script', { filename, ...other })
  const unmade = exportedClasses(scoped, new Map([...structure.commonjsNodes, ...structure.exportedNodes])).find(({ node }) => hasEntryMethod(scoped, node))
  if (unmade) return diagnostic('error', 'class_not_made', { name: unmade.node.id?.name ?? 'Scanner' }, place(unmade.node.start))
  const starts = structure.pieces.length > 0 && structure.pieceNodes.some((node) => node.type !== 'FunctionDeclaration' && node.type !== 'VariableDeclaration' && node.type !== 'ClassDeclaration')
  const unread = starts && lists.bindings.symbols?.references.length === 0 ? lists.bindings.symbols : null
  if (unread) return diagnostic('error', 'symbols_unread', { name: unread.name }, place(unread.identifier.start))
  if (lists.chosen.symbols || !starts) return diagnostic('error', 'no_entry', { filename, seen: describeSeen(scoped, structure, lists) })
  const computed = findComputedSymbols(scoped)
  if (computed !== null) return diagnostic('error', 'symbols_computed', { name: computed.name }, place(computed.offset))
  return diagnostic('error', 'symbols_not_found', { filename })
}

function describeSeen(scoped: ScopedProgram, structure: Structure, lists: FoundLists): string {
  if (structure.pieces.length === 0) return 'it holds no statements'
  const parts: string[] = []
  const list = (names: string[]) => names.slice(0, 5).map((name) => `\`${name}\``).join(', ')
  const isUsed = (name: string): boolean => (scoped.top.bindings.get(name)?.references.length ?? 0) > 0
  const lent = new Set([...structure.exportedNodes.values(), ...structure.commonjsNodes.values()].flatMap((node) => namesOf(node)))
  const exported = [...structure.exportedNodes.keys(), ...structure.commonjsNodes.keys()]
  const kept = structure.functionNames.filter((name) => !lent.has(name) && !exported.includes(name))
  const unused = kept.filter((name) => !isUsed(name))
  const used = kept.filter(isUsed)
  if (unused.length > 0) parts.push(`functions ${list(unused)} that nothing exports or calls`)
  else if (used.length > 0) parts.push(`functions ${list(used)} that nothing exports`)
  if (exported.length > 0) parts.push(`exports ${list(exported)} (what is called is \`scan\`, \`main\` or the default)`)
  if (lists.chosen.symbols) parts.push(`the list \`${lists.chosen.symbols.name}\``)
  return parts.length > 0 ? `it has ${parts.join(', ')}` : 'it exports nothing and calls nothing'
}

/** The name that an exported expression or declaration stands for. */
function namesOf(node: AnyNode): string[] {
  if (node.type === 'Identifier') return [node.name]
  return node.type === 'FunctionDeclaration' && node.id ? [node.id.name] : []
}

/** What is said of a function that is not handed its symbols: which list stands for them, or that none does. */
function ownListsNote(scoped: ScopedProgram, lists: FoundLists, found: FoundPattern, place: (offset: number) => Place): Diagnostic | null {
  if (!takesNothing(found) || found.asked) return null
  const name = found.entry.member ?? (found.entry.export === 'default' ? 'The default function' : (found.entry.export ?? found.entry.local ?? 'main'))
  const shown = name.includes(' ') ? name : `\`${name}\``
  const at = found.entryFunction === null ? undefined : place(found.entryFunction.start)
  if (lists.chosen.symbols !== null) return diagnostic('info', 'own_lists', { name: shown, list: lists.chosen.symbols.name }, at)
  const computed = findComputedSymbols(scoped)
  if (computed !== null) return diagnostic('error', 'symbols_computed', { name: computed.name }, place(computed.offset))
  return diagnostic('warning', 'takes_no_symbols', { name: shown }, at)
}

function markPieces(structure: Structure, lists: FoundLists, found: FoundPattern): void {
  const mark = (index: number | undefined, role: PieceRole) => {
    const piece = index === undefined ? undefined : structure.pieces[index]
    if (piece) piece.roles.push(role)
  }
  mark(lists.chosen.symbols?.pieceIndex, 'symbols')
  mark(lists.chosen.dates?.pieceIndex, 'dates')
  if (found.pattern === 'script') mark(found.mainCall?.pieceIndex, 'mainCall')
  if (found.pattern === 'script' || !found.mainCall) return
  const piece = structure.pieces[found.mainCall.pieceIndex]
  const callsEntry = found.mainCall.calledFunction !== null && (found.mainCall.calledFunction === found.entryFunction || found.mainCall.guarded)
  const node = found.mainCall.node
  // An `else` branch, as in `if (require.main === module) main(); else module.exports = …`, must still run.
  const wholeNode = structure.pieceNodes[found.mainCall.pieceIndex]
  const hasAlternate = wholeNode?.type === 'IfStatement' && wholeNode.alternate
  if (piece && callsEntry && node.type !== 'VariableDeclaration' && piece.names.length === 0 && !hasAlternate) piece.skip = true
}

function entryNotes(structure: Structure, found: FoundPattern, place: (offset: number) => Place): Diagnostic[] {
  const notes: Diagnostic[] = []
  const name = found.entry.local ?? found.mainCall?.functionName ?? 'main'
  if (!found.exported && found.entryFunction) notes.push(diagnostic('info', 'entry_not_exported', { name }, place(found.entryFunction.start)))
  for (const piece of structure.pieces) {
    if (piece.skip) notes.push(diagnostic('info', 'entry_self_started', { name, line: place(piece.start).line }, place(piece.start)))
  }
  return notes
}

function assemblePlan(parts: {
  input: AnalyzeInput
  code: string
  sourceMap: string | null
  moduleKind: ModuleKind
  structure: Structure
  resolved: ResolvedModules
  lists: FoundLists
  found: FoundPattern
  startCall: StartCall | null
  split: SplitVerdicts
}): InjectionPlan {
  const { input, structure, resolved, lists, found, startCall } = parts
  return {
    filename: input.filename,
    language: input.transpiled ? 'typescript' : 'javascript',
    moduleKind: parts.moduleKind,
    strict: structure.strict,
    mode: structure.wholeReason === null ? 'statements' : 'whole',
    wholeReason: structure.wholeReason,
    code: parts.code,
    sourceMap: parts.sourceMap,
    pieces: structure.pieces,
    varNames: structure.varNames,
    lexicalNames: structure.lexicalNames,
    functionNames: structure.functionNames,
    imports: resolved.imports,
    requires: resolved.requires,
    dynamicImports: resolved.dynamicImports,
    importMetas: resolved.importMetas,
    exports: structure.exports,
    commonjsExports: [...structure.commonjsNodes.keys()],
    defaultExport: structure.defaultExport,
    pattern: found.pattern,
    entry: found.entry,
    symbols: lists.chosen.symbols,
    dates: lists.chosen.dates,
    candidates: lists.candidates,
    mainCall: found.mainCall && { pieceIndex: found.mainCall.pieceIndex, functionName: found.mainCall.functionName, guarded: found.mainCall.guarded },
    split: parts.split,
    ...(lists.further.length > 0 && { further: lists.further.map(({ list }) => list) }),
    ...(found.taken && { taken: found.taken }),
    ...(found.asked && { asksSymbols: true }),
    ...(startCall && { startCall }),
  }
}

function reportOf(input: AnalyzeInput, plan: InjectionPlan, scoped: ScopedProgram, found: FoundPattern, resolved: ResolvedModules, diagnostics: Diagnostic[]): Omit<IntakeReport, 'uses'> {
  const symbols = [...new Set(allSymbols(plan) ?? [])]
  const universe = readUniverse(scoped, found.config)
  return {
    sha256: createHash('sha256').update(input.bytes).digest('hex'),
    filename: input.filename,
    bytes: input.bytes.length,
    language: plan.language,
    moduleKind: plan.moduleKind,
    pattern: plan.pattern,
    name: readName(found.config),
    symbols: { count: symbols.length, sample: symbols.slice(0, SAMPLE_SIZE), declaredAs: plan.symbols === null ? null : [plan.symbols, ...(plan.further ?? [])].map(({ name }) => name).join(', ') },
    dates: { values: plan.dates?.staticValue ?? [], declaredAs: plan.dates?.name ?? null },
    params: readParams(scoped, found.config),
    ...(universe !== undefined && { universe }),
    imports: resolved.summary,
    split: { mode: plan.split.symbols.mode, reason: splitReason(plan.split) },
    diagnostics,
  }
}
