import type { AnyNode, CallExpression } from 'acorn'
import type { Binding, ScopedProgram } from '../scope.ts'
import { evaluate } from './evaluate.ts'
import { FlowFacts, isList, type Flow, type Taint } from './facts.ts'
import { isCounting, positionVariable, rootIdentifier } from './names.ts'
import { isForPacing } from './pacing.ts'
import { MUTATING_METHODS } from './state.ts'
import { calleeName, dottedName, isFunction, isIdentifier, literalText, propertyName, unwrap, walk, type FunctionNode } from '../tree.ts'

/** Few scripts need more than six; a chain that does is not worth the time. */
const MAX_PASSES = 15
export const ACCUMULATING = new Set(['push', 'unshift', 'add', 'set', 'append'])
export const PASSING_CALLS = /^(Promise\.(all|allSettled|resolve)|Object\.(keys|values|entries|fromEntries|freeze)|Array\.(from|isArray|of)|JSON\.(stringify|parse)|structuredClone|String|encodeURIComponent|Boolean)$/

const LISTENING = /^(on|once|addListener|prependListener|addEventListener)$/
/** `api.interceptors.request.use(…)`, `client.hooks.before(…)`. */
const HOOKING = /\.(interceptors|hooks|middleware)\.([\w.]+\.)?\w+$/

