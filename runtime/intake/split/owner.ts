import type { AnyNode, Class, ObjectExpression } from 'acorn'
import type { ScopedProgram } from '../scope.ts'
import type { SharedState } from './state.ts'
import { calleeName, isFunction, propertyName, walk, type FunctionNode } from '../tree.ts'

/** The object that a scan is a method of, which all symbols share. */
export interface Owner {
  /** Its functions, the scan among them; what only runs while it is made is left out. */
  methods: readonly FunctionNode[]
  /** The first thing that says it may change from symbol to symbol, or null. */
  state: SharedState | null
}

/** The owner of a function, where that is a method which uses `this`; null elsewhere. */
export function ownerOf(scoped: ScopedProgram, entry: FunctionNode): Owner | null {
  const member = scoped.parentOf(entry)
  const holder = member === null ? null : scoped.parentOf(member)
  const owner = holder?.type === 'ClassBody' ? scoped.parentOf(holder) : holder
  if (member?.type !== 'Property' && member?.type !== 'MethodDefinition') return null
  if (owner?.type !== 'ObjectExpression' && owner?.type !== 'ClassDeclaration' && owner?.type !== 'ClassExpression') return null
  if (!usesThis(entry)) return null
  const methods = methodsOf(owner)
  return { methods: [...methods.values()], state: stateOf(scoped, owner, methods) }
}

const isObject = (owner: ObjectExpression | Class): owner is ObjectExpression => owner.type === 'ObjectExpression'

function usesThis(node: AnyNode): boolean {
  let found = false
  walk(node, (part) => {
    if (part.type === 'ThisExpression' || part.type === 'Super') found = true
    return !found
  })
  return found
}

function methodsOf(owner: ObjectExpression | Class): Map<string, FunctionNode> {
  const methods = new Map<string, FunctionNode>()
  const members = isObject(owner) ? owner.properties : owner.body.body
  for (const member of members) {
    if (member.type === 'SpreadElement' || member.type === 'StaticBlock') continue
    const isConstructor = member.type === 'MethodDefinition' && member.kind === 'constructor'
    const name = member.computed ? '' : member.key.type === 'Identifier' ? member.key.name : member.key.type === 'PrivateIdentifier' ? `#${member.key.name}` : ''
    if (!isConstructor && member.value && isFunction(member.value)) methods.set(name, member.value)
  }
  return methods
}

/** Anything but reading a plain field or calling a method of its own may change the object: what it holds is not followed. */
function stateOf(scoped: ScopedProgram, owner: ObjectExpression | Class, methods: ReadonlyMap<string, FunctionNode>): SharedState | null {
  if (!isObject(owner) && owner.superClass) return { offset: owner.superClass.start, reason: 'extends a class that may keep something between symbols' }
  let first: SharedState | null = null
  for (const method of methods.values()) {
    walk(method, (node) => {
      const isUse = node.type === 'ThisExpression' || node.type === 'Super'
      if (!isUse || isHarmless(scoped, node, methods)) return
      if (first === null || node.start < first.offset) first = { offset: node.start, reason: 'does more with `this` than read it, and it outlives the symbol' }
    })
  }
  return first
}

/** What uses a value and hands it to nobody. */
const READERS = ['BinaryExpression', 'IfStatement', 'WhileStatement', 'TemplateLiteral', 'SwitchStatement', 'SwitchCase']
/** Whose functions change none of their arguments. */
const PURE = /^(ta|Math|Number|String|Boolean|console|log)(\.|$)/

/** `this.field` or `this.field.deeper` where it is an operand, a condition or an argument of an indicator; `this.method()`. */
function isHarmless(scoped: ScopedProgram, use: AnyNode, methods: ReadonlyMap<string, FunctionNode>): boolean {
  const field = scoped.parentOf(use)
  if (field?.type !== 'MemberExpression' || field.object !== use) return false
  let read: AnyNode = field
  let user = scoped.parentOf(read)
  while (user?.type === 'MemberExpression' && user.object === read) {
    read = user
    user = scoped.parentOf(read)
  }
  if (user?.type === 'CallExpression') {
    if (user.callee === read) return read === field && methods.has(nameOf(field) ?? '')
    return PURE.test(calleeName(user) ?? '')
  }
  if (user?.type === 'UnaryExpression') return user.operator !== 'delete'
  if (user?.type === 'ConditionalExpression') return user.test === read
  return user !== null && READERS.includes(user.type)
}

function nameOf(field: AnyNode): string | null {
  if (field.type !== 'MemberExpression') return null
  return field.property.type === 'PrivateIdentifier' ? `#${field.property.name}` : propertyName(field)
}
