import type { AnyNode, CallExpression, NewExpression, Node } from 'acorn'
import type { ScopedProgram } from './scope.ts'
import { calleeName, childrenOf, isFunction, isIdentifier, literalText, propertyName, unwrap } from './tree.ts'

/** What an expression gives, as far as the text alone tells. `opaque` stands for a value that only running it would tell. */
export type StaticValue =
  | { kind: 'text'; text: string }
  | { kind: 'number'; number: number }
  | { kind: 'list'; items: StaticValue[] }
  | { kind: 'object'; entries: Map<string, StaticValue> }
  | { kind: 'set'; items: StaticValue[] }
  | { kind: 'map'; keys: StaticValue[] }
  | { kind: 'opaque' }

const OPAQUE: StaticValue = { kind: 'opaque' }
/** Spreads of spreads grow without end in few characters: past this a list counts as opaque. */
const MAX_ITEMS = 50_000
const MAX_TEXT = 1_000_000
const MAX_DEPTH = 40
const MAX_STEPS = 200_000

/** Evaluates the ways in which people write lists; everything else is opaque. Never runs code of the file. */
export function evaluateStatically(node: AnyNode, scoped: ScopedProgram): StaticValue {
  let steps = 0
  return evaluate(node, 0)

  function evaluate(expression: Node | null | undefined, depth: number): StaticValue {
    if (!expression || depth > MAX_DEPTH || ++steps > MAX_STEPS) return OPAQUE
    const inner = unwrap(expression as AnyNode)
    switch (inner.type) {
      case 'Literal':
        if (typeof inner.value === 'string') return text(inner.value)
        return typeof inner.value === 'number' ? { kind: 'number', number: inner.value } : OPAQUE
      case 'TemplateLiteral': {
        const parts = inner.expressions.map((part) => evaluate(part, depth + 1))
        if (!parts.every((part) => part.kind === 'text')) return OPAQUE
        return text(inner.quasis.map((quasi, index) => (quasi.value.cooked ?? '') + (parts[index]?.kind === 'text' ? parts[index].text : '')).join(''))
      }
      case 'BinaryExpression': {
        if (inner.operator !== '+') return OPAQUE
        const [left, right] = [evaluate(inner.left, depth + 1), evaluate(inner.right, depth + 1)]
        return left.kind === 'text' && right.kind === 'text' ? text(left.text + right.text) : OPAQUE
      }
      case 'ArrayExpression': {
        const items: StaticValue[] = []
        for (const element of inner.elements) {
          if (element?.type !== 'SpreadElement') items.push(evaluate(element, depth + 1))
          else {
            const spread = itemsOf(evaluate(element.argument, depth + 1))
            if (!spread) return OPAQUE
            if (items.length + spread.length > MAX_ITEMS) return OPAQUE
            for (const item of spread) items.push(item)
          }
        }
        return list(items)
      }
      case 'ObjectExpression': {
        const entries = new Map<string, StaticValue>()
        for (const property of inner.properties) {
          if (property.type !== 'Property') return OPAQUE
          const key = !property.computed && property.key.type === 'Identifier' ? property.key.name : property.key.type === 'Literal' ? String(property.key.value) : null
          if (key === null) return OPAQUE
          entries.set(key, isFunction(property.value) ? OPAQUE : evaluate(property.value, depth + 1))
        }
        return { kind: 'object', entries }
      }
      case 'Identifier': {
        const binding = scoped.bindingOf(inner)
        if (!binding || binding.scope !== scoped.top || binding.declaration.type !== 'VariableDeclarator') return OPAQUE
        if (binding.declaration.id.type !== 'Identifier' || binding.references.some((use) => isWritten(scoped, use))) return OPAQUE
        return evaluate(binding.declaration.init, depth + 1)
      }
      case 'MemberExpression': {
        const name = propertyName(inner)
        const object = evaluate(inner.object, depth + 1)
        return name !== null && object.kind === 'object' ? (object.entries.get(name) ?? OPAQUE) : OPAQUE
      }
      case 'AwaitExpression':
        return evaluate(inner.argument, depth + 1)
      case 'NewExpression':
        return construct(inner, depth)
      case 'CallExpression':
        return call(inner, depth)
      default:
        return OPAQUE
    }
  }

  function construct(node: NewExpression, depth: number): StaticValue {
    if (!isIdentifier(node.callee) || scoped.bindingOf(node.callee)) return OPAQUE
    const items = node.arguments.length === 0 ? [] : itemsOf(evaluate(node.arguments[0], depth + 1))
    if (!items) return OPAQUE
    if (node.callee.name === 'Set') return { kind: 'set', items: distinct(items) }
    if (node.callee.name === 'Map') return { kind: 'map', keys: items.map((pair) => (pair.kind === 'list' ? (pair.items[0] ?? OPAQUE) : OPAQUE)) }
    return OPAQUE
  }

  function call(node: CallExpression, depth: number): StaticValue {
    const first = () => evaluate(node.arguments[0], depth + 1)
    switch (calleeName(node)) {
      case 'JSON.parse': {
        const source = first()
        return source.kind === 'text' ? valueOfJson(source.text) : OPAQUE
      }
      case 'Object.freeze':
      case 'Object.seal':
      case 'structuredClone':
        return first()
      case 'Object.keys': {
        const object = first()
        return object.kind === 'object' ? list([...object.entries.keys()].map(text)) : OPAQUE
      }
      case 'Object.values': {
        const object = first()
        return object.kind === 'object' ? list([...object.entries.values()]) : OPAQUE
      }
      case 'Array.from': {
        const items = node.arguments.length === 1 ? itemsOf(first()) : null
        return items ? list(items) : OPAQUE
      }
      case 'Array.of':
        return list(node.arguments.map((argument) => evaluate(argument, depth + 1)))
    }
    if (isIdentifier(node.callee, 'require')) {
      const specifier = literalText(node.arguments[0])
      return specifier === null ? OPAQUE : jsonModule(specifier, scoped)
    }
    if (/(^|\.)readFile(Sync)?$/.test(calleeName(node) ?? '')) {
      const path = pathGiven(node.arguments[0] as AnyNode | undefined, depth)
      const content = path === null ? null : (scoped.fileText?.(path) ?? null)
      return content === null ? OPAQUE : text(content)
    }
    const callee = unwrap(node.callee)
    const method = propertyName(callee)
    if (method === null || callee.type !== 'MemberExpression') return OPAQUE
    const receiver = evaluate(callee.object, depth + 1)
    if (receiver.kind === 'text') return textMethod(receiver.text, method, node)
    if (receiver.kind === 'list') return listMethod(receiver.items, method, node, depth)
    if (method === 'keys' && receiver.kind === 'map') return list(receiver.keys)
    if ((method === 'values' || method === 'keys') && receiver.kind === 'set') return list(receiver.items)
    return OPAQUE
  }

  /** The path that an expression gives: a text, one joined to the script's own folder, or an address beside the script's. */
  function pathGiven(node: AnyNode | undefined, depth: number): string | null {
    const inner = node === undefined ? null : unwrap(node)
    if (inner === null) return null
    if (inner.type === 'NewExpression') return isIdentifier(inner.callee, 'URL') ? pathGiven(inner.arguments[0] as AnyNode | undefined, depth) : null
    if (inner.type !== 'CallExpression' || !/^((path\.)?(join|resolve)|(url\.)?fileURLToPath)$/.test(calleeName(inner) ?? '')) {
      const value = evaluate(inner, depth + 1)
      return value.kind === 'text' ? value.text : null
    }
    const parts = inner.arguments.map((part) => (isOwnFolder(part as AnyNode) ? '.' : pathGiven(part as AnyNode, depth)))
    return parts.every((part) => part !== null) ? parts.join('/') : null
  }

  function listMethod(items: StaticValue[], method: string, node: CallExpression, depth: number): StaticValue {
    switch (method) {
      case 'concat': {
        const more = node.arguments.map((argument) => evaluate(argument, depth + 1))
        if (more.some((part) => part.kind === 'opaque')) return OPAQUE
        return list([...items, ...more.flatMap((part) => (part.kind === 'list' ? part.items : [part]))])
      }
      case 'flat':
        return list(items.flatMap((item) => (item.kind === 'list' ? item.items : [item])))
      case 'filter':
        return isIdentifier(node.arguments[0], 'Boolean') || isTruthTest(node.arguments[0]) ? list(items.filter((item) => !(item.kind === 'text' && item.text.trim() === ''))) : OPAQUE
      case 'map': {
        const step = textStep(node.arguments[0])
        return step && items.every((item) => item.kind === 'text') ? list(items.map((item) => (item.kind === 'text' ? text(step(item.text)) : item))) : OPAQUE
      }
      case 'join': {
        const separator = node.arguments.length === 0 ? ',' : literalText(node.arguments[0])
        return separator !== null && items.every((item) => item.kind === 'text') ? text(items.map((item) => (item.kind === 'text' ? item.text : '')).join(separator)) : OPAQUE
      }
      default:
        return OPAQUE
    }
  }
}

