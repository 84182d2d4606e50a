import { blank, pieceText, spliceWhole, startAlias, type WholeInjection } from '../intake/piece-source.ts'
import type { CompanionFile, InjectionPlan, ListDeclaration } from '../intake/plan.ts'

/** As long as `export default`, whose place it takes, so that no column moves. */
const DEFAULT_ASSIGNMENT = 'var default$ ='
const RETURNED = 'returned$='

/**
 * A function text for a file that can only run as one unit. A CommonJS file becomes the function that Node makes of it;
 * a module with top-level `await` becomes the body of an async function, its imports bound beforehand and its exports
 * returned at the end together with its top-level values. All of it stands on the author's lines, with the wrapper on the
 * line before the first (compile with line offset -1).
 */
export function unitFunction(plan: InjectionPlan, injections: ReadonlyMap<ListDeclaration, WholeInjection>): string {
  if (plan.moduleKind !== 'module') {
    return `(function (exports, require, module, __filename, __dirname) {${plan.strict ? "'use strict';" : ''}${aliasText(plan)}\n${spliceWhole(plan, injections)}\n})`
  }
  const body = spliceWhole({ ...plan, code: piecesOnly(plan) }, injections)
  // Computed, since a plain `"__proto__":` would set the prototype.
  const exported = plan.exports.filter(({ local }) => local !== null).map(({ exported: name, local }) => `[${JSON.stringify(name)}]:${local}`)
  if (plan.defaultExport !== null) exported.push(`"default":${plan.defaultExport.local ?? 'default$'}`)
  const bindings = [...plan.lexicalNames, ...plan.varNames].map((name) => `[${JSON.stringify(name)}]:${name}`)
  const result = `{__proto__:null,exports:{__proto__:null,${exported.join(',')}},bindings:{__proto__:null,${bindings.join(',')}},returned:returned$}`
  return `(async function () {'use strict';var returned$;${aliasText(plan)}\n${withMainCall(plan, body)}\n;return ${result};})`
}

/**
 * A function text for a file that others import. A CommonJS file becomes the function that Node makes of it; a module becomes one
 * that binds its imports, runs its text and gives its exports, each read when it is asked for, so that later changes show.
 */
export function companionFunction(file: CompanionFile): string {
  const plan = { ...file, mainCall: null, symbols: null, dates: null } as unknown as InjectionPlan
  if (file.kind !== 'module') return `(function (exports, require, module, __filename, __dirname) {${file.strict ? "'use strict';" : ''}\n${spliceWhole(plan, new Map())}\n})`
  const ask = (specifier: string, name: string): string => `$import$(${JSON.stringify(specifier)},${JSON.stringify(name)})`
  const bound = file.imports.flatMap(({ specifier, names }) => (names.length === 0 ? [`${ask(specifier, '*')};`] : names.map(({ imported, local }) => `const ${local}=${ask(specifier, imported)};`)))
  const body = spliceWhole({ ...plan, code: piecesOnly(plan) }, new Map())
  const getters = file.exports.flatMap(({ exported, local, from, imported }) => {
    if (local !== null) return [`get [${JSON.stringify(exported)}](){return ${local}}`]
    return exported === '*' ? [`...${ask(from!, '*')}`] : [`get [${JSON.stringify(exported)}](){return ${ask(from!, imported!)}}`]
  })
  if (file.defaultExport !== null) getters.push(`get default(){return ${file.defaultExport.local ?? 'default$'}}`)
  return `(function ($import$) {'use strict';${bound.join('')}\n${body}\n;return {__proto__:null,${getters.join(',')}};})`
}

/** Declares the alias of the script's start; empty without one. */
export function aliasText(plan: InjectionPlan): string {
  const start = startAlias(plan)
  return start === null ? '' : `var ${start.alias}=${start.expression};`
}

/** The code with everything but its pieces blanked: `import` statements, `export` keywords, comments between. */
export function piecesOnly(plan: InjectionPlan): string {
  const blankOf = (from: number, to: number): string => blank(plan.code.slice(from, to))
  let text = ''
  for (const piece of plan.pieces) {
    let between = blankOf(text.length, piece.start)
    if (piece.kind === 'exportDefaultExpression') {
      const keyword = plan.code.lastIndexOf('export', piece.start) - text.length
      between = between.slice(0, keyword) + DEFAULT_ASSIGNMENT + between.slice(keyword + DEFAULT_ASSIGNMENT.length)
    }
    text += between + plan.code.slice(piece.start, piece.end)
  }
  return text + blankOf(text.length, plan.code.length)
}

/** Keeps what the top-level call of the script comes to; only the columns of that one line move. */
function withMainCall(plan: InjectionPlan, body: string): string {
  const call = plan.mainCall === null ? undefined : plan.pieces[plan.mainCall.pieceIndex]
  // What is exported by default is kept as such.
  if (call === undefined || call.skip || call.kind === 'exportDefaultExpression') return body
  const text = pieceText(plan, call)
  const at = body.lastIndexOf(text)
  return at < 0 || !/^(await\b|[\w$]+\s*\()/.test(text) || /^(if|for|while|switch)\b/.test(text) ? body : body.slice(0, at) + RETURNED + body.slice(at)
}
