import type { AnyNode, CallExpression, Literal, TemplateLiteral } from 'acorn'
import type { Diagnostic } from '../scan/run.ts'
import { diagnostic, type Place } from './diagnostics.ts'
import type { DataFile } from './plan.ts'
import type { Binding, ScopedProgram } from './scope.ts'
import { evaluateStatically } from './static-value.ts'
import { calleeName, dottedName, isFunction, isIdentifier, literalText, unwrap, walk } from './tree.ts'

/** Hosts of the usual market-data APIs, which the runtime answers. */
const SERVED_HOSTS = [
  'api.tradier.com', 'sandbox.tradier.com', 'api.polygon.io', 'api.massive.com', 'query1.finance.yahoo.com', 'query2.finance.yahoo.com', 'data.alpaca.markets',
  'data.sandbox.alpaca.markets', 'www.alphavantage.co', 'alphavantage.co', 'stooq.com', 'www.stooq.com', 'stooq.pl', 'finnhub.io', 'api.finnhub.io', 'api.twelvedata.com',
]
const LONG_SLEEP_MS = 60_000
const MOST_NAMES_FOLLOWED = 8
export const FILE_WRITES = /^(fs|fsp|fsPromises|promises|fs\.promises)\.(write|append|mkdir|createWriteStream|rm|unlink|rename|copy)\w*$|^(writeFileSync|appendFileSync|writeFile|appendFile)$/
export const FILE_READS = /^(fs|fsp|fsPromises|promises|fs\.promises)\.(read|createReadStream|open|exists|stat|access)\w*$|^(readFileSync|readFile|existsSync|createReadStream)$/
const KEY_NAME = /((^|_)key$|[a-z]Key$|api_?key|token|secret|password|passwd|auth|bearer|credential)/i

/** What in a script behaves differently here than its author may expect, each once at its place. */
export function findHazards(scoped: ScopedProgram, place: (offset: number) => Place, dataFiles: readonly DataFile[] = []): Diagnostic[] {
  const found: Diagnostic[] = []
  const add = (severity: Diagnostic['severity'], code: Diagnostic['code'] & Parameters<typeof diagnostic>[1], values: Record<string, string | number>, node: AnyNode) => {
    found.push(diagnostic(severity, code, values, place(node.start)))
  }
  const isGlobal = (node: AnyNode) => node.type === 'Identifier' && scoped.bindingOf(node) === null
  walk(scoped.program, (node, parent) => {
    if (node.type === 'CallExpression') findCallHazards(node)
    else if (node.type === 'NewExpression') {
      if (isIdentifier(node.callee, 'Date') && node.arguments.length === 0 && isGlobal(node.callee)) add('info', 'clock_read', { expression: 'new Date()' }, node)
      if (isIdentifier(node.callee, 'Function') && isGlobal(node.callee)) add('warning', 'code_from_text', { expression: 'new Function' }, node)
      if (isIdentifier(node.callee, 'WebSocket')) add('warning', 'web_socket', {}, node)
    } else if (isEndless(node)) add('warning', 'infinite_loop', {}, node)
    else if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init) findSecret(node.id.name, node.init)
    else if (node.type === 'Property' && parent?.type === 'ObjectExpression' && !node.computed) findSecret(node.key.type === 'Identifier' ? node.key.name : (literalText(node.key) ?? ''), node.value)
    else if (node.type === 'Literal' || node.type === 'TemplateLiteral') findAddress(node)
  })
  return found

  function findCallHazards(node: CallExpression): void {
    const name = calleeName(node) ?? ''
    if (name === 'Math.random') add('info', 'random_values', {}, node)
    else if (name === 'Date.now' || (name === 'Date' && isGlobal(unwrap(node.callee)))) add('info', 'clock_read', { expression: `${name}()` }, node)
    else if (name === 'setInterval') add('warning', 'interval_timer', {}, node)
    else if ((name === 'eval' || name === 'Function') && isGlobal(unwrap(node.callee))) add('warning', 'code_from_text', { expression: name }, node)
    else if (name === 'process.exit' || name === 'process.abort') add('warning', 'process_exit', { expression: name }, node)
    else if (FILE_WRITES.test(name)) add('info', 'file_write', { expression: name }, node)
    else if (FILE_READS.test(name)) {
      const named = textsNamed(scoped, node)
      const file = named.find((text) => dataFiles.some(({ path }) => path.endsWith(`/${text}`)))
      if (file !== undefined) add('info', 'file_came_along', { expression: name, file }, node)
      else add('warning', 'file_read', { expression: name, file: missingFile(named) }, node)
    } else if (name === 'setTimeout' || /(^|\.)(sleep|delay|wait)$/i.test(name)) {
      const ms = milliseconds(node.arguments[name === 'setTimeout' ? 1 : 0] as AnyNode | undefined)
      if (ms !== null && ms >= LONG_SLEEP_MS) add('info', 'long_sleep', { ms }, node)
    }
  }

  function findSecret(name: string, value: AnyNode): void {
    const inner = unwrap(value)
    const fallback = inner.type === 'LogicalExpression' ? unwrap(inner.right) : inner
    const text = literalText(fallback)
    if (text !== null && KEY_NAME.test(name) && looksLikeKey(text)) add('warning', 'secret_in_source', { name }, fallback)
  }

  function findAddress(node: Literal | TemplateLiteral): void {
    const text = startOf(node)
    const host = requestHost(node)
    if (host === null) return
    if (/[?&](api_?key|token|apikey)=[\w-]{12,}/i.test(text)) add('warning', 'secret_in_source', { name: 'address' }, node)
    if (/^wss?:/i.test(text)) add('warning', 'web_socket', {}, node)
    else if (!isServedHost(host)) add('warning', 'unknown_host', { host }, node)
  }
}

