import type { AnyNode, CallExpression, Node } from 'acorn'
import { functionOf } from './main-call.ts'
import type { Binding, ScopedProgram } from './scope.ts'
import { aliasedName, isCounting, isSetAnew, positionVariable, rootIdentifier } from './split-names.ts'
import { MUTATING_METHODS } from './split-state.ts'
import { calleeName, dottedName, isFunction, isIdentifier, patternIdentifiers, propertyName, unwrap, walk, type FunctionNode } from './tree.ts'

/**
 * What a value has to do with the list: `list` holds something for each element, `chunks` holds such lists, `count` is a number
 * that depends on how many there are or on a position among them.
 */
export type Taint = 'list' | 'chunks' | 'count'

export interface Flow {
  taintOf(node: AnyNode): Taint | null
  bindingTaint(binding: Binding): Taint | null
  /** Loop bodies and functions that run once for each element. */
  readonly regions: ReadonlySet<AnyNode>
  /** Loops over the elements themselves, for judging `break`. */
  readonly loops: ReadonlySet<AnyNode>
  /** Loops that take the list in pieces or empty it. */
  readonly chunkLoops: ReadonlySet<AnyNode>
  /** Functions that an outer object or a factory holds: what they keep is out of sight of their callers. */
  readonly leftBehind: ReadonlySet<AnyNode>
  readonly elements: ReadonlySet<Binding>
  readonly indexes: ReadonlySet<Binding>
  readonly chunkIndexes: ReadonlySet<Binding>
  /** False where following the list was given up: nothing can then be said. */
  readonly settled: boolean
  inRegion(node: AnyNode): boolean
  /** True for a name declared outside all code that runs per element. */
  isOuter(binding: Binding): boolean
  /** True for such a name, and for a parameter or a local name that may stand for a part of its value. */
  reachesOuter(binding: Binding): boolean
}

/** Few scripts need more than six; a chain that does is not worth the time. */
const MAX_PASSES = 15
const RANK: Record<Taint, number> = { count: 1, list: 2, chunks: 3 }
export const ELEMENTWISE = new Set(['map', 'forEach', 'filter', 'flatMap'])
export const ACCUMULATING = new Set(['push', 'unshift', 'add', 'set', 'append'])
const KEEPING_LIST = new Set([...ELEMENTWISE, ...'concat flat entries keys values join then catch finally toString json text slice splice split trim replace replaceAll toUpperCase toLowerCase sort toSorted reverse toReversed toSpliced with'.split(' ')])
const CHUNKING = /chunk|batch|partition|slices/i
export const PASSING_CALLS = /^(Promise\.(all|allSettled|resolve)|Object\.(keys|values|entries|fromEntries|freeze)|Array\.(from|isArray|of)|JSON\.(stringify|parse)|structuredClone|String|encodeURIComponent|Boolean)$/

