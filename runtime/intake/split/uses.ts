import type { AnyNode, CallExpression } from 'acorn'
import { functionOf } from '../function-of.ts'
import { emptinessOf, isInsideQuietCall, isQuiet, isQuietCall, isQuietExpression, leavesQuietly } from './quiet.ts'
import { ELEMENTWISE } from './evaluate.ts'
import { isList, type Flow } from './facts.ts'
import { ACCUMULATING, PASSING_CALLS } from './flow.ts'
import { isCounting, isInside, isSetAnew, rootIdentifier } from './names.ts'
import { isForPacing } from './pacing.ts'
import type { ScopedProgram } from '../scope.ts'
import { isStatefulInstance } from './state.ts'
import { calleeName, isFunction, isIdentifier, patternIdentifiers, propertyName, unwrap, walk } from '../tree.ts'

export interface Violation {
  offset: number
  reason: string
}

const HARMLESS_METHODS = new Set('concat flat entries keys values join then catch finally toString toJSON json text split trim toUpperCase toLowerCase replace replaceAll'.split(' '))
const RELATING: Record<string, string> = {
  sort: 'sorts {name} across {noun}',
  toSorted: 'sorts {name} across {noun}',
  reverse: 'reverses the order of {name}',
  reduce: 'reduces {name} over all {noun}',
  reduceRight: 'reduces {name} over all {noun}',
  slice: 'takes a part of {name}',
  splice: 'takes a part of {name}',
  at: 'reads one element of {name}',
  find: 'looks for one element of {name}',
  findLast: 'looks for one element of {name}',
  some: 'asks {name} about any of the {noun}',
  every: 'asks {name} about all {noun}',
  includes: 'looks something up in {name}',
  indexOf: 'looks up a position in {name}',
  has: 'looks something up in {name}',
  get: 'looks something up in {name}',
}
const WRITES = /(^|\.)(write|append|print|log|save|export|send|notify|display|show|report|output|dump|render|post|publish)\w*$/i
const FETCHES = /^(fetch|axios|got|request|nodeFetch|node_fetch)(\.\w+)?$/
const EACH = /(map|each|filter|pool|limit|settle|series|parallel)/i