/** Texts in the first argument of a call, and in what the names there were declared as: the files that it may mean, without what leads to their folder. */
function textsNamed(scoped: ScopedProgram, { arguments: [first] }: CallExpression): string[] {
  const found: string[] = []
  const seen = new Set<AnyNode>()
  const look = (part: AnyNode): void => walk(part, (node) => {
    if (node.type !== 'Identifier' && node.type !== 'Literal') return
    const value = evaluateStatically(node, scoped)
    const text = value?.kind === 'text' ? value.text.replace(/^(\.{0,2}\/)+/, '') : ''
    if (text !== '') return void found.push(text)
    const binding = node.type === 'Identifier' ? scoped.bindingOf(node) : null
    const declared = binding?.declaration
    if (binding?.kind === 'param' && !seen.has(binding.scope.node)) {
      seen.add(binding.scope.node)
      for (const argument of argumentsFor(scoped, binding)) look(argument)
    }
    if (declared?.type !== 'VariableDeclarator' || !declared.init || seen.has(declared) || seen.size >= MOST_NAMES_FOLLOWED) return
    seen.add(declared)
    look(declared.init)
  })
  if (first !== undefined) look(first)
  return found
}

/** What the calls of a function of the file hand to one of its parameters: `load('watch.csv')` for `file` of `const load = (file) => …`. */
function argumentsFor(scoped: ScopedProgram, { scope, identifier }: Binding): AnyNode[] {
  const { node } = scope
  const place = isFunction(node) ? node.params.indexOf(identifier as never) : -1
  const around = scoped.parentOf(node)
  const name = node.type === 'FunctionDeclaration' ? node.id : around?.type === 'VariableDeclarator' && around.id.type === 'Identifier' ? around.id : null
  const binding = place === -1 || !name ? null : scoped.bindingOf(name)
  return (binding?.references ?? []).slice(0, MOST_NAMES_FOLLOWED).flatMap((use) => {
    const call = scoped.parentOf(use)
    const argument = call?.type === 'CallExpression' && call.callee === use ? call.arguments[place] : undefined
    return argument === undefined ? [] : [argument as AnyNode]
  })
}

function missingFile(named: readonly string[]): string {
  const file = named.find((text) => /\.\w+$/.test(text))
  return file === undefined ? 'which one this means, only running tells' : `${file.slice(0, 100)} did not come with the script`
}

const startOf = (node: Literal | TemplateLiteral): string => (node.type === 'TemplateLiteral' ? (node.quasis[0]?.value.cooked ?? '') : typeof node.value === 'string' ? node.value : '').slice(0, 2000)

/** The host of a text that is a web address, or begins as one; null for any other. */
export function requestHost(node: Literal | TemplateLiteral): string | null {
  return /^(?:https?|wss?):\/\/(?:[^/@\s]*@)?([\w.-]+\.\w+)(?=[:/?#]|$)/i.exec(startOf(node))?.[1]?.toLowerCase() ?? null
}

/** Whether requests to a host are answered from the market. */
export const isServedHost = (host: string): boolean => SERVED_HOSTS.includes(host)

function looksLikeKey(text: string): boolean {
  const bare = text.replace(/^Bearer /i, '')
  return /^[\w.+/=-]{12,}$/.test(bare) && !/^(your|my|the|insert|xxx|test|demo|sample|example|<)/i.test(bare) && !/(your|here|placeholder|xxxx)/i.test(bare) && !/^[a-z]+([-_][a-z]+)*$/.test(bare) && !/^[A-Z]+(_[A-Z]+)*$/.test(bare)
}

/** `while (true)` and `for (;;)` in which nothing breaks out, returns, throws or waits. */
function isEndless(node: AnyNode): boolean {
  if (node.type !== 'WhileStatement' && node.type !== 'DoWhileStatement' && node.type !== 'ForStatement') return false
  const test = node.test ? unwrap(node.test as AnyNode) : null
  if (test !== null && !(test.type === 'Literal' && Boolean(test.value))) return false
  if (test === null && node.type !== 'ForStatement') return false
  let leaves = false
  walk(node.body as AnyNode, (part, parent) => {
    if (part.type === 'BreakStatement' || part.type === 'ReturnStatement' || part.type === 'ThrowStatement' || part.type === 'AwaitExpression' || part.type === 'YieldExpression') leaves = true
    if (part.type === 'CallExpression' && dottedName(part.callee) === 'process.exit') leaves = true
    return !leaves && !(isFunction(part) && parent !== null)
  })
  return !leaves
}

/** `60000`, `60_000`, `60 * 1000`; null for what only running tells. */
export function milliseconds(node: AnyNode | undefined): number | null {
  if (!node) return null
  const inner = unwrap(node)
  if (inner.type === 'Literal') return typeof inner.value === 'number' ? inner.value : null
  if (inner.type !== 'BinaryExpression' || inner.operator !== '*') return null
  const [left, right] = [milliseconds(inner.left as AnyNode), milliseconds(inner.right)]
  return left === null || right === null ? null : left * right
}