/** Follows the list through a program: which names hold it or what was gathered from it, and which code runs once for each element. */
export function followList(scoped: ScopedProgram, seeds: ReadonlyMap<Binding, Taint>): Flow {
  const facts = new FlowFacts(scoped, seeds)
  const emits = emitsOf(scoped)
  for (let pass = 0; !facts.settled && pass < MAX_PASSES; pass++) {
    facts.beginPass()
    walk(scoped.program, enterNode, leaveNode)
  }
  return facts

  function enterNode(node: AnyNode): void {
    const binding = node.type === 'Identifier' ? scoped.bindingOf(node) : null
    if (!binding) return
    const taint = facts.bindingTaint(binding)
    if (taint) facts.setTaint(node, taint)
    if (!facts.inRegion(node)) return
    // Functions and classes named in code that runs per element run per element too.
    const target = facts.codeOf(binding)
    if (target) facts.addRegion(target)
    else if (binding.declaration.type === 'VariableDeclarator' && binding.declaration.init && facts.isOuter(binding)) facts.addLeftBehind(unwrap(binding.declaration.init))
  }

  function leaveNode(node: AnyNode): void {
    const taint = evaluate(node, facts)
    if (taint) facts.setTaint(node, taint)
    transfer(node)
  }

  function transfer(node: AnyNode): void {
    if (node.type === 'VariableDeclarator' && node.init) transferDeclarator(node.id as AnyNode, node.init)
    else if (node.type === 'AssignmentExpression') transferAssignment(node)
    else if (node.type === 'UpdateExpression') facts.gather(node.argument, 'count')
    else if (node.type === 'CallExpression' || node.type === 'NewExpression') transferCall(node as CallExpression)
    else if (node.type === 'ReturnStatement') facts.taintReturn(scoped.functionAround(node), node.argument)
    else if (node.type === 'YieldExpression') transferYield(node)
    else if (node.type === 'ArrowFunctionExpression' && node.expression) facts.taintReturn(node, node.body)
    else if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') transferForOf(node)
    else if (node.type === 'ForStatement' || node.type === 'WhileStatement') transferLoop(node)
  }

  /** A generator that goes through the list gives something for each element, whoever goes through the generator. */
  function transferYield(node: Extract<AnyNode, { type: 'YieldExpression' }>): void {
    const around = scoped.functionAround(node)
    const given = node.delegate ? facts.of(node.argument) : facts.inRegion(node) ? 'list' : null
    if (around === null || !isList(given)) return
    facts.raiseReturn(around, given)
    // `{ *[Symbol.iterator]() { yield* TECH } }` is gone through itself.
    const method = scoped.parentOf(around)
    const object = method?.type === 'Property' && method.computed ? scoped.parentOf(method) : null
    const holder = object && scoped.parentOf(object)
    if (holder?.type === 'VariableDeclarator' && holder.id.type === 'Identifier') facts.taintPattern(holder.id, given)
  }

  function transferDeclarator(target: AnyNode, init: AnyNode): void {
    const value = unwrap(init)
    if (isElementExpression(value)) return facts.markElements(target)
    if (facts.inRegion(target)) facts.addAlias(target, value)
    const counted = value.type === 'UpdateExpression' ? value.argument : value
    if (counted.type === 'Identifier' && target.type === 'Identifier') {
      const source = scoped.bindingOf(counted)
      if (source && facts.indexes.has(source)) facts.markIndex(target)
    }
    facts.taintPattern(target, facts.of(init))
  }

  /** `list[i]`, `queue.shift()`, an element itself or its symbol. */
  function isElementExpression(value: AnyNode): boolean {
    if (value.type === 'MemberExpression') {
      if (isList(facts.of(value.object)) && facts.of(value.object) !== 'chunks' && value.computed) {
        const key = unwrap(value.property as AnyNode)
        const binding = scoped.bindingOf(key.type === 'UpdateExpression' ? key.argument : key)
        return binding !== null && facts.indexes.has(binding)
      }
      const owner = scoped.bindingOf(unwrap(value.object))
      return owner !== null && facts.elements.has(owner) && /^(symbol|ticker|sym)$/i.test(propertyName(value) ?? '')
    }
    if (value.type === 'CallExpression') {
      const callee = unwrap(value.callee)
      return callee.type === 'MemberExpression' && facts.of(callee.object) === 'list' && ['shift', 'pop'].includes(propertyName(callee) ?? '')
    }
    const binding = value.type === 'Identifier' ? scoped.bindingOf(value) : null
    return binding !== null && facts.elements.has(binding)
  }

  function transferAssignment(node: Extract<AnyNode, { type: 'AssignmentExpression' }>): void {
    const target = unwrap(node.left as AnyNode)
    const taint = facts.of(node.right)
    if (target.type === 'MemberExpression') {
      if (isList(taint) && !/^(module|exports|globalThis|global)\b/.test(dottedName(target) ?? '')) facts.gather(rootIdentifier(target), taint === 'chunks' ? 'chunks' : 'list', true)
      facts.gather(rootIdentifier(target), 'list')
      return
    }
    facts.taintPattern(target, taint)
    if (target.type !== 'Identifier') return
    const binding = scoped.bindingOf(target)
    if (binding && facts.isOuter(binding) && !isForPacing(scoped, facts, binding)) facts.gather(target, isCounting(node) ? 'count' : 'list')
  }

  function transferCall(node: CallExpression): void {
    const callee = unwrap(node.callee)
    const called = facts.localFunction(callee)
    if (called) {
      node.arguments.forEach((argument, index) => {
        const param = called.params[index] as AnyNode | undefined
        if (!param) return
        const target = param.type === 'AssignmentPattern' ? (param.left as AnyNode) : param
        facts.taintPattern(target, argument.type === 'SpreadElement' ? null : facts.of(argument))
        if (isElementExpression(unwrap(argument as AnyNode))) facts.markElements(target)
        else if (facts.regions.has(called)) facts.addAlias(target, argument as AnyNode)
        const source = scoped.bindingOf(unwrap(argument as AnyNode))
        if (source && facts.indexes.has(source) && target.type === 'Identifier') facts.markIndex(target)
      })
    }
    const receiver = callee.type === 'MemberExpression' ? facts.of(callee.object) : null
    const method = propertyName(callee) ?? ''
    if (calleeName(node) === 'Object.assign') facts.gather(rootIdentifier(node.arguments[0] as AnyNode), 'list')
    if (callee.type === 'MemberExpression' && (ACCUMULATING.has(method) || MUTATING_METHODS.has(method))) {
      const target = rootIdentifier(callee.object)
      facts.gather(target, 'list')
      for (const argument of node.arguments) {
        const taint = facts.of(argument)
        if (isList(taint)) facts.gather(target, argument.type === 'SpreadElement' ? taint : 'chunks', true)
      }
    }
    if (callee.type === 'MemberExpression' && facts.inRegion(node)) {
      for (const argument of node.arguments) if (isFunction(argument)) facts.addAlias(argument.params[0] as AnyNode | undefined, callee.object as AnyNode)
    }
    const callbacks = node.arguments.map(facts.localFunction).filter((value): value is FunctionNode => value !== null)
    if (isListening(node, callee)) for (const callback of callbacks) enterListener(callback, node)
    if (isList(receiver)) for (const callback of callbacks) enterCallback(callback, receiver, method, node)
    else if (node.arguments.some((argument) => isList(facts.of(argument)) && !facts.localFunction(argument))) {
      for (const callback of callbacks) enterElement(callback, node.arguments.some((argument) => facts.of(argument) === 'chunks'))
    }
  }

  function enterCallback(callback: FunctionNode, receiver: Taint, method: string, node: CallExpression): void {
    if (method === 'then') return void (callback.params[0] && facts.taintPattern(callback.params[0] as AnyNode, receiver))
    if (method === 'catch' || method === 'finally') return
    if (receiver === 'chunks') return void (callback.params[0] && facts.taintPattern(callback.params[0] as AnyNode, 'list'))
    enterElement(callback, false)
    if (node.arguments.length > 0 && callback.params[2]) facts.taintPattern(callback.params[2] as AnyNode, 'list')
  }

  /** Whether code for one element calls what a call hands over: it emits the event, or uses the object that asks its listeners. */
  function isListening(node: CallExpression, callee: AnyNode): boolean {
    const method = propertyName(callee) ?? ''
    if (callee.type !== 'MemberExpression' || facts.inRegion(node) || /^process\b/.test(calleeName(node) ?? '')) return false
    if (LISTENING.test(method)) return emitted(node).length > 0
    const root = HOOKING.test(calleeName(node) ?? '') ? rootIdentifier(callee) : null
    return (root && scoped.bindingOf(root))?.references.some((use) => facts.inRegion(use)) ?? false
  }

  /** The places, in code for one element, that emit what a call listens for. */
  function emitted(node: CallExpression): CallExpression[] {
    const event = literalText(node.arguments[0])
    return emits.filter((emit) => {
      const sent = literalText(emit.arguments[0])
      return facts.inRegion(emit) && (event === null || sent === null || sent === event)
    })
  }

  function enterListener(callback: FunctionNode, node: CallExpression): void {
    facts.addRegion(callback)
    for (const emit of emitted(node)) {
      callback.params.forEach((param, index) => {
        const given = emit.arguments[index + 1]
        if (given && isElementExpression(unwrap(given as AnyNode))) facts.markElements(param as AnyNode)
      })
    }
  }

  function enterElement(callback: FunctionNode, overChunks: boolean): void {
    const [element, index] = callback.params as AnyNode[]
    if (overChunks) return void (element && facts.taintPattern(element, 'list'))
    facts.addRegion(callback)
    if (element) facts.markElements(element)
    if (index?.type === 'Identifier') facts.markIndex(index)
  }

  function transferForOf(node: Extract<AnyNode, { type: 'ForOfStatement' | 'ForInStatement' }>): void {
    const taint = facts.of(node.right)
    const left = (node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left) as AnyNode | undefined
    if (!left) return
    if (facts.inRegion(node)) facts.addAlias(left, node.right)
    if (!isList(taint)) return
    const lists = unwrap(node.right)
    if (lists.type === 'ArrayExpression' && lists.elements.some((element) => element !== null && element.type !== 'SpreadElement' && isList(facts.of(element)))) {
      facts.add(facts.chunkLoops, node)
      return facts.taintPattern(left, 'list')
    }
    if (taint === 'chunks') {
      facts.add(facts.chunkLoops, node)
      return facts.taintPattern(left, 'list')
    }
    facts.add(facts.loops, node)
    facts.addRegion(node.body as AnyNode)
    const right = unwrap(node.right)
    const isIndexed = right.type === 'CallExpression' && propertyName(unwrap(right.callee)) === 'entries' && calleeName(right) !== 'Object.entries'
    if (isIndexed && left.type === 'ArrayPattern' && !holdsKeys(right)) {
      const [index, element] = left.elements
      if (index?.type === 'Identifier') facts.markIndex(index)
      if (element) facts.markElements(element as AnyNode)
    } else facts.markElements(left)
  }

  /** `map.entries()` gives keys, `array.entries()` positions: told by how the receiver was made. */
  function holdsKeys(call: CallExpression): boolean {
    const callee = unwrap(call.callee)
    const receiver = callee.type === 'MemberExpression' ? scoped.bindingOf(unwrap(callee.object)) : null
    const init = receiver?.declaration.type === 'VariableDeclarator' ? receiver.declaration.init : null
    return init?.type === 'NewExpression' && isIdentifier(init.callee, 'Map')
  }

  /** Loops by position, in steps of one (per element) or more (per chunk), and loops that empty a queue. */
  function transferLoop(node: Extract<AnyNode, { type: 'ForStatement' | 'WhileStatement' }>): void {
    if (!node.test || facts.of(node.test) === null || !countsList(node.test)) return
    const position = positionVariable(scoped, node, (part) => isCountOfList(part))
    if (!position) {
      const draining = drainingMethod(node.body as AnyNode)
      if (draining === 'element') {
        facts.add(facts.loops, node)
        facts.addRegion(node.body as AnyNode)
      } else if (draining === 'chunk') facts.add(facts.chunkLoops, node)
      return
    }
    if (position.step === 'one') {
      facts.add(facts.loops, node)
      facts.addRegion(node.body as AnyNode)
      facts.markIndex(position.identifier)
    } else {
      facts.add(facts.chunkLoops, node)
      const binding = scoped.bindingOf(position.identifier)
      if (binding) {
        facts.add(facts.chunkIndexes, binding)
        facts.taintBinding(binding, 'count')
      }
    }
  }

  function isCountOfList(node: AnyNode): boolean {
    return facts.of(node) === 'count'
  }

  function countsList(test: AnyNode): boolean {
    let counts = false
    walk(test, (node) => {
      if (isCountOfList(node)) counts = true
      return !counts
    })
    return counts
  }

  function drainingMethod(body: AnyNode): 'element' | 'chunk' | null {
    let found: 'element' | 'chunk' | null = null
    walk(body, (node) => {
      if (node.type !== 'CallExpression') return
      const callee = unwrap(node.callee)
      if (callee.type !== 'MemberExpression' || !isList(facts.of(callee.object))) return
      const method = propertyName(callee)
      if (method === 'shift' || method === 'pop') found = facts.of(callee.object) === 'chunks' ? 'chunk' : 'element'
      else if (method === 'splice') found ??= 'chunk'
    })
    return found
  }
}

function emitsOf(scoped: ScopedProgram): CallExpression[] {
  const emits: CallExpression[] = []
  walk(scoped.program, (node) => {
    if (node.type === 'CallExpression' && /^(emit|dispatchEvent)$/.test(propertyName(unwrap(node.callee)) ?? '')) emits.push(node)
  })
  return emits
}