/** The first use of the list, or of what was gathered over it, that relates its elements to each other; null where there is none. `noun` is `symbols` or `dates`. */
export function findRelatingUse(scoped: ScopedProgram, flow: Flow, noun: string): Violation | null {
  let first: Violation | null = null
  walk(scoped.program, (node) => {
    const reason = judge(node)
    if (reason !== null && (first === null || node.start < first.offset)) first = { offset: node.start, reason }
  })
  return first

  function judge(node: AnyNode): string | null {
    if (node.type === 'BreakStatement' || node.type === 'ReturnStatement' || node.type === 'ContinueStatement') return judgeExit(node)
    if (node.type === 'AssignmentExpression') {
      const reason = judgeAssignment(node)
      if (reason) return reason
    }
    if (node.type === 'VariableDeclarator' && node.init && flow.inRegion(node)) {
      const kept = keptDeclaration(node)
      if (kept) return say('keeps {name} from one of the {noun} to the next', kept)
    }
    if (node.type === 'UpdateExpression' && node.argument.type === 'Identifier' && isInside(scoped, node, flow.leftBehind)) {
      const binding = scoped.bindingOf(node.argument)
      if (binding && flow.isOuter(binding)) return say('keeps {name} from one of the {noun} to the next', node.argument)
    }
    if (node.type === 'UpdateExpression' && flow.inRegion(node) && unwrap(node.argument).type === 'MemberExpression') {
      if (isSharedThis(scoped, node.argument)) return `keeps state in \`this\` from one of the ${noun} to the next`
      const root = rootIdentifier(node.argument)
      const binding = root && scoped.bindingOf(root)
      if (root && (!binding || flow.reachesOuter(binding))) return say('counts in {name} across {noun}', root)
    }
    if (node.type === 'CallExpression' && /^process\.(exit|abort)$/.test(calleeName(node) ?? '') && flow.inRegion(node)) return say('ends the script for the other {noun}', node)
    if (flow.inRegion(node) && (flow.chunkLoops.has(node) || (flow.loops.has(node) && node.type !== 'ForOfStatement' && node.type !== 'ForInStatement'))) return `goes through the ${noun} again for each of them`
    if (node.type === 'Identifier' && flow.inRegion(node)) {
      const binding = scoped.bindingOf(node)
      if (binding && flow.isOuter(binding) && isStatefulInstance(scoped, binding)) return say('uses {name}, whose class keeps state between {noun}', node)
    }
    if (node.type === 'ForOfStatement' && node.right && isList(flow.taintOf(node.right)) && flow.inRegion(node)) return say('goes through {name} again for each of the {noun}', node.right)
    const taint = flow.taintOf(node)
    if (isIdentifierDeclaration(scoped, node)) return null
    if (isList(taint)) return judgeList(node)
    return taint === 'count' ? judgeCount(node) : null
  }

  /** `var n = (n || 0) + 1`: a `var` is one for all turns of its loop, and is read here before the turn sets it. */
  function keptDeclaration(node: Extract<AnyNode, { type: 'VariableDeclarator' }>): AnyNode | null {
    for (const identifier of patternIdentifiers(node.id)) {
      const binding = scoped.bindingOf(identifier)
      const isFirst = binding?.kind === 'var' && binding.declaration === node && flow.isOuter(binding)
      if (isFirst && binding.references.some((use) => use.start < node.end && flow.inRegion(use))) return identifier
    }
    return null
  }

  function say(template: string, node: AnyNode): string {
    return template.replace('{name}', nameOf(node)).replace('{noun}', noun)
  }

  function nameOf(node: AnyNode): string {
    const root = rootIdentifier(node)
    if (root?.type === 'Identifier') return `\`${root.name}\``
    const inner = unwrap(node)
    const name = inner.type === 'CallExpression' ? calleeName(inner) : null
    return name ? `what \`${name}\` gives` : `what was gathered over the ${noun}`
  }

  function judgeList(node: AnyNode): string | null {
    const parent = scoped.parentOf(node)
    if (!parent) return null
    if (flow.inRegion(node) && node.type === 'Identifier') {
      const reason = judgeListInRegion(node, parent)
      if (reason !== undefined) return reason
    }
    switch (parent.type) {
      case 'VariableDeclarator':
        return parent.init === node && parent.id.type === 'ArrayPattern' ? say('reads single elements of {name}', node) : null
      case 'AssignmentExpression':
        return parent.right === node && parent.left.type === 'ArrayPattern' ? say('reads single elements of {name}', node) : null
      case 'MemberExpression':
        return parent.object === node ? judgeMember(node, parent) : say('looks something up by {name}', node)
      case 'CallExpression':
        return parent.callee === node ? null : judgeArgument(node, parent)
      case 'NewExpression':
        return parent.callee === node || isIdentifier(parent.callee) && /^(Set|Map|Array|URLSearchParams|URL|Error)$/.test(parent.callee.name) ? null : say('passes {name} to a class, which may relate the {noun}', node)
      case 'BinaryExpression':
        return parent.operator === '+' || parent.operator === 'instanceof' || isNothing(parent.left as AnyNode) || isNothing(parent.right) ? null : say('compares {name}', node)
      case 'UnaryExpression':
        return parent.operator === 'delete' ? say('deletes from {name}', node) : null
      case 'SpreadElement':
        return null
      case 'SwitchStatement':
      case 'TaggedTemplateExpression':
      case 'UpdateExpression':
      case 'YieldExpression':
        return say('uses {name} as a whole', node)
      default:
        return null
    }
  }

  /** Inside code for one element the list may be added to, or read at the element's own place; `undefined` leaves the question to the general rules. */
  function judgeListInRegion(node: AnyNode, parent: AnyNode): string | null | undefined {
    if (parent.type === 'AssignmentExpression' && parent.left === node) return undefined
    if (isAppendedToItself(node)) return null
    if (parent.type === 'MemberExpression' && parent.object === node) return undefined
    if (parent.type === 'CallExpression' && parent.callee !== node && localFunction(parent)) return null
    if (parent.type === 'CallExpression' && parent.callee === node) return null
    if (parent.type === 'BinaryExpression' && parent.operator === 'in' && isOwnKey(parent.left as AnyNode)) return null
    if (parent.type === 'ReturnStatement' || parent.type === 'ArrowFunctionExpression') return say('gives {name} back for one of the {noun}', node)
    return say(`reads {name} while it works on one of the {noun}`, node)
  }

  /** `all = [...all, x]`, `all = all.concat(x)`, `text = text + line`. */
  function isAppendedToItself(node: AnyNode): boolean {
    const binding = scoped.bindingOf(node)
    for (let current = scoped.parentOf(node); current; current = scoped.parentOf(current)) {
      if (current.type === 'AssignmentExpression') return binding !== null && scoped.bindingOf(current.left as AnyNode) === binding && isAppending(current)
      if (!['SpreadElement', 'ArrayExpression', 'BinaryExpression', 'TemplateLiteral', 'MemberExpression', 'CallExpression'].includes(current.type)) return false
    }
    return false
  }

  function isAppending(node: Extract<AnyNode, { type: 'AssignmentExpression' }>): boolean {
    const binding = scoped.bindingOf(node.left as AnyNode)
    const isSelf = (part: AnyNode | null | undefined) => part !== null && part !== undefined && part.type === 'Identifier' && scoped.bindingOf(part) === binding
    if (node.operator === '+=') return startsAsText(binding)
    if (node.operator !== '=') return false
    const value = unwrap(node.right)
    if (value.type === 'ArrayExpression') return value.elements.filter((element) => element?.type === 'SpreadElement' && isSelf(element.argument)).length === 1
    if (value.type === 'CallExpression') {
      const callee = unwrap(value.callee)
      return propertyName(callee) === 'concat' && callee.type === 'MemberExpression' && isSelf(callee.object as AnyNode)
    }
    return value.type === 'BinaryExpression' && value.operator === '+' && isSelf(value.left as AnyNode) && startsAsText(binding)
  }

  function startsAsText(binding: ReturnType<typeof scoped.bindingOf>): boolean {
    const init = binding?.declaration.type === 'VariableDeclarator' ? binding.declaration.init : null
    return init?.type === 'TemplateLiteral' || (init?.type === 'Literal' && typeof init.value === 'string') || init?.type === 'BinaryExpression' || (init?.type === 'CallExpression' && propertyName(unwrap(init.callee)) === 'join')
  }

  function judgeMember(node: AnyNode, member: Extract<AnyNode, { type: 'MemberExpression' }>): string | null {
    const parent = scoped.parentOf(member)
    const name = propertyName(member)
    if (parent?.type === 'CallExpression' && parent.callee === member && name !== null) return judgeMethod(node, name, parent)
    if (name === 'length' || name === 'size') return parent?.type === 'AssignmentExpression' && parent.left === member ? say('cuts {name}', node) : null
    if (name !== null) {
      if (!flow.inRegion(member)) return null
      return say('shares {name} between {noun}', node)
    }
    const isWrite = parent?.type === 'AssignmentExpression' && parent.left === member && parent.operator === '='
    if (isOwnKey(member.property as AnyNode)) {
      const isPlain = isWrite || !(parent?.type === 'AssignmentExpression' && parent.left === member)
      return isPlain ? null : say('builds up entries of {name} across {noun}', node)
    }
    if (flow.taintOf(node) === 'chunks' || (isWrite && !flow.inRegion(member))) return null
    return say(isWrite ? 'groups the {noun} in {name}' : 'reads single elements of {name}', node)
  }

  /** The element at hand, its symbol, or its position. */
  function isOwnKey(key: AnyNode): boolean {
    const inner = unwrap(key)
    if (inner.type === 'MemberExpression') return /^(symbol|ticker|sym|date)$/i.test(propertyName(inner) ?? '') && isOwnKey(inner.object as AnyNode)
    const name = inner.type === 'UpdateExpression' ? inner.argument : inner
    const binding = name.type === 'Identifier' ? scoped.bindingOf(name) : null
    return binding !== null && (flow.elements.has(binding) || flow.indexes.has(binding))
  }

  function judgeMethod(node: AnyNode, method: string, call: CallExpression): string | null {
    if (ELEMENTWISE.has(method)) return flow.inRegion(node) ? say('goes through {name} again for each of the {noun}', node) : null
    if (HARMLESS_METHODS.has(method)) return null
    if (ACCUMULATING.has(method)) {
      if (method !== 'set' || !flow.inRegion(call)) return null
      return call.arguments[0] && isOwnKey(call.arguments[0] as AnyNode) ? null : say('groups the {noun} in {name}', node)
    }
    if (['get', 'has', 'delete'].includes(method) && call.arguments[0] && isOwnKey(call.arguments[0] as AnyNode)) {
      const outer = scoped.parentOf(call)
      return outer?.type === 'MemberExpression' && method === 'get' && isChange(outer) ? say('builds up entries of {name} across {noun}', node) : null
    }
    if (method === 'slice' || method === 'splice') return call.arguments.length === 0 || isChunk(call) ? null : say(RELATING[method] ?? '', node)
    if (method === 'shift' || method === 'pop') return isDrained(node) ? null : say('takes single elements off {name}', node)
    return say(RELATING[method] ?? `calls ${method}() on {name}`, node)
  }

  /** True inside a loop that runs while the very list has elements. */
  function isDrained(list: AnyNode): boolean {
    const name = rootIdentifier(list)
    const binding = name && scoped.bindingOf(name)
    for (let current: AnyNode | null = list; current && binding; current = scoped.parentOf(current)) {
      if (current.type !== 'WhileStatement' && current.type !== 'ForStatement') continue
      const { test } = current
      if (test && binding.references.some((use) => use.start >= test.start && use.end <= test.end)) return true
    }
    return false
  }

  function isChange(member: AnyNode): boolean {
    const parent = scoped.parentOf(member)
    return parent?.type === 'AssignmentExpression' || parent?.type === 'UpdateExpression' || (parent?.type === 'CallExpression' && ACCUMULATING.has(propertyName(member) ?? ''))
  }

  function isChunk(call: CallExpression): boolean {
    if (!isInside(scoped, call, flow.chunkLoops)) return false
    const callee = unwrap(call.callee)
    if (propertyName(callee) === 'splice' && call.arguments[0]?.type === 'Literal' && call.arguments[0].value === 0) return true
    const [start] = call.arguments
    const binding = start ? scoped.bindingOf(start as AnyNode) : null
    return binding !== null && flow.chunkIndexes.has(binding) && call.arguments.length === 2
  }

  function localFunction(call: CallExpression): boolean {
    const callee = unwrap(call.callee)
    return isFunction(callee) || (callee.type === 'Identifier' && functionOf(scoped, scoped.bindingOf(callee)) !== null)
  }

  function judgeArgument(node: AnyNode, call: CallExpression): string | null {
    const name = calleeName(call) ?? ''
    const method = propertyName(unwrap(call.callee)) ?? ''
    if (localFunction(call) || isQuietCall(call)) return null
    if (PASSING_CALLS.test(name) || WRITES.test(name) || FETCHES.test(name) || ACCUMULATING.has(method) || method === 'concat') return null
    if (/chunk|batch/i.test(name)) return null
    if (EACH.test(name) && call.arguments.some((argument) => isFunction(argument) || (argument.type === 'Identifier' && functionOf(scoped, scoped.bindingOf(argument)) !== null))) return null
    if (/^Math\./.test(name)) return say(`takes ${name} over {name}`, node)
    const receiver = unwrap(call.callee)
    if (receiver.type === 'MemberExpression' && isList(flow.taintOf(receiver.object as AnyNode))) return null
    return say(`passes {name} to ${name ? `\`${name}\`` : 'code'} that can't be seen, which may relate the {noun}`, node)
  }

  function judgeCount(node: AnyNode): string | null {
    const parent = scoped.parentOf(node)
    if (!parent) return null
    if (parent.type === 'ConditionalExpression' && parent.test === node) return judgeChoice(node, parent)
    if (isInsideQuietCall(node, scoped)) return null
    const what = () => `uses how many ${noun} there are, or a place among them, to decide something`
    switch (parent.type) {
      case 'IfStatement':
        return parent.test === node ? judgeCondition(node, parent) : null
      case 'ForStatement':
      case 'WhileStatement':
        return flow.loops.has(parent) || flow.chunkLoops.has(parent) || parent.test !== node ? null : what()
      case 'DoWhileStatement':
      case 'SwitchStatement':
      case 'SwitchCase':
        return what()
      case 'ArrowFunctionExpression':
        return parent.body === node && flow.inRegion(node) ? what() : null
      case 'LogicalExpression': {
        if (parent.left !== node) return null
        if (isList(flow.taintOf(parent.right)) && emptinessOf(node) === null) return what()
        const outer = scoped.parentOf(parent)
        const decides = outer?.type === 'ExpressionStatement' ? !isQuietExpression(parent.right, scoped, flow) || mentionsElement(parent.right) : holdsCall(parent.right)
        return decides ? what() : null
      }
      case 'ReturnStatement':
        return flow.inRegion(node) || isMainReturn(scoped, parent) ? what() : null
      case 'Property':
      case 'ArrayExpression':
        return `puts a number of ${noun}, or a place among them, into its results`
      case 'MemberExpression':
        return parent.property === node && !isOwnKey(node) && !isList(flow.taintOf(parent.object as AnyNode)) ? what() : null
      case 'AssignmentExpression':
        return parent.right === node && unwrap(parent.left as AnyNode).type === 'MemberExpression' ? `puts a number of ${noun}, or a place among them, into its results` : null
      case 'CallExpression':
        return parent.callee === node ? null : judgeCountArgument(node, parent)
      case 'NewExpression':
        return what()
      default:
        return null
    }
  }

  /** `count ? a : b`: fine between plain texts and numbers, which stay counts, in messages, and for asking whether there is anything at all. */
  function judgeChoice(test: AnyNode, node: Extract<AnyNode, { type: 'ConditionalExpression' }>): string | null {
    const branches = [unwrap(node.consequent), unwrap(node.alternate)]
    if (branches.every((branch) => branch.type === 'Literal' || flow.taintOf(branch) === 'count')) return null
    if (!branches.some(mentionsElement)) {
      if (isInsideQuietCall(test, scoped)) return null
      if (emptinessOf(test) !== null && !flow.inRegion(node) && branches.every((branch) => branch.type === 'Literal' || branch.type === 'ArrayExpression' || isList(flow.taintOf(branch)) || isNothing(branch))) return null
    }
    return `uses how many ${noun} there are, or a place among them, to decide something`
  }

  function judgeCountArgument(node: AnyNode, call: CallExpression): string | null {
    const name = calleeName(call) ?? ''
    if (localFunction(call) || /^(Math\.\w+|Number|parseInt|parseFloat|String|setTimeout)$/.test(name) || isChunk(call)) return null
    const callee = unwrap(call.callee)
    if (callee.type === 'MemberExpression' && flow.taintOf(callee.object as AnyNode) === 'count') return null
    if (isQuietExpression(call, scoped, flow)) return null
    const scopedCount = node.type === 'Identifier' ? scoped.bindingOf(node) : null
    if (scopedCount && flow.indexes.has(scopedCount) && ['get', 'at'].includes(propertyName(callee) ?? '')) return null
    return `passes a number of ${noun}, or a place among them, to ${name ? `\`${name}\`` : 'a call'}`
  }

  /** True where code names the element at hand or something made for it: a message that holds it may be how the script reports a hit. */
  function mentionsElement(code: AnyNode | null | undefined): boolean {
    if (!code) return false
    let mentions = false
    walk(code, (node) => {
      const binding = node.type === 'Identifier' ? scoped.bindingOf(node) : null
      if (!binding || flow.isOuter(binding) || flow.bindingTaint(binding) === 'count') return !mentions
      const isOwn = binding.identifier.start >= code.start && binding.identifier.end <= code.end
      if (!isOwn) mentions = true
      return !mentions
    })
    return mentions
  }

  function judgeCondition(test: AnyNode, node: Extract<AnyNode, { type: 'IfStatement' }>): string | null {
    const saysOnlyCounts = !mentionsElement(node.consequent) && !mentionsElement(node.alternate)
    if (saysOnlyCounts && isQuiet(node.consequent, scoped, flow) && isQuiet(node.alternate, scoped, flow)) return null
    const emptiness = flow.inRegion(node) ? null : emptinessOf(test)
    if (emptiness === 'empty' && leavesQuietly(node.consequent, scoped, flow)) return null
    if (emptiness === 'filled' && leavesQuietly(node.alternate, scoped, flow)) return null
    return `uses how many ${noun} there are, or a place among them, to decide something`
  }

  function judgeAssignment(node: Extract<AnyNode, { type: 'AssignmentExpression' }>): string | null {
    if (!flow.inRegion(node)) return null
    const target = unwrap(node.left as AnyNode)
    if (target.type === 'MemberExpression') {
      const object = unwrap(target.object)
      if (isSharedThis(scoped, target)) return `keeps state in \`this\` from one of the ${noun} to the next`
      const root = rootIdentifier(target)
      const binding = root && scoped.bindingOf(root)
      if (!root || (binding && !flow.reachesOuter(binding))) return null
      const isDirect = object.type === 'Identifier'
      if (isDirect && target.computed && isOwnKey(target.property as AnyNode) && node.operator === '=') return null
      return say('shares {name} between {noun}', root)
    }
    if (target.type === 'ArrayPattern' || target.type === 'ObjectPattern') return judgePattern(target)
    if (target.type !== 'Identifier') return null
    const binding = scoped.bindingOf(target)
    if (binding && (!flow.isOuter(binding) || flow.indexes.has(binding) || isSetAnew(scoped, flow.regions, binding))) return null
    if ((isCounting(node) && !isInside(scoped, node, flow.leftBehind)) || isAppending(node)) return null
    if (binding && isForPacing(scoped, flow, binding)) return null
    return node.operator === '=' ? say('keeps {name} from one of the {noun} to the next', target) : say('adds up {name} across {noun}', target)
  }

  /** `[last, close] = [close, bar.c]`. */
  function judgePattern(pattern: Extract<AnyNode, { type: 'ArrayPattern' | 'ObjectPattern' }>): string | null {
    const kept = patternIdentifiers(pattern).find((identifier) => {
      const binding = scoped.bindingOf(identifier)
      return !binding || (flow.isOuter(binding) && !isSetAnew(scoped, flow.regions, binding))
    })
    return kept ? say('keeps {name} from one of the {noun} to the next', kept) : null
  }

  function judgeExit(node: Extract<AnyNode, { type: 'BreakStatement' | 'ReturnStatement' | 'ContinueStatement' }>): string | null {
    if (!flow.inRegion(node)) return null
    const leaving = `leaves the loop over the ${noun} early`
    for (let current = scoped.parentOf(node); current; current = scoped.parentOf(current)) {
      if (node.type !== 'ReturnStatement' && node.label) {
        if (current.type === 'LabeledStatement' && current.label.name === node.label.name) {
          const goesOn = node.type === 'ContinueStatement' && flow.loops.has(current.body)
          return goesOn || flow.inRegion(current) ? null : leaving
        }
        continue
      }
      if (isFunction(current)) return null
      const isLoop = /^(For|While|DoWhile)/.test(current.type)
      if (node.type === 'ContinueStatement' && isLoop) return null
      if (node.type === 'BreakStatement' && (isLoop || current.type === 'SwitchStatement')) return flow.loops.has(current) && !isEndOfQueue(node) ? leaving : null
      if (node.type === 'ReturnStatement' && flow.loops.has(current)) return leaving
    }
    return null
  }

  /** `if (!symbol) break` behind `const symbol = queue.shift()`. */
  function isEndOfQueue(node: AnyNode): boolean {
    const parent = scoped.parentOf(node)
    const guard = parent?.type === 'BlockStatement' ? scoped.parentOf(parent) : parent
    if (guard?.type !== 'IfStatement') return false
    const test = unwrap(guard.test)
    const tested = test.type === 'UnaryExpression' && test.operator === '!' ? unwrap(test.argument) : test.type === 'BinaryExpression' && isNothing(test.right) ? unwrap(test.left as AnyNode) : null
    const binding = tested?.type === 'Identifier' ? scoped.bindingOf(tested) : null
    if (binding?.declaration.type !== 'VariableDeclarator' || !binding.declaration.init) return false
    const init = unwrap(binding.declaration.init)
    return init.type === 'CallExpression' && ['shift', 'pop'].includes(propertyName(unwrap(init.callee)) ?? '')
  }
}