function text(value: string): StaticValue {
  return value.length > MAX_TEXT ? OPAQUE : { kind: 'text', text: value }
}

function list(items: StaticValue[]): StaticValue {
  return items.length > MAX_ITEMS ? OPAQUE : { kind: 'list', items }
}

/** The elements that iterating gives, or null. */
function itemsOf(value: StaticValue): StaticValue[] | null {
  if (value.kind === 'list' || value.kind === 'set') return value.items
  return null
}

function distinct(items: StaticValue[]): StaticValue[] {
  const seen = new Set<string>()
  return items.filter((item) => item.kind !== 'text' || (!seen.has(item.text) && seen.add(item.text)))
}

/** `__dirname`, `import.meta.dirname` and `process.cwd()`. */
function isOwnFolder(node: AnyNode): boolean {
  const inner = unwrap(node)
  if (inner.type === 'CallExpression') return calleeName(inner) === 'process.cwd'
  return isIdentifier(inner, '__dirname') || (inner.type === 'MemberExpression' && inner.object.type === 'MetaProperty' && propertyName(inner) === 'dirname')
}

/** What a JSON file that came with the program holds, by its relative specifier. */
export function jsonModule(specifier: string, scoped: ScopedProgram): StaticValue {
  const content = /^\.{1,2}\/.*\.json$/.test(specifier) ? (scoped.fileText?.(specifier) ?? null) : null
  return content === null ? OPAQUE : valueOfJson(content)
}

