import { DYNAMIC_IMPORT, IMPORT_META, KEEP_VALUE, type InjectionPlan, type ListDeclaration, type Piece } from './plan.ts'

/** Script text with the offsets to compile it at, both counted from 0 and possibly negative. */
export interface PlacedSource {
  source: string
  lineOffset: number
  columnOffset: number
}

const STRICT_PREFIX = "'use strict';"

/**
 * The text of one piece and where to compile it, so that every error position is the author's own.
 * The prefix stands on the piece's first line and the column offset takes it back. The completion value of an
 * `exportDefaultExpression` is the default export. `replaced` changes the text of the piece: see `replaceInitializers`.
 */
export function pieceSource(plan: InjectionPlan, piece: Piece, replaced?: string): PlacedSource {
  const text = replaced ?? runnableCode(plan).slice(piece.start, piece.end)
  const isExpression = piece.kind === 'exportDefaultExpression'
  // As a property of that name, an anonymous function or class is called `default`, as in a module.
  const prefix = (plan.strict ? STRICT_PREFIX : '') + (isExpression ? '({default:' : '')
  return {
    source: prefix + text + (isExpression ? '\n}).default' : ''),
    lineOffset: piece.line - 1,
    columnOffset: piece.column - prefix.length,
  }
}

/**
 * The text of a piece with the initializers of lists in it replaced by expressions. Lines stay where they are, and columns too
 * where an expression is no longer than the initializer's first line.
 */
export function replaceInitializers(plan: InjectionPlan, piece: Piece, replacements: readonly { list: ListDeclaration; expression: string }[]): string {
  const code = runnableCode(plan)
  const edits = replacements.map(({ list, expression }) => initializerEdit(code, list, expression))
  const inside = edits.map((edit) => ({ ...edit, start: edit.start - piece.start, end: edit.end - piece.start }))
  return applyEdits(code.slice(piece.start, piece.end), inside)
}

/** The author's text of a piece, as it runs where nothing is replaced. */
export function pieceText(plan: InjectionPlan, piece: Piece): string {
  return runnableCode(plan).slice(piece.start, piece.end)
}

/** A stretch of a text and what stands in its place. */
export interface Edit {
  start: number
  end: number
  text: string
}

/** What `spliceWhole` puts in place for one list: `value` is an expression that gives the list, `fill` a statement that changes it in place. */
export interface WholeInjection {
  value: string
  fill: string
}

/**
 * The text of the whole file for `whole` mode, with lists put in place right after the statement that declares them (or in place of
 * its initializer), an edit `besides` behind those at its place, skipped pieces blanked and a `#!` line blanked. No line moves; columns move only behind an injection on its line.
 */
export function spliceWhole(plan: InjectionPlan, injections: ReadonlyMap<ListDeclaration, WholeInjection>, besides?: Edit): string {
  const edits = [...injections].map(([list, injection]) => listEdit(plan, list, injection))
  if (besides !== undefined) edits.push(besides)
  for (const piece of plan.pieces) {
    const alias = methodAlias(plan, piece)
    if (alias !== '') edits.push({ start: piece.end, end: piece.end, text: alias })
    if (piece.skip) edits.push({ start: piece.start, end: piece.end, text: `;${blank(plan.code.slice(piece.start + 1, piece.end))}` })
  }
  if (plan.code.startsWith('#!')) {
    const end = plan.code.search(/[\n\r\u2028\u2029]|$/)
    edits.push({ start: 0, end, text: ' '.repeat(end) })
  }
  return applyEdits(runnableCode(plan), edits)
}

const runnable = new WeakMap<InjectionPlan, string>()

/** Defines the alias of a plan's start call, by an expression; null without one. It must see that function. */
export function startAlias({ startCall }: InjectionPlan): { alias: string; expression: string } | null {
  return startCall === undefined || startCall.owner !== undefined ? null : { alias: startCall.alias, expression: `${KEEP_VALUE}(()=>${startCall.name})` }
}

/** Gives the class that a piece declares the alias of the plan's start call, where that is of a method of it; empty for all other pieces. */
export function methodAlias({ startCall, pieces }: InjectionPlan, piece: Piece): string {
  const owner = startCall?.owner
  if (startCall === undefined || owner === undefined || pieces[owner.pieceIndex] !== piece) return ''
  return `;${KEEP_VALUE}((self)=>self.${startCall.name},${owner.className}.prototype,${JSON.stringify(startCall.alias)});`
}

/** The code with every `import(` calling the runner's function of the same length, and the script's start its alias, so that no offset moves. */
function runnableCode(plan: InjectionPlan): string {
  const metas = plan.importMetas ?? []
  if (plan.dynamicImports.length === 0 && metas.length === 0 && plan.startCall === undefined) return plan.code
  const known = runnable.get(plan)
  if (known !== undefined) return known
  const edits = plan.dynamicImports.map(({ start }) => ({ start, end: start + DYNAMIC_IMPORT.length, text: DYNAMIC_IMPORT }))
  for (const [start, end] of metas) edits.push({ start, end, text: IMPORT_META.padEnd(end - start) })
  if (plan.startCall !== undefined) edits.push({ start: plan.startCall.start, end: plan.startCall.start + plan.startCall.name.length, text: plan.startCall.alias })
  const code = applyEdits(plan.code, edits)
  runnable.set(plan, code)
  return code
}

function listEdit(plan: InjectionPlan, list: ListDeclaration, injection: WholeInjection): Edit {
  if (list.injection === 'replaceInitializer') return initializerEdit(plan.code, list, injection.value)
  const end = plan.pieces[list.pieceIndex]?.end ?? list.initializerEnd
  const statement = list.injection === 'reassign' ? `${list.name} = ${injection.value}` : injection.fill
  return { start: end, end, text: `;${statement};` }
}

function initializerEdit(code: string, list: ListDeclaration, expression: string): Edit {
  const { initializerStart: start, initializerEnd: end } = list
  if (start === end) return { start, end, text: ` = ${expression}` }
  const padding = blank(code.slice(start, end))
  const firstLine = padding.search(/[\n\r\u2028\u2029]|$/)
  // Only as many blanks go as the expression needs, so that what follows keeps its column.
  return { start, end, text: expression + padding.slice(Math.min(expression.length, firstLine)) }
}

/** Spaces instead of characters, line ends kept. */
export function blank(text: string): string {
  return text.replace(/[^\n\r\u2028\u2029]/g, ' ')
}

function applyEdits(code: string, edits: Edit[]): string {
  let result = ''
  let position = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < position) continue
    result += code.slice(position, edit.start) + edit.text
    position = edit.end
  }
  return result + code.slice(position)
}
