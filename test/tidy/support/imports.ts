import type { Literal, Node } from 'acorn'

import { allSources, isOwnCode, resolveFrom, type Source } from './sources.ts'
import { walk } from './walk.ts'

export interface Import {
  from: string
  specifier: string
  /** Path from the root where the specifier is relative, else null. */
  target: string | null
  /** Gone once types are stripped. */
  isType: boolean
}

const TYPE_IMPORT = /^(?:import|export) type\s[^'"`;]*?from\s+['"]([^'"\n]+)['"]/gm

/** What a file imports: statically, by `import(…)` with a literal, and for its types. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = []
  const add = (specifier: string, isType: boolean): void => {
    found.push({ from: source.path, specifier, target: specifier.startsWith('.') ? resolveFrom(source.path, specifier) : null, isType })
  }
  walk(source.program, (node) => {
    const specifier = (node as Node & { source?: Literal | null }).source
    if (/^(Import|Export)/.test(node.type) && typeof specifier?.value === 'string') add(specifier.value, false)
  })
  for (const [, specifier] of source.text.matchAll(TYPE_IMPORT)) add(specifier!, true)
  return found
}

/** Files that a file names in its texts (`new URL('import-child.ts', import.meta.url)`), as paths from the root. */
function namedFiles(source: Source, known: ReadonlySet<string>): string[] {
  const found: string[] = []
  walk(source.program, (node) => {
    const { type, value } = node as Literal
    if (type === 'Literal' && typeof value === 'string' && isOwnCode(value)) found.push(resolveFrom(source.path, value))
  })
  return found.filter((path) => known.has(path))
}

/** Every file that can be reached from the entries by imports and by files named in texts. */
export function reachable(entries: readonly string[]): Set<string> {
  const sources = new Map(allSources().map((source) => [source.path, source]))
  const known = new Set(sources.keys())
  const seen = new Set<string>()
  const waiting = [...entries]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const source = sources.get(path)
    if (source === undefined || seen.has(path)) continue
    seen.add(path)
    waiting.push(...importsOf(source).flatMap(({ target }) => target ?? []), ...namedFiles(source, known))
  }
  return seen
}

/** Groups of files that import each other in a circle, by Tarjan's strongly connected components (1972). */
export function cycles(imports: readonly Import[]): string[][] {
  const edges = Map.groupBy(
    imports.filter(({ target }) => target !== null),
    ({ from }) => from,
  )
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (path: string): void => {
    order.set(path, order.size)
    low.set(path, order.get(path)!)
    stack.push(path)
    for (const { target } of edges.get(path) ?? []) {
      if (!order.has(target!)) visit(target!)
      if (stack.includes(target!)) low.set(path, Math.min(low.get(path)!, low.get(target!)!))
    }
    if (low.get(path) !== order.get(path)) return
    const circle = stack.splice(stack.indexOf(path))
    const importsItself = (edges.get(path) ?? []).some(({ target }) => target === path)
    if (circle.length > 1 || importsItself) found.push(circle.sort())
  }
  for (const path of edges.keys()) if (!order.has(path)) visit(path)
  return found
}
