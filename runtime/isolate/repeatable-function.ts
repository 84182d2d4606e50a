import { listsOf } from '../intake/lists/list-shares.ts'
import { blank, spliceWhole } from '../intake/piece-source.ts'
import type { InjectionPlan, ListDeclaration } from '../intake/plan.ts'
import { listExpression, listFillFrom } from './list-injection.ts'
import { aliasText, piecesOnly } from './module-body.ts'

/** Modules that keep nothing a script could not see; what it does see of them is looked at after each run. */
const MODULES = new Set(['axios', 'node-fetch', 'cross-fetch', 'undici', 'dotenv', 'dotenv/config', 'timers/promises', 'perf_hooks', 'strikescan', 'strikescan/options'])
/** Ways to leave something behind where nobody looks: names of the global scope that are no properties; what is dear to make. */
const HIDDEN_STATE = /\b(eval|Function|Segmenter)\b/
/** Ways to change an object other than by an assignment to a property with a name. */
const BESIDE_ASSIGNING = /\b(define\w*|delete|freeze|seal|preventExtensions|setPrototypeOf|getOwnProperty\w*|constructor|__\w+__|Reflect|Symbol)\b/
/** Begins an expression, and no statement: what it comes to can be kept by an assignment in front of it. */
const EXPRESSION = /^(?!(?:if|for|while|do|switch|try|throw|return|let|const|var|class|function|async\s+function|with|debugger|using)\b)[\w$(!]/
/** Blanks and comments. */
const COMMENTS_ONLY = /^(?:\s|\/\/[^\n\r\u2028\u2029]*(?![^\n\r\u2028\u2029])|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)*$/
const RETURNED = 'returned$'

/** Expression of a role's list inside the function of `repeatableFunction`. */
export const listSource = (list: ListDeclaration): string => `lists$.${list.role}`

/** Whether a script's text names no other way to change an object than to assign to a property that has a name. */
export const onlyAssigns = ({ code }: InjectionPlan): boolean => !BESIDE_ASSIGNING.test(code)

/** Whether a script can stand as one function that is called again for other lists, with the same rows as if each call were its first. */
export function isRepeatable(plan: InjectionPlan): boolean {
  const { code, pattern, mode, companions, further, imports, requires, dynamicImports, exports, defaultExport, mainCall, pieces } = plan
  if (pattern !== 'script' || mode !== 'statements' || (companions?.length ?? 0) > 0 || (further?.length ?? 0) > 0 || exports.length > 0 || defaultExport !== null || mainCall === null) return false
  const known = [...imports, ...requires].every(({ specifier }) => MODULES.has(specifier.replace(/^node:/, '')))
  if (!known || dynamicImports.length > 0 || HIDDEN_STATE.test(code)) return false
  const call = pieces[mainCall.pieceIndex]
  return call !== undefined && !call.skip && EXPRESSION.test(code.slice(call.start, call.end)) && /[\n\r]/.test(gapBefore(plan, call.start))
}

/**
 * The script as a function of its lists, on the author's lines (compile with line offset -1): it shows its top-level values by
 * `offer$` and returns what its start came to. Columns move only behind a list on its line.
 */
export function repeatableFunction(plan: InjectionPlan): string {
  const injections = new Map(listsOf(plan).map((list) => [list, { value: listExpression(list, listSource(list)), fill: listFillFrom(list, listSource(list)) }]))
  const call = plan.pieces[plan.mainCall!.pieceIndex]!
  const isModule = plan.moduleKind === 'module'
  const source = isModule ? { ...plan, code: piecesOnly(plan) } : plan
  const gap = gapBefore(plan, call.start)
  // In front of the line end before the call, so that nothing on its own line moves; a lone semicolon would come between.
  const keep = { start: call.start - gap.length, end: call.start, text: `;${RETURNED}=${COMMENTS_ONLY.test(gap) ? gap : blank(gap)}` }
  const body = spliceWhole(source, injections, keep)
  const names = [...plan.lexicalNames, ...plan.varNames].map((name) => `${JSON.stringify(name)}(){return ${name}}`)
  return `(function (lists$, offer$, exports, require, module, __filename, __dirname) {${plan.strict ? "'use strict';" : ''}var ${RETURNED};${aliasText(plan)}offer$({__proto__:null,${names.join(',')}});\n${body}\n;return ${RETURNED};})`
}

/**
 * What stands between a place and the end of the statement before it: blanks, comments, directives and lone semicolons;
 * a `#!` line is left out.
 */
function gapBefore({ code, pieces }: InjectionPlan, at: number): string {
  const first = code.startsWith('#!') ? code.search(/[\n\r\u2028\u2029]|$/) : 0
  const before = Math.max(first, ...pieces.filter(({ end }) => end <= at).map(({ end }) => end))
  return code.slice(before, at)
}
