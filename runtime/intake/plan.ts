import type { SymbolLayout } from './lists/symbol-file.ts'

/** What intake hands to the isolate runner. Plain JSON: it crosses process boundaries. */
export interface InjectionPlan {
  filename: string
  language: 'javascript' | 'typescript'
  moduleKind: ModuleKind
  /** True for modules and after a `'use strict'` directive: every piece then runs in strict mode. */
  strict: boolean
  /** `statements`: each piece is a script of its own. `whole`: one unit from `spliceWhole`, for the reason in `wholeReason`. */
  mode: 'statements' | 'whole'
  wholeReason: string | null
  /** The text that runs, without a byte order mark: the author's own for JavaScript, the compiler's output for TypeScript. Every offset below counts UTF-16 units in it. */
  code: string
  /** Source map (JSON, version 3) from `code` to the author's text; null where `code` is the author's text. */
  sourceMap: string | null
  /** Top-level statements in source order. In `statements` mode the runner runs those of kind `function` first, then the others; see `pieceSource`. */
  pieces: Piece[]
  /** Names to define as undefined before the first piece runs, as hoisting would: every `var` outside functions. */
  varNames: string[]
  /** Top-level `let`, `const` and `class` names in source order. */
  lexicalNames: string[]
  /** Top-level function declarations in source order. */
  functionNames: string[]
  /** Bindings to put in place before the first piece runs (`statements` mode) or to link (`whole` mode of a module). */
  imports: ImportRecord[]
  /** Each `require('…')` with a literal specifier, for preparing the modules that `require` will be asked for. */
  requires: ModuleReference[]
  /** Each `import(…)`: `pieceSource` and `spliceWhole` call `DYNAMIC_IMPORT` instead, a name of the same length. */
  dynamicImports: DynamicImport[]
  /** Offsets of each `import.meta` with its end: `IMPORT_META` stands in its place where it runs. */
  importMetas?: [start: number, end: number][]
  /** What a module exports by name; its default export stands in `defaultExport`. */
  exports: ExportRecord[]
  /** `module.exports = { … }`, `exports.name = …`, `module.exports.name = …`: the names seen, `default` for a function assigned to `module.exports`. */
  commonjsExports: string[]
  defaultExport: DefaultExport | null
  pattern: Pattern
  entry: Entry
  /** What an entry of the pattern `main` is handed, and which of its own lists stand for the rest. */
  taken?: TakenLists
  symbols: ListDeclaration | null
  dates: ListDeclaration | null
  /** Where a script goes through several lists of symbols, those besides `symbols`; see `lists/list-shares.ts`. Each has a `staticValue`. */
  further?: ListDeclaration[]
  /** Every declaration that could be the list, the chosen one first. */
  candidates: { symbols: ListDeclaration[]; dates: ListDeclaration[] }
  /** The top-level call that starts a self-running script, or that a file for another pattern makes in passing. */
  mainCall: MainCall | null
  /** The call whose value is what the script found; see `entry/start-value.ts`. */
  startCall?: StartCall
  split: SplitVerdicts
  /** It asks the market for its symbols: those that it is run over are all that it is told of. */
  asksSymbols?: boolean
  /** It reports no hits but by printing them, so that an object with a symbol may be one. */
  printsHits?: true
  /** Names of lists that are not taken as the run's, since they are known only in the midst of it; `line` counts from 1, the author's. */
  unread?: { role: 'symbols' | 'dates'; name: string; why: string; line: number }[]
  /** Files that came with this one and are imported by relative names. */
  companions?: CompanionFile[]
  /** Path of the companion that each relative specifier of this file means. */
  targets?: Record<string, string>
  /** Files that came with this one and may be read. */
  dataFiles?: DataFile[]
}

/** A file that a script may read; `path` is absolute, seen from the script, which stands in `/`. */
export interface DataFile {
  path: string
  text: string
}

/** A file that is imported: its text and what it lets out, run as one function when it is first asked for. */
export interface CompanionFile {
  path: string
  kind: 'module' | 'commonjs' | 'json'
  strict: boolean
  code: string
  sourceMap: string | null
  pieces: Piece[]
  imports: ImportRecord[]
  exports: ExportRecord[]
  defaultExport: DefaultExport | null
  dynamicImports: DynamicImport[]
  importMetas: [start: number, end: number][]
  lexicalNames: string[]
  varNames: string[]
  /** Path of the companion that each of its relative specifiers means. */
  targets: Record<string, string>
  /** True where nothing in it outlives a call. */
  isStateless: boolean
}

export type ModuleKind = 'module' | 'commonjs' | 'script'
export type Pattern = 'defineScanner' | 'default' | 'scan' | 'main' | 'script'
export type ModuleResolution = 'sdk' | 'bundled' | 'standin' | 'file'

/** `function`: a declaration to run first. `exportDefaultExpression`: an expression whose value is the default export. */
export type PieceKind = 'function' | 'statement' | 'exportDefaultExpression'

export interface Piece {
  kind: PieceKind
  /** The author's offsets in `code`; behind `export ` or `export default ` where there is one. */
  start: number
  end: number
  /** Counts from 1. */
  line: number
  /** Counts from 0. */
  column: number
  /** `symbols` and `dates`: the chosen list is declared here and is put in place right after this piece. A piece may declare both. */
  roles: PieceRole[]
  /** Names this piece declares at the top level. */
  names: string[]
  /** True where the runner leaves the piece out: the self-start of a file whose pattern calls the entry from outside. */
  skip: boolean
}

export type PieceRole = 'symbols' | 'dates' | 'mainCall'

export interface ModuleReference {
  specifier: string
  resolution: ModuleResolution
  /** Counts from 1, in `code`. */
  line: number
  /** Counts from 0. */
  column: number
}

