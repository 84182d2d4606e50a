import type { AnyNode, CallExpression, Node } from 'acorn'
import type { ScopedProgram } from '../scope.ts'
import type { Flow } from './facts.ts'
import type { Violation } from './uses.ts'
import { calleeName, isFunction, literalText, unwrap, walk } from '../tree.ts'

const WRITING = /^(writeFile|appendFile|createWriteStream|writeJson|outputFile|outputJson|writeJSON)(Sync)?$/
const READING = /^(readFile|createReadStream|exists|stat|lstat|access|readJson|readJSON|pathExists)(Sync)?$/
const LISTING = /^(readdir|opendir|glob)(Sync)?$/
const OF_FILES = /^(fs|fsp|fse|fsPromises|promises|fs\.promises)\.\w+$|^\w+$/

/** The first read of a file that code for one element writes, in code for another of them or behind the loop; null where there is none. */
export function findKeptFile(scoped: ScopedProgram, flow: Flow, noun: string): Violation | null {
  const written = new Set<string>()
  let firstWrite: AnyNode | null = null
  walk(scoped.program, (node) => {
    if (node.type !== 'CallExpression' || !isCall(node, WRITING)) return
    const isStream = /createWriteStream/.test(calleeName(node) ?? '')
    if (!flow.inRegion(node) && !isStream) return
    const key = fileOf(node.arguments[0])
    if (!flow.inRegion(node) && key === null) return
    firstWrite ??= node
    if (key !== null) written.add(key)
  })
  if (!firstWrite) return null
  const from: AnyNode = firstWrite
  let first: Violation | null = null
  walk(scoped.program, (node) => {
    if (first === null && node.type === 'CallExpression') first = judge(node, from)
    return first === null
  })
  return first

  function judge(node: CallExpression, from: AnyNode): Violation | null {
    if (isCall(node, LISTING) && flow.inRegion(node)) return { offset: node.start, reason: `lists files while the ones of all ${noun} are being written` }
    if (!isCall(node, READING)) return null
    const key = fileOf(node.arguments[0])
    if (key === null || !written.has(key) || isForWrite(node)) return null
    if (!flow.inRegion(node) && isBefore(node, from)) return null
    return { offset: node.start, reason: `reads a file that is written for all ${noun}` }
  }

  function isCall(node: CallExpression, names: RegExp): boolean {
    const name = calleeName(node) ?? ''
    return OF_FILES.test(name) && names.test(name.split('.').at(-1)!)
  }

  /** The last part of a path as far as its text tells, else the text itself; null for a file of one element, which is nobody else's. */
  function fileOf(path: Node | undefined): string | null {
    if (!path || isOfElement(path as AnyNode, 0)) return null
    return lastName(path as AnyNode, 0)
  }

  /** Whether an expression names anything that is made for one element. */
  function isOfElement(path: AnyNode, depth: number): boolean {
    let found = false
    walk(path, (node) => {
      const binding = node.type === 'Identifier' ? scoped.bindingOf(node) : null
      if (!binding || found) return !found
      const init = binding.declaration.type === 'VariableDeclarator' ? binding.declaration.init : null
      // A local name for a file that has nothing of the element in it is the same file each time.
      found = !flow.isOuter(binding) && (!init || depth > 4 || isOfElement(init as AnyNode, depth + 1) || unwrap(init as AnyNode).type === 'AwaitExpression')
      return !found
    })
    return found || flow.inRegion(path) && isMadeByUnseen(path)
  }

  /** `fileFor(symbol)` names its element; any other call may give another name each time, as `Date.now()` does, and says nothing. */
  function isMadeByUnseen(path: AnyNode): boolean {
    const inner = unwrap(path)
    return inner.type === 'CallExpression' && !/(^|\.)(join|resolve|normalize)$/.test(calleeName(inner) ?? '')
  }

  function lastName(path: AnyNode, depth: number): string {
    const inner = unwrap(path)
    const text = literalText(inner)
    if (text !== null) return baseOf(text)
    if (inner.type === 'Identifier' && depth < 5) {
      const binding = scoped.bindingOf(inner)
      const init = binding?.declaration.type === 'VariableDeclarator' && binding.declaration.id.type === 'Identifier' ? binding.declaration.init : null
      return init ? lastName(init as AnyNode, depth + 1) : `name ${inner.name}`
    }
    if (inner.type === 'TemplateLiteral') return baseOf(inner.quasis.at(-1)?.value.cooked ?? '') || `text ${inner.start}`
    if (inner.type === 'BinaryExpression') return lastName(inner.right, depth + 1)
    if ((inner.type === 'CallExpression' || inner.type === 'NewExpression') && inner.arguments.length > 0) return lastName(inner.arguments.at(-1) as AnyNode, depth + 1)
    return `text ${inner.start}`
  }

  /** `if (!fs.existsSync(file)) fs.writeFileSync(file, header)` is about the file alone. */
  function isForWrite(node: CallExpression): boolean {
    let current: AnyNode = node
    let parent = scoped.parentOf(node)
    while (parent?.type === 'UnaryExpression' || parent?.type === 'LogicalExpression' || parent?.type === 'AwaitExpression') [current, parent] = [parent, scoped.parentOf(parent)]
    return parent?.type === 'IfStatement' && parent.test === current && isWriting(parent.consequent) && (!parent.alternate || isWriting(parent.alternate))
  }

  function isWriting(statement: AnyNode): boolean {
    const statements: AnyNode[] = statement.type === 'BlockStatement' ? statement.body : [statement]
    return statements.every((part) => {
      const call = part.type === 'ExpressionStatement' ? unwrap(part.expression) : null
      return call?.type === 'CallExpression' && isCall(call, WRITING)
    })
  }

  /** Whether code outside of the loop runs before it, as what loads a list or a state does: it and all that name its function stand before. */
  function isBefore(node: AnyNode, from: AnyNode): boolean {
    const around = scoped.functionAround(node)
    const loop = scoped.functionAround(from)
    if (around === null || around === loop || (loop !== null && loop.start >= around.start && loop.end <= around.end)) return node.start < from.start
    const declared = isFunction(around) && around.id ? scoped.bindingOf(around.id) : null
    const holder = scoped.parentOf(around)
    const binding = declared ?? (holder?.type === 'VariableDeclarator' && holder.id.type === 'Identifier' ? scoped.bindingOf(holder.id) : null)
    return binding !== null && binding.references.every((use) => use.start < from.start)
  }
}

const baseOf = (path: string): string => path.split(/[/\\]/).at(-1)!