/** Follows the list through a program: which names hold it or what was gathered from it, and which code runs once for each element. */
export function followList(scoped: ScopedProgram, seeds: ReadonlyMap<Binding, Taint>): Flow {
  const bindings = new Map<Binding, Taint>(seeds)
  const returns = new Map<FunctionNode, Taint>()
  const regions = new Set<AnyNode>()
  const loops = new Set<AnyNode>()
  const chunkLoops = new Set<AnyNode>()
  const leftBehind = new Set<AnyNode>()
  const elements = new Set<Binding>()
  const indexes = new Set<Binding>()
  const chunkIndexes = new Set<Binding>()
  /** Local names and parameters that may stand for a part of an outer name's value. */
  const aliases = new Map<Binding, Set<Binding>>()
  let taints = new Map<AnyNode, Taint>()
  let changed = true

  const inside = (start: AnyNode | null, set: ReadonlySet<AnyNode>): boolean => {
    for (let node = start; node; node = scoped.parentOf(node)) if (set.has(node)) return true
    return false
  }
  const inRegion = (node: AnyNode) => inside(node, regions)
  const isOuter = (binding: Binding) => !inside(binding.scope.node, regions) && !elements.has(binding)
  const reachesOuter = (binding: Binding) => isOuter(binding) || aliases.has(binding)
  const addAlias = (pattern: AnyNode | null | undefined, source: AnyNode) => {
    const root = aliasedName(source)
    const origin = root && scoped.bindingOf(root)
    if (!pattern || !origin || !['var', 'let', 'const', 'param'].includes(origin.kind) || !reachesOuter(origin) || elements.has(origin)) return
    for (const identifier of patternIdentifiers(pattern as never)) {
      const binding = scoped.bindingOf(identifier)
      if (!binding || binding === origin) continue
      const origins = aliases.get(binding) ?? new Set()
      aliases.set(binding, origins)
      add(origins, origin)
    }
  }
  const add = <T>(set: Set<T>, value: T) => {
    if (set.has(value)) return
    set.add(value)
    changed = true
  }
  /** With every function and class that the region names, and those that these name. */
  const addRegion = (region: AnyNode) => {
    const pending = [region]
    for (let next = pending.pop(); next; next = pending.pop()) {
      const current = next
      if (regions.has(current)) continue
      add(regions, current)
      walk(current, (node) => {
        if (node !== current && regions.has(node)) return false
        const binding = node.type === 'Identifier' ? scoped.bindingOf(node) : null
        const target = binding && (functionOf(scoped, binding) ?? (binding.kind === 'class' ? binding.declaration : null))
        if (target) pending.push(target as AnyNode)
        return true
      })
    }
  }
  const taintBinding = (binding: Binding | null, taint: Taint | null) => {
    if (!binding || !taint || RANK[bindings.get(binding) ?? 'count'] > RANK[taint] || bindings.get(binding) === taint) return
    bindings.set(binding, taint)
    changed = true
  }
  const of = (node: Node | null | undefined): Taint | null => (node ? (taints.get(node as AnyNode) ?? null) : null)
  const join = (...values: (Taint | null)[]): Taint | null => values.reduce((best, next) => (next && (!best || RANK[next] > RANK[best]) ? next : best), null)
  const taintPattern = (pattern: AnyNode, taint: Taint | null) => {
    for (const identifier of patternIdentifiers(pattern as never)) taintBinding(scoped.bindingOf(identifier), taint)
  }
  const markElements = (pattern: AnyNode) => {
    for (const identifier of patternIdentifiers(pattern as never)) {
      const binding = scoped.bindingOf(identifier)
      if (binding) add(elements, binding)
    }
  }
  const markIndex = (node: AnyNode) => {
    const binding = scoped.bindingOf(node)
    if (!binding) return
    add(indexes, binding)
    taintBinding(binding, 'count')
  }
  const localFunction = (node: Node | null | undefined): FunctionNode | null => {
    if (!node) return null
    const inner = unwrap(node as AnyNode)
    return isFunction(inner) ? inner : inner.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(inner)) : null
  }

  for (let pass = 0; changed && pass < MAX_PASSES; pass++) {
    changed = false
    taints = new Map()
    walk(scoped.program, enterNode, leaveNode)
  }

  function enterNode(node: AnyNode): void {
    if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') return
    if (node.type === 'Identifier') {
      const binding = scoped.bindingOf(node)
      const taint = binding ? bindings.get(binding) : undefined
      if (taint) taints.set(node, taint)
      // Functions and classes named in code that runs per element run per element too.
      if (binding && inRegion(node)) {
        const target = functionOf(scoped, binding) ?? (binding.kind === 'class' ? binding.declaration : null)
        if (target) addRegion(target as AnyNode)
        else if (binding.declaration.type === 'VariableDeclarator' && binding.declaration.init && isOuter(binding)) addLeftBehind(unwrap(binding.declaration.init))
      }
    }
  }

  /** Functions that an outer object or a function factory holds: code per element can call them. */
  function addLeftBehind(value: AnyNode): void {
    const factory = value.type === 'CallExpression' ? localFunction(value.callee) : null
    const holder = factory ?? (value.type === 'ObjectExpression' ? value : null)
    if (!holder) return
    walk(holder, (node) => {
      if (node === holder || !isFunction(node)) return true
      addRegion(node)
      add(leftBehind, node)
      return false
    })
  }

  function leaveNode(node: AnyNode): void {
    const taint = evaluate(node)
    if (taint) taints.set(node, taint)
    transfer(node)
  }

  function evaluate(node: AnyNode): Taint | null {
    switch (node.type) {
      case 'AwaitExpression':
      case 'SpreadElement':
      case 'YieldExpression':
        return of(node.argument)
      case 'ParenthesizedExpression':
      case 'ChainExpression':
        return of(node.expression)
      case 'SequenceExpression':
        return of(node.expressions.at(-1))
      case 'UnaryExpression':
        return of(node.argument) === 'count' ? 'count' : null
      case 'UpdateExpression':
        return of(node.argument)
      case 'TemplateLiteral':
        return join(...node.expressions.map(of))
      case 'BinaryExpression': {
        const [left, right] = [of(node.left), of(node.right)]
        if (left === 'count' || right === 'count') return join('count', node.operator === '+' ? join(left, right) : null)
        return node.operator === '+' ? join(left, right) : null
      }
      case 'LogicalExpression':
        return join(of(node.left), of(node.right))
      case 'ConditionalExpression':
        return join(of(node.consequent), of(node.alternate), of(node.test) === 'count' ? 'count' : null)
      case 'AssignmentExpression':
        return of(node.right)
      case 'ArrayExpression':
        return node.elements.some((element) => isList(of(element))) ? 'list' : null
      case 'ObjectExpression':
        return node.properties.some((property) => isList(of(property.type === 'Property' ? property.value : property))) ? 'list' : null
      case 'MemberExpression':
        return evaluateMember(node)
      case 'NewExpression':
        return node.arguments.some((argument) => isList(of(argument))) ? 'list' : null
      case 'CallExpression':
        return evaluateCall(node)
      default:
        return taints.get(node) ?? null
    }
  }

  function evaluateMember(node: Extract<AnyNode, { type: 'MemberExpression' }>): Taint | null {
    const object = of(node.object)
    if (!isList(object)) return null
    const name = propertyName(node)
    if (name === 'length' || name === 'size') return 'count'
    if (name !== null) return object === 'chunks' ? 'list' : 'list'
    return object === 'chunks' ? 'list' : null
  }

  function evaluateCall(node: CallExpression): Taint | null {
    const callee = unwrap(node.callee)
    const name = calleeName(node) ?? ''
    const called = localFunction(callee)
    const args = join(...node.arguments.map(of))
    if (called) return join(returns.get(called) ?? null, isList(args) && CHUNKING.test(name) ? 'chunks' : null)
    if (callee.type === 'MemberExpression') {
      const receiver = of(callee.object)
      const method = propertyName(callee) ?? ''
      if (receiver === 'count') return 'count'
      if (isList(receiver)) return methodResult(receiver, method, node)
    }
    if (/^console\./.test(name)) return null
    if (isList(args)) return CHUNKING.test(name) ? 'chunks' : args
    return args === 'count' && /^(Math\.\w+|Number|parseInt|parseFloat|String)$/.test(name) ? 'count' : null
  }

  function methodResult(receiver: Taint, method: string, node: CallExpression): Taint | null {
    if (method === 'then') return join(returns.get(localFunction(node.arguments[0]) as FunctionNode) ?? null, 'list')
    if (receiver === 'chunks' && ELEMENTWISE.has(method)) return method === 'flatMap' ? 'list' : (join(returns.get(localFunction(node.arguments[0]) as FunctionNode) ?? null, 'list') as Taint)
    if (receiver === 'chunks' && method === 'flat') return 'list'
    if (receiver === 'chunks' && (method === 'shift' || method === 'pop' || method === 'at')) return 'list'
    if (KEEPING_LIST.has(method)) return receiver
    return ['push', 'unshift', 'indexOf', 'findIndex', 'lastIndexOf'].includes(method) ? 'count' : null
  }

  function transfer(node: AnyNode): void {
    if (node.type === 'VariableDeclarator' && node.init) transferDeclarator(node.id as AnyNode, node.init)
    else if (node.type === 'AssignmentExpression') transferAssignment(node)
    else if (node.type === 'UpdateExpression') gather(node.argument, 'count')
    else if (node.type === 'CallExpression' || node.type === 'NewExpression') transferCall(node as CallExpression)
    else if (node.type === 'ReturnStatement') transferReturn(scoped.functionAround(node), node.argument)
    else if (node.type === 'ArrowFunctionExpression' && node.expression) transferReturn(node, node.body)
    else if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') transferForOf(node)
    else if (node.type === 'ForStatement' || node.type === 'WhileStatement') transferLoop(node)
  }

  function transferDeclarator(target: AnyNode, init: AnyNode): void {
    const value = unwrap(init)
    if (isElementExpression(value)) return markElements(target)
    if (inRegion(target)) addAlias(target, value)
    const counted = value.type === 'UpdateExpression' ? value.argument : value
    if (counted.type === 'Identifier' && target.type === 'Identifier') {
      const source = scoped.bindingOf(counted)
      if (source && indexes.has(source)) markIndex(target)
    }
    taintPattern(target, of(init))
  }

  /** `list[i]`, `queue.shift()`, an element itself or its symbol. */
  function isElementExpression(value: AnyNode): boolean {
    if (value.type === 'MemberExpression') {
      if (isList(of(value.object)) && of(value.object) !== 'chunks' && value.computed) {
        const key = unwrap(value.property as AnyNode)
        const binding = scoped.bindingOf(key.type === 'UpdateExpression' ? key.argument : key)
        return binding !== null && indexes.has(binding)
      }
      const owner = scoped.bindingOf(unwrap(value.object))
      return owner !== null && elements.has(owner) && /^(symbol|ticker|sym)$/i.test(propertyName(value) ?? '')
    }
    if (value.type === 'CallExpression') {
      const callee = unwrap(value.callee)
      return callee.type === 'MemberExpression' && of(callee.object) === 'list' && ['shift', 'pop'].includes(propertyName(callee) ?? '')
    }
    const binding = value.type === 'Identifier' ? scoped.bindingOf(value) : null
    return binding !== null && elements.has(binding)
  }

  function transferAssignment(node: Extract<AnyNode, { type: 'AssignmentExpression' }>): void {
    const target = unwrap(node.left as AnyNode)
    const taint = of(node.right)
    if (target.type === 'MemberExpression') {
      if (isList(taint) && !/^(module|exports|globalThis|global)\b/.test(dottedName(target) ?? '')) gather(rootIdentifier(target), taint === 'chunks' ? 'chunks' : 'list', true)
      gather(rootIdentifier(target), 'list')
      return
    }
    taintPattern(target, taint)
    if (target.type !== 'Identifier') return
    const binding = scoped.bindingOf(target)
    if (binding && isOuter(binding)) gather(target, isCounting(node) ? 'count' : 'list')
  }

  /** A name outside the per-element code that this code writes to. */
  function gather(target: AnyNode | null, taint: Taint, always = false): void {
    if (!target || target.type !== 'Identifier') return
    const binding = scoped.bindingOf(target)
    if (!binding || indexes.has(binding)) return
    if (!always && (!inRegion(target) || !reachesOuter(binding) || isSetAnew(scoped, regions, binding))) return
    taintBinding(binding, taint)
    taintOrigins(binding, taint, new Set())
  }

  function taintOrigins(binding: Binding, taint: Taint, seen: Set<Binding>): void {
    for (const origin of aliases.get(binding) ?? []) {
      if (seen.has(origin)) continue
      seen.add(origin)
      taintBinding(origin, taint)
      taintOrigins(origin, taint, seen)
    }
  }

  function transferReturn(around: FunctionNode | null, value: Node | null | undefined): void {
    const taint = of(value)
    if (!around || !taint || RANK[returns.get(around) ?? 'count'] > RANK[taint] || returns.get(around) === taint) return
    returns.set(around, taint)
    changed = true
  }

  function transferCall(node: CallExpression): void {
    const callee = unwrap(node.callee)
    const called = localFunction(callee)
    if (called) {
      node.arguments.forEach((argument, index) => {
        const param = called.params[index] as AnyNode | undefined
        if (!param) return
        const target = param.type === 'AssignmentPattern' ? (param.left as AnyNode) : param
        taintPattern(target, argument.type === 'SpreadElement' ? null : of(argument))
        if (isElementExpression(unwrap(argument as AnyNode))) markElements(target)
        else if (regions.has(called)) addAlias(target, argument as AnyNode)
        const source = scoped.bindingOf(unwrap(argument as AnyNode))
        if (source && indexes.has(source) && target.type === 'Identifier') markIndex(target)
      })
    }
    const receiver = callee.type === 'MemberExpression' ? of(callee.object) : null
    const method = propertyName(callee) ?? ''
    if (calleeName(node) === 'Object.assign') gather(rootIdentifier(node.arguments[0] as AnyNode), 'list')
    if (callee.type === 'MemberExpression' && (ACCUMULATING.has(method) || MUTATING_METHODS.has(method))) {
      const target = rootIdentifier(callee.object)
      gather(target, 'list')
      for (const argument of node.arguments) {
        const taint = of(argument)
        if (isList(taint)) gather(target, argument.type === 'SpreadElement' ? taint : 'chunks', true)
      }
    }
    if (callee.type === 'MemberExpression' && inRegion(node)) {
      for (const argument of node.arguments) if (isFunction(argument)) addAlias(argument.params[0] as AnyNode | undefined, callee.object as AnyNode)
    }
    const callbacks = node.arguments.map(localFunction).filter((value): value is FunctionNode => value !== null)
    if (isList(receiver)) for (const callback of callbacks) enterCallback(callback, receiver, method, node)
    else if (node.arguments.some((argument) => isList(of(argument)) && !localFunction(argument))) {
      for (const callback of callbacks) enterElement(callback, node.arguments.some((argument) => of(argument) === 'chunks'))
    }
  }

  function enterCallback(callback: FunctionNode, receiver: Taint, method: string, node: CallExpression): void {
    if (method === 'then') return void (callback.params[0] && taintPattern(callback.params[0] as AnyNode, receiver))
    if (method === 'catch' || method === 'finally') return
    if (receiver === 'chunks') return void (callback.params[0] && taintPattern(callback.params[0] as AnyNode, 'list'))
    enterElement(callback, false)
    if (node.arguments.length > 0 && callback.params[2]) taintPattern(callback.params[2] as AnyNode, 'list')
  }

  function enterElement(callback: FunctionNode, overChunks: boolean): void {
    const [element, index] = callback.params as AnyNode[]
    if (overChunks) return void (element && taintPattern(element, 'list'))
    addRegion(callback)
    if (element) markElements(element)
    if (index?.type === 'Identifier') markIndex(index)
  }

  function transferForOf(node: Extract<AnyNode, { type: 'ForOfStatement' | 'ForInStatement' }>): void {
    const taint = of(node.right)
    const left = (node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left) as AnyNode | undefined
    if (!left) return
    if (inRegion(node)) addAlias(left, node.right)
    if (!isList(taint)) return
    if (taint === 'chunks') {
      add(chunkLoops, node)
      return taintPattern(left, 'list')
    }
    add(loops, node)
    addRegion(node.body as AnyNode)
    const right = unwrap(node.right)
    const isIndexed = right.type === 'CallExpression' && propertyName(unwrap(right.callee)) === 'entries' && calleeName(right) !== 'Object.entries'
    if (isIndexed && left.type === 'ArrayPattern' && !holdsKeys(right)) {
      const [index, element] = left.elements
      if (index?.type === 'Identifier') markIndex(index)
      if (element) markElements(element as AnyNode)
    } else markElements(left)
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
    if (!node.test || of(node.test) === null || !countsList(node.test)) return
    const position = positionVariable(scoped, node, (part) => isCountOfList(part))
    if (!position) {
      const draining = drainingMethod(node.body as AnyNode)
      if (draining === 'element') {
        add(loops, node)
        addRegion(node.body as AnyNode)
      } else if (draining === 'chunk') add(chunkLoops, node)
      return
    }
    if (position.step === 'one') {
      add(loops, node)
      addRegion(node.body as AnyNode)
      markIndex(position.identifier)
    } else {
      add(chunkLoops, node)
      const binding = scoped.bindingOf(position.identifier)
      if (binding) {
        add(chunkIndexes, binding)
        taintBinding(binding, 'count')
      }
    }
  }

  function isCountOfList(node: AnyNode): boolean {
    return of(node) === 'count'
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
      if (callee.type !== 'MemberExpression' || !isList(of(callee.object))) return
      const method = propertyName(callee)
      if (method === 'shift' || method === 'pop') found = of(callee.object) === 'chunks' ? 'chunk' : 'element'
      else if (method === 'splice') found ??= 'chunk'
    })
    return found
  }

  return {
    taintOf: (node) => taints.get(node) ?? null,
    bindingTaint: (binding) => bindings.get(binding) ?? null,
    regions,
    loops,
    chunkLoops,
    leftBehind,
    elements,
    indexes,
    chunkIndexes,
    settled: !changed,
    inRegion,
    isOuter,
    reachesOuter,
  }
}

export function isList(taint: Taint | null | undefined): taint is 'list' | 'chunks' {
  return taint === 'list' || taint === 'chunks'
}