export interface ImportRecord extends ModuleReference {
  /** `imported` is an export's name, `default`, or `*` for the namespace. Empty for `import 'x'`. */
  names: { imported: string; local: string }[]
}

/** The global function that the runner provides for `import(…)`: it takes the specifier and gives a promise of the namespace. */
export const DYNAMIC_IMPORT = '$impt$'

/** The global name that the runner provides for `import.meta`, of the same length. */
export const IMPORT_META = '$importmeta'

/** The global function that the runner provides for a `StartCall`: it takes a function that gives the one called, by the object it is called on, and gives one that calls it and keeps what it comes to, also as a hidden member of an object. */
export const KEEP_VALUE = '$keep$'

/** A call of a top-level function, or of a method, by its name at `start`: `alias`, of the same length, is called in its place. */
export interface StartCall {
  start: number
  name: string
  alias: string
  /** Of a method: the class of its object, which gets the alias behind its own statement. */
  owner?: { className: string; pieceIndex: number }
}

/** `start` is the offset of the word `import`; `specifier` is null where it is only known while the script runs. */
export interface DynamicImport {
  start: number
  specifier: string | null
  resolution: ModuleResolution | null
}

/** `local` names a top-level binding; for a re-export it is null and `from`, `imported` (`*` for all) say what is passed on. */
export interface ExportRecord {
  exported: string
  local: string | null
  from: string | null
  imported: string | null
}

/** `local` is null where the value is that of the piece of kind `exportDefaultExpression`. */
export interface DefaultExport {
  local: string | null
  pieceIndex: number | null
}

/**
 * Where the runner finds what it calls. `export`: the module's or `module.exports`' own entry (`default` for the value of
 * `module.exports` itself); `local`: a top-level name that the file does not export; `member`: the property of that value.
 * Both null for the `script` pattern, which starts itself.
 */
export interface Entry {
  export: string | null
  local: string | null
  member: string | null
  /** The value is a class: an object of it is made, whose method `member` is. */
  isClass?: boolean
}

/** `order`: what each parameter is handed, null for nothing. `replaced`: lists of the file in whose place those of the run are put. */
export interface TakenLists {
  order: ('symbols' | 'dates' | null)[]
  replaced: ('symbols' | 'dates')[]
}

/** How a list is written, and so the shape that a replacement must have. */
export type ListForm =
  /** `['A', 'B']`, or any expression that makes such an array. */
  | 'array'
  /** `new Set(['A'])`. */
  | 'set'
  /** `new Map([['A', …]])`: symbols are the keys. */
  | 'map'
  /** `{ A: …, B: … }`: symbols are the keys. */
  | 'object'
  /** `{ tech: ['A'], banks: ['B'] }`: symbols are in the values. */
  | 'groups'
  /** `[{ symbol: 'A', … }]`: `field` names the property. */
  | 'objects'
  /** `[new Date('2026-11-20')]`, which only running shows. */
  | 'instants'
  /** `'A,B'`: `separator` stands between. */
  | 'string'
  /** `const SYMBOL = 'A'`: one at a time; the script runs once for each. */
  | 'single'
  /** A file that came with the script and is read in the midst of its run: see `file`. */
  | 'file'
  /** Not visible in the text: look at the value after the piece has run, and take it for an array where it can't be seen. */
  | 'unknown'

/**
 * How the runner puts its list in place. `inPlace`: change the contents of the value (arrays, sets, maps, objects).
 * `reassign`: assign to the `let` or `var` right after its piece. `replaceInitializer`: compile the piece with the text of the
 * initializer replaced (see `replaceInitializers`), for a `const` that is primitive, frozen, read from a file or used within its own
 * statement, and for a list inside a function, an object or a class. `dataFile`: the script reads a file with the runner's list in it.
 */
export type ListInjection = 'inPlace' | 'reassign' | 'replaceInitializer' | 'dataFile'

export interface ListDeclaration {
  name: string
  role: 'symbols' | 'dates'
  form: ListForm
  /** The property of each element, for `objects`. */
  field: string | null
  /** For `file`: where the script finds it, among `dataFiles`, and how it holds the list. */
  file?: { paths: string[]; layout: SymbolLayout }
  /** For `string`. */
  separator: string | null
  injection: ListInjection
  /** It stands inside a function, an object or a class, and no name at the top level holds it. */
  isInner?: boolean
  /** It is one of the lists that are written out within one value, as in `[{ name: 'tech', symbols: ['A'] }, …]`. */
  isGroup?: boolean
  /** A self-running script never reads it. */
  isUnused?: boolean
  declaredWith: 'const' | 'let' | 'var'
  pieceIndex: number
  /** Offsets in `code`; equal where there is no initializer. */
  initializerStart: number
  initializerEnd: number
  /** The list as the text says it, trimmed, in order; null where only running the script can tell. */
  staticValue: string[] | null
  /** Counts from 1, in `code`. */
  line: number
  column: number
}

export interface MainCall {
  pieceIndex: number
  /** The function called, null for an immediately invoked one or for plain statements. */
  functionName: string | null
  /** True behind `if (require.main === module)` or its like. */
  guarded: boolean
}

/** `batch`: any division gives the same rows as one run. `whole`: it may not, for `reason`, seen at `line` (from 1, the author's). */
export interface SplitVerdict {
  mode: 'batch' | 'whole'
  reason: string
  line: number | null
  /** Set where a loop over the list was followed: only then does a trial of it tell anything. */
  isGoneThrough?: true
}

/** Division by symbol and division by date are judged apart. */
export interface SplitVerdicts {
  symbols: SplitVerdict
  dates: SplitVerdict
}
