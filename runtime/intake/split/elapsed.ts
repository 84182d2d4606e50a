import type { AnyNode, CallExpression, Node } from 'acorn'
import { functionOf } from '../function-of.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import type { Flow } from './facts.ts'
import { isInsideQuietCall, isQuiet, isQuietExpression } from './quiet.ts'
import type { Violation } from './uses.ts'
import { calleeName, dottedName, isFunction, isIdentifier, patternIdentifiers, propertyName, unwrap, walk, type FunctionNode } from '../tree.ts'

/**
 * What a value has to do with the clock: `then` was read before the list was gone through, `now` while it is, `since` is the same counted
 * from the script's start or from midnight, and `elapsed` is how long the script has been at it. A date, or the age of a bar, is none of these.
 */
type Time = 'then' | 'now' | 'since' | 'elapsed'

const RANK: Record<Time, number> = { then: 1, now: 2, since: 3, elapsed: 4 }
const MOST_PASSES = 8
const INSTANTS = /^(Date|Date\.now|DateTime\.(now|utc|local)|Temporal\.Now\.\w+|dayjs|dayjs\.utc|moment|moment\.utc)$/
const SINCE_START = /^((\w+\.)?performance\.now|process\.uptime|process\.hrtime(\.bigint)?|os\.uptime)$/
const TIME_OF_DAY = /^(get(UTC)?(Hours|Minutes|Seconds|Milliseconds)|toTimeString|toLocaleTimeString|hour|minute|second|millisecond)$/
const SAME_TIME = /^(getTime|valueOf|toFixed|toMillis|toNumber|unix|diff|since|until|isAfter|isBefore|add|subtract|plus|minus|total)$/
const NUMBERS = /^(Math\.\w+|Number|parseInt|parseFloat|BigInt|String|Boolean)$/
const COMPARISONS = new Set(['<', '>', '<=', '>=', '===', '!==', '==', '!='])

const highest = (...times: (Time | null)[]): Time | null => times.reduce((best, next) => (next && (!best || RANK[next] > RANK[best]) ? next : best), null)

