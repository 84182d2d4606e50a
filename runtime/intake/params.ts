import type { AnyNode, ObjectExpression } from 'acorn'
import type { IntakeReport, PrefilterSettings } from '../scan/run.ts'
import { memberValue, valueOf } from './entry/pattern.ts'
import type { ScopedProgram } from './scope.ts'
import { literalText, unwrap } from './tree.ts'

type Param = IntakeReport['params'][number]
const MAX_PARAMS = 200
const SCREEN = ['minVolume', 'minPrice', 'maxPrice', 'limit', 'activateAbove', 'window'] as const satisfies readonly (keyof PrefilterSettings)[]

/** The parameters that a scanner declares, as far as its text shows them: `{ minGap: { default: 0.03, min: 0, help: '…' }, days: 20 }`. */
export function readParams(scoped: ScopedProgram, config: ObjectExpression | null): Param[] {
  const declared = valueOf(scoped, memberValue(config, 'params'))
  if (declared?.type !== 'ObjectExpression') return []
  const params: Param[] = []
  for (const property of declared.properties.slice(0, MAX_PARAMS)) {
    if (property.type !== 'Property' || property.computed) continue
    const name = property.key.type === 'Identifier' ? property.key.name : literalText(property.key)
    const value = valueOf(scoped, property.value)
    if (name !== null && value) params.push(readParam(name, value))
  }
  return params
}

function readParam(name: string, value: AnyNode): Param {
  if (value.type !== 'ObjectExpression') return { name, default: plainValue(value) ?? null }
  const param: Param = { name, default: plainValue(memberValue(value, 'default')) ?? null }
  const min = plainValue(memberValue(value, 'min'))
  const max = plainValue(memberValue(value, 'max'))
  const options = plainValue(memberValue(value, 'options'))
  const help = plainValue(memberValue(value, 'help'))
  if (typeof min === 'number') param.min = min
  if (typeof max === 'number') param.max = max
  if (Array.isArray(options)) param.options = options.map(String)
  if (typeof help === 'string') param.help = help
  return param
}

/** Numbers, texts, booleans, null and lists of them; undefined for anything else. */
function plainValue(node: AnyNode | null): unknown {
  if (!node) return undefined
  const inner = unwrap(node)
  const text = literalText(inner)
  if (text !== null) return text
  if (inner.type === 'Literal') return inner.regex || inner.bigint ? undefined : inner.value
  if (inner.type === 'UnaryExpression' && inner.operator === '-') {
    const number = plainValue(inner.argument)
    return typeof number === 'number' ? -number : undefined
  }
  if (inner.type === 'ArrayExpression') return inner.elements.map((element) => (element ? (plainValue(element) ?? null) : null))
  return undefined
}

/** The scanner's own name from its configuration, or null. */
export function readName(config: ObjectExpression | null): string | null {
  return literalText(memberValue(config, 'name'))
}

/** The numbers of the scanner's own screen that stand in its text; undefined where there are none. */
export function readUniverse(scoped: ScopedProgram, config: ObjectExpression | null): Partial<PrefilterSettings> | undefined {
  const declared = valueOf(scoped, memberValue(config, 'universe'))
  if (declared?.type !== 'ObjectExpression') return undefined
  const numbers = SCREEN.flatMap((name) => {
    const value = plainValue(memberValue(declared, name))
    return typeof value === 'number' && Number.isFinite(value) ? [[name, value] as const] : []
  })
  return numbers.length === 0 ? undefined : Object.fromEntries(numbers)
}
