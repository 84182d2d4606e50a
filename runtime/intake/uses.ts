import type { AnyNode, CallExpression } from 'acorn'

import type { ScriptUses } from '../scan/run.ts'
import { FILE_READS, FILE_WRITES, isServedHost, milliseconds, requestHost } from './hazards.ts'
import type { ScopedProgram } from './scope.ts'
import { calleeName, isIdentifier, literalText, propertyName, unwrap, walk } from './tree.ts'

/** Entries of each list; a script that has more is not read by anybody anyway. */
const MOST = 50

/** What a script takes from the world around it, each with the lines: what its author should know before it is hosted. */
export function findUses(scoped: ScopedProgram, lineOf: (offset: number) => number): ScriptUses {
  const hosts = new Map<string, number[]>()
  const keys = new Map<string, number[]>()
  const lines: Omit<ScriptUses, 'hosts' | 'environment'> = { filesRead: [], filesWritten: [], random: [], clock: [], sleeps: [] }
  const note = (map: Map<string, number[]>, name: string, node: AnyNode): void => {
    if (map.size < MOST || map.has(name)) add(map.get(name) ?? map.set(name, []).get(name)!, lineOf(node.start))
  }
  const isGlobal = (node: AnyNode): boolean => node.type === 'Identifier' && scoped.bindingOf(node) === null
  walk(scoped.program, (node) => {
    if (node.type === 'Literal' || node.type === 'TemplateLiteral') {
      const host = requestHost(node)
      if (host !== null) note(hosts, host, node)
    } else if (node.type === 'MemberExpression') {
      const key = environmentKey(node)
      if (key !== null) note(keys, key, node)
    } else if (node.type === 'VariableDeclarator' && node.init && isEnvironment(node.init) && node.id.type === 'ObjectPattern') {
      for (const property of node.id.properties) if (property.type === 'Property' && property.key.type === 'Identifier') note(keys, property.key.name, node)
    } else if (node.type === 'NewExpression') {
      if (isIdentifier(node.callee, 'Date') && node.arguments.length === 0 && isGlobal(node.callee)) add(lines.clock, lineOf(node.start))
    } else if (node.type === 'CallExpression') noteCall(node)
  })
  const listed = <Name extends string>(map: Map<string, number[]>, name: Name) => [...map].map(([value, at]) => ({ [name]: value, lines: at }) as Record<Name, string> & { lines: number[] })
  return { hosts: listed(hosts, 'host').map((entry) => ({ ...entry, served: isServedHost(entry.host) })), environment: listed(keys, 'name'), ...lines }

  function noteCall(node: CallExpression): void {
    const name = calleeName(node) ?? ''
    const line = lineOf(node.start)
    if (name === 'Math.random' || /^crypto\.(randomUUID|getRandomValues|randomBytes|randomInt)$/.test(name)) add(lines.random, line)
    else if (name === 'Date.now' || name === 'performance.now' || (name === 'Date' && isGlobal(unwrap(node.callee)))) add(lines.clock, line)
    else if (FILE_WRITES.test(name)) add(lines.filesWritten, line)
    else if (FILE_READS.test(name)) add(lines.filesRead, line)
    else if ((name === 'setTimeout' || /(^|\.)(sleep|delay|wait)$/i.test(name)) && lines.sleeps.length < MOST) {
      lines.sleeps.push({ line, ms: milliseconds(node.arguments[name === 'setTimeout' ? 1 : 0] as AnyNode | undefined) })
    }
  }
}

function add(list: number[], line: number): void {
  if (list.length < MOST && list.at(-1) !== line) list.push(line)
}

/** `KEY` of `process.env.KEY` and `process.env['KEY']`. */
function environmentKey(node: AnyNode): string | null {
  if (node.type !== 'MemberExpression' || !isEnvironment(node.object)) return null
  return node.computed ? literalText(node.property) : propertyName(node)
}

function isEnvironment(node: AnyNode): boolean {
  const inner = unwrap(node)
  return inner.type === 'MemberExpression' && propertyName(inner) === 'env' && isIdentifier(unwrap(inner.object), 'process')
}