/** The first place where code for one element does something by how long the script has been running, which dividing it changes; null where there is none. */
export function findElapsedUse(scoped: ScopedProgram, flow: Flow, noun: string): Violation | null {
  const bindings = new Map<Binding, Time>()
  const returns = new Map<FunctionNode, Time>()
  const fields = new Map<string, Time>()
  let times = new Map<Node, Time>()
  let hasChanged = true
  for (let pass = 0; hasChanged && pass < MOST_PASSES; pass++) {
    hasChanged = false
    times = new Map()
    walk(scoped.program, () => true, (node) => {
      const time = evaluate(node)
      // What is read outside is the same for all parts of the list.
      if (time) times.set(node, time !== 'elapsed' && !flow.inRegion(node) ? 'then' : time)
      transfer(node)
    })
  }
  let first: Violation | null = null
  if (times.size > 0) {
    walk(scoped.program, (node) => {
      if (first === null && times.get(node) === 'elapsed' && flow.inRegion(node) && decides(node)) {
        first = { offset: node.start, reason: `decides something by how long the script has run so far, which is another time once the ${noun} are divided` }
      }
      return first === null
    })
  }
  return first

  function of(node: Node | null | undefined): Time | null {
    return (node && times.get(node)) ?? null
  }

  function evaluate(node: AnyNode): Time | null {
    switch (node.type) {
      case 'Identifier':
        return bindings.get(scoped.bindingOf(node) as Binding) ?? null
      case 'AwaitExpression':
      case 'UnaryExpression':
        return of(node.argument)
      case 'ParenthesizedExpression':
      case 'ChainExpression':
        return of(node.expression)
      case 'BinaryExpression':
        return COMPARISONS.has(node.operator) ? compared(of(node.left), of(node.right)) : related(of(node.left), of(node.right))
      case 'LogicalExpression':
        return highest(of(node.left), of(node.right))
      case 'ConditionalExpression':
        return highest(of(node.consequent), of(node.alternate))
      case 'AssignmentExpression':
        return of(node.right)
      case 'ObjectExpression':
        return highest(...node.properties.map((property) => (property.type === 'Property' ? of(property.value) : null)))
      case 'MemberExpression':
        return of(node.object) ?? fields.get(dottedName(node) ?? '') ?? null
      case 'NewExpression':
        if (isGlobalName(node.callee, 'Date')) return node.arguments.length === 0 ? 'now' : node.arguments.length === 1 ? of(node.arguments[0]) : null
        return null
      case 'CallExpression':
        return evaluateCall(node)
      default:
        return null
    }
  }

  function evaluateCall(node: CallExpression): Time | null {
    const name = calleeName(node) ?? ''
    const first = of(node.arguments[0])
    if (SINCE_START.test(name)) return first ? related('since', first) : 'since'
    if (INSTANTS.test(name) && node.arguments.length === 0) return 'now'
    if (NUMBERS.test(name)) return highest(...node.arguments.map(of))
    const callee = unwrap(node.callee)
    const called = localFunction(callee)
    if (called) return returns.get(called) ?? null
    if (callee.type !== 'MemberExpression') return null
    const method = propertyName(callee) ?? ''
    const receiver = of(callee.object)
    if (receiver === 'now' && TIME_OF_DAY.test(method)) return 'since'
    return receiver && SAME_TIME.test(method) ? (first ? related(receiver, first) : receiver) : null
  }

  /** What a difference, or any other sum, of two times is. The time that one element took is its own. */
  function related(one: Time | null, other: Time | null): Time | null {
    if (!one || !other) return one ?? other
    if (one === 'elapsed' || other === 'elapsed') return 'elapsed'
    return (one === 'then') === (other === 'then') ? null : 'elapsed'
  }

  /** A time of the clock beside what has nothing to do with it is an age, or a date. */
  function compared(one: Time | null, other: Time | null): Time | null {
    const time = related(one, other)
    return time === 'elapsed' || (time === 'since' && (!one || !other)) ? 'elapsed' : null
  }

  function transfer(node: AnyNode): void {
    if (node.type === 'VariableDeclarator' && node.init) learnPattern(node.id as AnyNode, of(node.init))
    else if (node.type === 'PropertyDefinition' && isIdentifier(node.key)) learn(fields, `this.${node.key.name}`, of(node.value))
    else if (node.type === 'AssignmentExpression') {
      const target = unwrap(node.left as AnyNode)
      const name = target.type === 'MemberExpression' ? nameOfField(target) : null
      if (name !== null) learn(fields, name, of(node.right))
      else if (target.type !== 'MemberExpression') learnPattern(target, of(node.right))
    } else if (node.type === 'ReturnStatement') {
      const around = scoped.functionAround(node)
      if (around) learn(returns, around, of(node.argument))
    } else if (node.type === 'ArrowFunctionExpression' && node.expression) learn(returns, node, of(node.body))
    else if (node.type === 'CallExpression') {
      const called = localFunction(unwrap(node.callee))
      called?.params.forEach((param, index) => learnPattern(param as AnyNode, of(node.arguments[index])))
    }
  }

  /** `this.start`, `stats.start`: told by their text. */
  function nameOfField(target: AnyNode): string | null {
    if (target.type !== 'MemberExpression') return null
    const field = propertyName(target)
    return target.object.type === 'ThisExpression' ? field && `this.${field}` : dottedName(target)
  }

  function learnPattern(pattern: AnyNode, time: Time | null): void {
    if (time === null) return
    for (const identifier of patternIdentifiers(pattern as never)) {
      const binding = scoped.bindingOf(identifier)
      if (binding) learn(bindings, binding, time)
    }
  }

  function learn<T>(known: Map<T, Time>, key: T, time: Time | null): void {
    const before = known.get(key) ?? null
    const after = highest(before, time)
    if (after === null || after === before) return
    known.set(key, after)
    hasChanged = true
  }

  function localFunction(node: AnyNode): FunctionNode | null {
    return isFunction(node) ? node : node.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(node)) : null
  }

  function isGlobalName(node: AnyNode, name: string): boolean {
    return isIdentifier(node, name) && scoped.bindingOf(node) === null
  }

  /** Whether more than a message or a wait hangs on a value. */
  function decides(node: AnyNode): boolean {
    const parent = scoped.parentOf(node)
    if (!parent || isInsideQuietCall(node, scoped)) return false
    switch (parent.type) {
      case 'IfStatement':
        return parent.test === node && !(isQuiet(parent.consequent, scoped, flow) && isQuiet(parent.alternate, scoped, flow))
      case 'ConditionalExpression':
        return parent.test === node && ![parent.consequent, parent.alternate].every((branch) => branch.type === 'Literal' || branch.type === 'TemplateLiteral')
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForStatement':
        return parent.test === node && !isQuiet(parent.body, scoped, flow)
      case 'LogicalExpression':
        return parent.left === node && scoped.parentOf(parent)?.type === 'ExpressionStatement' && !isQuietExpression(parent.right, scoped, flow)
      case 'SwitchStatement':
        return parent.discriminant === node
      case 'ReturnStatement':
        return isHandedOn(scoped.functionAround(parent))
      case 'ArrowFunctionExpression':
        return parent.body === node && isHandedOn(parent)
      default:
        return false
    }
  }

  /** A function that stands among the arguments of a call gives its answer to code that may be anything, as that of `filter`. */
  function isHandedOn(around: FunctionNode | null): boolean {
    const call = around && scoped.parentOf(around)
    return call?.type === 'CallExpression' && call.callee !== around
  }
}