function valueOfJson(source: string): StaticValue {
  try {
    return staticOf(JSON.parse(source), 0)
  } catch {
    return OPAQUE
  }
}

function staticOf(value: unknown, depth: number): StaticValue {
  if (depth > MAX_DEPTH) return OPAQUE
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return { kind: 'number', number: value }
  if (Array.isArray(value)) return value.length > MAX_ITEMS ? OPAQUE : list(value.map((item) => staticOf(item, depth + 1)))
  if (typeof value === 'object' && value !== null) return { kind: 'object', entries: new Map(Object.entries(value).map(([key, entry]) => [key, staticOf(entry, depth + 1)])) }
  return OPAQUE
}

function textMethod(value: string, method: string, node: CallExpression): StaticValue {
  const [argument] = node.arguments
  if (method === 'split') {
    const separator = separatorOf(argument)
    return separator === null ? OPAQUE : list(value.split(separator).map(text))
  }
  const step = TEXT_METHODS.get(method)
  return step && (node.arguments.length === 0 || method === 'toString') ? text(step(value)) : OPAQUE
}

const TEXT_METHODS = new Map<string, (value: string) => string>([
  ['trim', (value) => value.trim()],
  ['toUpperCase', (value) => value.toUpperCase()],
  ['toLowerCase', (value) => value.toLowerCase()],
  ['toString', (value) => value],
])

/** The separator of a `split`: text, or a pattern of white space and punctuation alone, which can't run long. */
function separatorOf(node: Node | undefined): string | RegExp | null {
  const literal = literalText(node)
  if (literal !== null) return literal
  const inner = node as AnyNode | undefined
  if (inner?.type !== 'Literal' || !inner.regex) return null
  return /^(\\[snrt]|[ ,;|]|\[(\\[snrt]|[ ,;|])+\])[+*?]?((\\[snrt]|[ ,;|])[+*?]?){0,2}$/.test(inner.regex.pattern) ? new RegExp(inner.regex.pattern) : null
}

/** `s => s.trim().toUpperCase()` and `String`, else null. */
function textStep(node: Node | undefined): ((value: string) => string) | null {
  if (isIdentifier(node, 'String')) return (value) => value
  if (!isFunction(node) || node.body.type === 'BlockStatement') return null
  const [param] = node.params
  const steps: ((value: string) => string)[] = []
  let current = unwrap(node.body)
  while (current.type === 'CallExpression') {
    const callee = unwrap(current.callee)
    const step = TEXT_METHODS.get(propertyName(callee) ?? '')
    if (!step || callee.type !== 'MemberExpression' || current.arguments.length > 0) return null
    steps.unshift(step)
    current = unwrap(callee.object)
  }
  if (!isIdentifier(param) || !isIdentifier(current, param.name)) return null
  return (value) => steps.reduce((result, step) => step(result), value)
}

/** `s => s`, `s => !!s`, `s => s.length` and the like: keeps what is not empty. */
function isTruthTest(node: Node | undefined): boolean {
  if (!isFunction(node) || node.body.type === 'BlockStatement') return false
  const allowed = ['Identifier', 'MemberExpression', 'UnaryExpression', 'BinaryExpression', 'Literal', 'CallExpression']
  const pending = [node.body as AnyNode]
  for (let current = pending.pop(); current; current = pending.pop()) {
    if (!allowed.includes(current.type)) return false
    if (current.type === 'CallExpression' && propertyName(unwrap(current.callee)) !== 'trim') return false
    if (current.type === 'BinaryExpression' && !['>', '!==', '!='].includes(current.operator)) return false
    pending.push(...childrenOf(current))
  }
  return true
}

/** True where an identifier is assigned to, updated, or the target of a loop or a pattern. */
export function isWritten(scoped: ScopedProgram, identifier: AnyNode): boolean {
  let node: AnyNode = identifier
  for (let parent = scoped.parentOf(node); parent; node = parent, parent = scoped.parentOf(node)) {
    if (parent.type === 'UpdateExpression') return true
    if (parent.type === 'AssignmentExpression') return parent.left === node
    if (parent.type === 'ForInStatement' || parent.type === 'ForOfStatement') return parent.left === node
    if (parent.type === 'Property' && parent.value === node) continue
    if (!['ArrayPattern', 'ObjectPattern', 'RestElement', 'AssignmentPattern'].includes(parent.type)) return false
  }
  return false
}
