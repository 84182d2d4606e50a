import type { AnyNode, Class, ObjectExpression } from 'acorn'
import type { LineIndex } from '../lines.ts'
import { rankName, type ListRole } from './list-names.ts'
import type { ListDeclaration } from '../plan.ts'
import { valueOf } from '../entry/pattern.ts'
import type { ScopedProgram } from '../scope.ts'
import { evaluateStatically } from '../static-value.ts'
import type { Structure } from '../structure.ts'
import { isFunction, literalText, propertyName, unwrap, walk } from '../tree.ts'

/** A list that stands beside a scan, in the object, the class or the exports that the file hands out. */
export interface MemberList {
  declaration: ListDeclaration
  offset: number
}

/** The list of a role among what a file hands out: a scan is called symbol by symbol, so that the list is only read. Its `staticValue` is null where the text does not tell it. */
export function findMemberList(scoped: ScopedProgram, structure: Structure, lines: LineIndex, role: ListRole): MemberList | null {
  const named = membersOf(scoped, structure).filter(({ name, value }) => rankName(name, role) === 1 && !isFunction(value))
  const [first] = named
  if (first === undefined) return null
  const read = named.map((member) => ({ ...member, values: textsOf(scoped, member.value) }))
  const { name, value, values } = read.find((member) => member.values !== null) ?? { ...first, values: null }
  const declaration: ListDeclaration = {
    name, role, form: 'array', field: null, separator: null, staticValue: values, injection: 'replaceInitializer', declaredWith: 'const', isInner: true,
    pieceIndex: structure.pieces.findIndex((piece) => piece.start <= value.start && value.end <= piece.end),
    initializerStart: value.start, initializerEnd: value.end, ...lines.positionAt(value.start),
  }
  return { declaration, offset: value.start }
}

interface Member {
  name: string
  value: AnyNode
}

function membersOf(scoped: ScopedProgram, { exportedNodes, commonjsNodes }: Structure): Member[] {
  const named = [...commonjsNodes].map(([name, value]) => ({ name, value }))
  const main = valueOf(scoped, exportedNodes.get('default') ?? commonjsNodes.get('default') ?? null)
  if (main?.type === 'ObjectExpression') return [...named, ...membersOfObject(main)]
  const made = main?.type === 'NewExpression' ? valueOf(scoped, main.callee as AnyNode) : null
  return made?.type === 'ClassDeclaration' || made?.type === 'ClassExpression' ? [...named, ...membersOfClass(made)] : named
}

function membersOfObject({ properties }: ObjectExpression): Member[] {
  return properties.flatMap((property) => {
    if (property.type !== 'Property' || property.computed) return []
    const name = property.key.type === 'Identifier' ? property.key.name : literalText(property.key)
    return name === null ? [] : [{ name, value: property.value as AnyNode }]
  })
}

/** Its fields, and what its constructor gives `this`. */
function membersOfClass({ body }: Class): Member[] {
  const members: Member[] = []
  for (const part of body.body) {
    if (part.type === 'PropertyDefinition' && part.value && part.key.type === 'Identifier' && !part.computed) members.push({ name: part.key.name, value: part.value as AnyNode })
    if (part.type !== 'MethodDefinition' || part.kind !== 'constructor') continue
    walk(part.value as AnyNode, (node) => {
      if (node.type !== 'AssignmentExpression' || node.operator !== '=' || node.left.type !== 'MemberExpression') return
      const name = node.left.object.type === 'ThisExpression' ? propertyName(node.left) : null
      if (name !== null) members.push({ name, value: node.right })
    })
  }
  return members
}

function textsOf(scoped: ScopedProgram, value: AnyNode): string[] | null {
  const found = evaluateStatically(unwrap(value), scoped)
  if (found.kind !== 'list' && found.kind !== 'set') return null
  const texts = found.items.map((item) => (item.kind === 'text' ? item.text.trim() : ''))
  return texts.length > 0 && texts.every((text) => text !== '') ? texts : null
}
