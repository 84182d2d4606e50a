import type { AnyNode, Node } from 'acorn'
import { functionOf } from '../function-of.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import { aliasedName, isInside, isSetAnew } from './names.ts'
import { isFunction, patternIdentifiers, unwrap, walk, type FunctionNode } from '../tree.ts'

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

/** The lattice of taints: where two meet, the higher one stands. */
const RANK: Record<Taint, number> = { count: 1, list: 2, chunks: 3 }

export function isList(taint: Taint | null | undefined): taint is 'list' | 'chunks' {
  return taint === 'list' || taint === 'chunks'
}

/** The highest of some taints, null where there is none. */
export function joinTaints(...values: (Taint | null)[]): Taint | null {
  return values.reduce((best, next) => (next && (!best || RANK[next] > RANK[best]) ? next : best), null)
}

/**
 * What is known so far about a program and its list. Knowledge only grows, pass by pass over the program, until a pass
 * adds nothing; the taints of expressions alone are found anew in each.
 */
export class FlowFacts implements Flow {
  readonly regions = new Set<AnyNode>()
  readonly loops = new Set<AnyNode>()
  readonly chunkLoops = new Set<AnyNode>()
  readonly leftBehind = new Set<AnyNode>()
  readonly elements = new Set<Binding>()
  readonly indexes = new Set<Binding>()
  readonly chunkIndexes = new Set<Binding>()
  readonly #scoped: ScopedProgram
  readonly #bindings: Map<Binding, Taint>
  readonly #returns = new Map<FunctionNode, Taint>()
  /** Local names and parameters that may stand for a part of an outer name's value. */
  readonly #aliases = new Map<Binding, Set<Binding>>()
  #taints = new Map<AnyNode, Taint>()
  #changed = true

  constructor(scoped: ScopedProgram, seeds: ReadonlyMap<Binding, Taint>) {
    this.#scoped = scoped
    this.#bindings = new Map(seeds)
  }

  /** True where the last pass added nothing. */
  get settled(): boolean {
    return !this.#changed
  }

  beginPass(): void {
    this.#changed = false
    this.#taints = new Map()
  }