function isNothing(node: AnyNode): boolean {
  return (node.type === 'Literal' && node.value === null) || isIdentifier(node, 'undefined')
}

function isIdentifierDeclaration(scoped: ScopedProgram, node: AnyNode): boolean {
  const parent = scoped.parentOf(node)
  if (node.type !== 'Identifier' || !parent) return false
  if (isFunction(parent)) return parent.body !== node
  if (parent.type === 'VariableDeclarator') return parent.id === node
  if (parent.type === 'AssignmentPattern') return parent.left === node
  return ['ArrayPattern', 'ObjectPattern', 'RestElement', 'ExportSpecifier', 'ImportSpecifier'].includes(parent.type) || (parent.type === 'Property' && scoped.parentOf(parent)?.type === 'ObjectPattern')
}

/** `this.x` outside classes: whether a class keeps state is judged where an instance is used. */
function isSharedThis(scoped: ScopedProgram, member: AnyNode): boolean {
  let object = unwrap(member)
  while (object.type === 'MemberExpression') object = unwrap(object.object)
  if (object.type !== 'ThisExpression') return false
  for (let current = scoped.parentOf(member); current; current = scoped.parentOf(current)) if (current.type === 'ClassBody') return false
  return true
}

function isMainReturn(scoped: ScopedProgram, statement: AnyNode): boolean {
  const around = scoped.functionAround(statement)
  return around !== null && around.type !== 'ArrowFunctionExpression' && /^(main|run)$/.test(around.id?.name ?? '')
}

function holdsCall(node: AnyNode): boolean {
  let holds = false
  walk(node, (part) => {
    if (part.type === 'CallExpression' || part.type === 'AssignmentExpression' || part.type === 'UpdateExpression') holds = true
    return !holds
  })
  return holds
}
