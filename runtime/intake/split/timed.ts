import type { AnyNode, CallExpression } from 'acorn'
import { functionOf } from '../function-of.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import type { Flow } from './facts.ts'
import { rootIdentifier } from './names.ts'
import { isInsideQuietCall, isQuiet } from './quiet.ts'
import { MUTATING_METHODS } from './state.ts'
import type { Violation } from './uses.ts'
import { calleeName, isFunction, patternIdentifiers, propertyName, unwrap, walk, type FunctionNode } from '../tree.ts'

const TIMERS = /(^|\.)(setTimeout|setInterval|setImmediate)$/
const WAITS = /(^|\.)(sleep|delay|wait|setTimeout)\w*$/i
const STOPS = /^(abort|cancel|stop|close|end|destroy|kill|pause|resume|emit|reset|resolve|reject)$/

/**
 * The first change that a timer makes, set before the list is gone through, to what the code for each element reads: when it comes is a
 * matter of how long the script has been running. Null where there is none.
 */
export function findTimedChange(scoped: ScopedProgram, flow: Flow, noun: string): Violation | null {
  let first: Violation | null = null
  walk(scoped.program, (node) => {
    if (first === null && node.type === 'CallExpression' && !flow.inRegion(node)) first = judgeCall(node)
    return first === null
  })
  return first

  function judgeCall(node: CallExpression): Violation | null {
    if (calleeName(node) === 'AbortSignal.timeout') return judgeSignal(node)
    const callback = isTimer(node) ? localFunction(node.arguments[0]) : null
    const code = callback && codeOf(callback)
    // A timer that starts the work is no part of it.
    if (!code || [...flow.regions].some((region) => code.some((part) => isWithin(region, part)))) return null
    for (const part of code) {
      const change = changeIn(part, code)
      if (change) return change
    }
    return null
  }

  function isTimer(node: CallExpression): boolean {
    if (TIMERS.test(calleeName(node) ?? '')) return true
    const callee = unwrap(node.callee)
    if (propertyName(callee) !== 'then' || callee.type !== 'MemberExpression') return false
    const waited = unwrap(callee.object)
    return waited.type === 'CallExpression' && WAITS.test(calleeName(waited) ?? '')
  }

  function judgeSignal(node: CallExpression): Violation | null {
    let declared: AnyNode | null = node
    while (declared && declared.type !== 'VariableDeclarator' && !isFunction(declared)) declared = scoped.parentOf(declared)
    if (declared?.type !== 'VariableDeclarator') return null
    const used = patternIdentifiers(declared.id).map((identifier) => scoped.bindingOf(identifier)).find((binding) => binding && isRead(binding))
    return used ? { offset: node.start, reason: `ends \`${used.name}\` when a time is up, which is at other ${noun} once they are divided` } : null
  }

  /** The function and those of the file that it names. */
  function codeOf(callback: FunctionNode): FunctionNode[] {
    const code = new Set([callback])
    for (const part of code) {
      walk(part, (node) => {
        const named = node.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(node)) : null
        if (named) code.add(named)
      })
    }
    return [...code]
  }

  function changeIn(part: FunctionNode, code: readonly FunctionNode[]): Violation | null {
    let change: Violation | null = null
    walk(part, (node) => {
      if (change) return false
      if (node.type === 'CallExpression' && /^process\.(exit|abort|kill)$/.test(calleeName(node) ?? '')) {
        change = { offset: node.start, reason: `ends the script when a time is up, which is at other ${noun} once they are divided` }
        return false
      }
      const target = changedName(node)
      const binding = target && scoped.bindingOf(target)
      const isOutside = binding && !code.some((function_) => isWithin(binding.scope.node, function_))
      if (isOutside && [binding, ...aliasesOf(binding)].some(isRead)) {
        change = { offset: node.start, reason: `changes \`${binding.name}\` when a time is up, which is at other ${noun} once they are divided` }
      }
      return !change
    })
    return change
  }

  function changedName(node: AnyNode): AnyNode | null {
    if (node.type === 'AssignmentExpression') return rootIdentifier(node.left as AnyNode)
    if (node.type === 'UpdateExpression') return rootIdentifier(node.argument)
    if (node.type !== 'CallExpression') return null
    const callee = unwrap(node.callee)
    const method = propertyName(callee) ?? ''
    return callee.type === 'MemberExpression' && (MUTATING_METHODS.has(method) || STOPS.test(method)) ? rootIdentifier(callee.object) : null
  }

  /** Names outside that are given a part of another: `const { signal } = controller`. */
  function aliasesOf(binding: Binding): Binding[] {
    return binding.references.flatMap((use) => {
      let declared: AnyNode | null = scoped.parentOf(use)
      while (declared?.type === 'MemberExpression') declared = scoped.parentOf(declared)
      const names = declared?.type === 'VariableDeclarator' ? patternIdentifiers(declared.id) : []
      return names.flatMap((identifier) => scoped.bindingOf(identifier) ?? [])
    })
  }

  /** Whether code for one element reads a name for more than a message or a wait. */
  function isRead(binding: Binding): boolean {
    return binding.references.some((use) => {
      if (!flow.inRegion(use) || isInsideQuietCall(use, scoped)) return false
      const parent = scoped.parentOf(use)
      if (parent?.type === 'AssignmentExpression' && parent.left === use && parent.operator === '=') return false
      return !isForQuiet(use)
    })
  }

  /** `if (paused) await sleep(50)`. */
  function isForQuiet(use: AnyNode): boolean {
    for (let node = use, parent = scoped.parentOf(use); parent; node = parent, parent = scoped.parentOf(parent)) {
      if (parent.type === 'IfStatement' || parent.type === 'WhileStatement') {
        return parent.test === node && isQuiet(parent.type === 'IfStatement' ? parent.consequent : parent.body, scoped, flow) && (parent.type === 'WhileStatement' || isQuiet(parent.alternate, scoped, flow))
      }
      if (parent.type.endsWith('Statement') || isFunction(parent)) return false
    }
    return false
  }

  function localFunction(node: AnyNode | undefined): FunctionNode | null {
    if (!node) return null
    const inner = unwrap(node)
    return isFunction(inner) ? inner : inner.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(inner)) : null
  }
}

const isWithin = (node: AnyNode, outer: AnyNode): boolean => node.start >= outer.start && node.end <= outer.end