  /** The taint that this pass has found for an expression. */
  readonly of = (node: Node | null | undefined): Taint | null => (node ? (this.#taints.get(node as AnyNode) ?? null) : null)

  taintOf(node: AnyNode): Taint | null {
    return this.of(node)
  }

  bindingTaint(binding: Binding): Taint | null {
    return this.#bindings.get(binding) ?? null
  }

  /** The taint of what a function of the file returns. */
  returned(called: FunctionNode | null): Taint | null {
    return (called && this.#returns.get(called)) ?? null
  }

  inRegion(node: AnyNode): boolean {
    return isInside(this.#scoped, node, this.regions)
  }

  isOuter(binding: Binding): boolean {
    return !this.inRegion(binding.scope.node) && !this.elements.has(binding)
  }

  reachesOuter(binding: Binding): boolean {
    return this.isOuter(binding) || this.#aliases.has(binding)
  }

  /** The function of the file that an expression is or names. */
  readonly localFunction = (node: Node | null | undefined): FunctionNode | null => {
    if (!node) return null
    const inner = unwrap(node as AnyNode)
    return isFunction(inner) ? inner : inner.type === 'Identifier' ? functionOf(this.#scoped, this.#scoped.bindingOf(inner)) : null
  }

  setTaint(node: AnyNode, taint: Taint): void {
    this.#taints.set(node, taint)
  }

  taintBinding(binding: Binding | null, taint: Taint | null): void {
    if (binding) this.#raise(this.#bindings, binding, taint)
  }

  taintPattern(pattern: AnyNode, taint: Taint | null): void {
    for (const identifier of patternIdentifiers(pattern as never)) this.taintBinding(this.#scoped.bindingOf(identifier), taint)
  }

  taintReturn(around: FunctionNode | null, value: Node | null | undefined): void {
    if (around) this.raiseReturn(around, this.of(value))
  }

  raiseReturn(around: FunctionNode, taint: Taint | null): void {
    this.#raise(this.#returns, around, taint)
  }

  markElements(pattern: AnyNode): void {
    for (const identifier of patternIdentifiers(pattern as never)) {
      const binding = this.#scoped.bindingOf(identifier)
      if (binding) this.add(this.elements, binding)
    }
  }

  markIndex(node: AnyNode): void {
    const binding = this.#scoped.bindingOf(node)
    if (!binding) return
    this.add(this.indexes, binding)
    this.taintBinding(binding, 'count')
  }

  add<T>(set: Set<T>, value: T): void {
    if (set.has(value)) return
    set.add(value)
    this.#changed = true
  }

  /** With every function and class that the region names, and those that these name. */
  addRegion(region: AnyNode): void {
    const pending = [region]
    for (let next = pending.pop(); next; next = pending.pop()) {
      const current = next
      if (this.regions.has(current)) continue
      this.add(this.regions, current)
      walk(current, (node) => {
        if (node !== current && this.regions.has(node)) return false
        const binding = node.type === 'Identifier' ? this.#scoped.bindingOf(node) : null
        const target = binding && this.codeOf(binding)
        if (target) pending.push(target)
        return true
      })
    }
  }

  /** The function or class that a name stands for. */
  codeOf(binding: Binding): AnyNode | null {
    return functionOf(this.#scoped, binding) ?? (binding.kind === 'class' ? binding.declaration : null)
  }

  /** Functions that an outer object or a function factory holds: code per element can call them. */
  addLeftBehind(value: AnyNode): void {
    const factory = value.type === 'CallExpression' ? this.localFunction(value.callee) : null
    const holder = factory ?? (value.type === 'ObjectExpression' ? value : null)
    if (!holder) return
    walk(holder, (node) => {
      if (node === holder || !isFunction(node)) return true
      this.addRegion(node)
      this.add(this.leftBehind, node)
      return false
    })
  }

  /** Names that code per element gives to a part of an outer name's value. */
  addAlias(pattern: AnyNode | null | undefined, source: AnyNode): void {
    const root = aliasedName(source)
    const origin = root && this.#scoped.bindingOf(root)
    if (!pattern || !origin || !['var', 'let', 'const', 'param'].includes(origin.kind) || !this.reachesOuter(origin) || this.elements.has(origin)) return
    for (const identifier of patternIdentifiers(pattern as never)) {
      const binding = this.#scoped.bindingOf(identifier)
      if (!binding || binding === origin) continue
      const origins = this.#aliases.get(binding) ?? new Set()
      this.#aliases.set(binding, origins)
      this.add(origins, origin)
    }
  }

  /** A name outside the per-element code that this code writes to. */
  gather(target: AnyNode | null, taint: Taint, always = false): void {
    if (!target || target.type !== 'Identifier') return
    const binding = this.#scoped.bindingOf(target)
    if (!binding || this.indexes.has(binding)) return
    if (!always && (!this.inRegion(target) || !this.reachesOuter(binding) || isSetAnew(this.#scoped, this.regions, binding))) return
    this.taintBinding(binding, taint)
    this.#taintOrigins(binding, taint, new Set())
  }

  #taintOrigins(binding: Binding, taint: Taint, seen: Set<Binding>): void {
    for (const origin of this.#aliases.get(binding) ?? []) {
      if (seen.has(origin)) continue
      seen.add(origin)
      this.taintBinding(origin, taint)
      this.#taintOrigins(origin, taint, seen)
    }
  }

  #raise<T>(taints: Map<T, Taint>, key: T, taint: Taint | null): void {
    const known = taints.get(key)
    if (!taint || (known && RANK[known] >= RANK[taint])) return
    taints.set(key, taint)
    this.#changed = true
  }
}
