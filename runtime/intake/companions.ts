import type { Diagnostic } from '../scan/run.ts'
import { resolveFile } from './archive.ts'
import { diagnostic } from './diagnostics.ts'
import { createLineIndex } from './lines.ts'
import { resolveModules, type ModuleTable } from './modules.ts'
import { parseScript } from './parse.ts'
import type { CompanionFile, ModuleReference } from './plan.ts'
import { resolveScopes, type ScopedProgram } from './scope.ts'
import { findSharedState } from './split/state.ts'
import { readStructure } from './structure.ts'
import { isFunction, unwrap } from './tree.ts'

/** A file beside the one that is run, as JavaScript or JSON. */
export interface CompanionSource {
  path: string
  code: string
  sourceMap: string | null
}

export interface Companions {
  files: CompanionFile[]
  /** Packages that the files ask for. */
  references: ModuleReference[]
  diagnostics: Diagnostic[]
}

const NO_PLACE = (): { line: number; column: number } => ({ line: 1, column: 1 })

/** The file that a relative specifier in `from` means, among those that came with the script. */
export function companionTarget(sources: readonly CompanionSource[], from: string, specifier: string): string | null {
  return resolveFile(from, specifier, (path) => sources.some((source) => source.path === path))
}

/** Takes apart the files that the script reaches from its own imports; the others of the set are never run. */
export function readCompanions(sources: readonly CompanionSource[], targets: readonly string[], modules: ModuleTable): Companions {
  const found: Companions = { files: [], references: [], diagnostics: [] }
  const pending = [...targets]
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    if (found.files.some((file) => file.path === path)) continue
    const source = sources.find((one) => one.path === path)!
    const file = readOne(source, sources, modules, found)
    if (file === null) return found
    found.files.push(file)
    pending.push(...Object.values(file.targets))
  }
  return found
}

function readOne(source: CompanionSource, sources: readonly CompanionSource[], modules: ModuleTable, found: Companions): CompanionFile | null {
  const { path, code, sourceMap } = source
  const plain = { path, code, sourceMap, pieces: [], imports: [], exports: [], defaultExport: null, dynamicImports: [], importMetas: [], lexicalNames: [], varNames: [], targets: {}, strict: true, isStateless: true }
  if (path.endsWith('.json')) return { ...plain, kind: 'json' }
  const refuse = (line: number | null, problem: string): null => {
    found.diagnostics.push(diagnostic('error', 'companion_refused', { place: line === null ? path : `${path}:${line}`, problem }))
    return null
  }
  const parsed = parseScript(code, path)
  if (parsed.program === null) return refuse(parsed.diagnostic.line, parsed.diagnostic.message)
  const lines = createLineIndex(code)
  const scoped = resolveScopes(parsed.program)
  const structure = readStructure(scoped, parsed.asModule, lines)
  if (structure.wholeReason === 'it awaits at its top level') return refuse(null, 'a file that others import cannot await at its top level')
  const files = { has: (specifier: string) => companionTarget(sources, path, specifier) }
  const resolved = resolveModules(scoped, structure.imports, { modules, filename: path, lines, place: NO_PLACE, files })
  const problem = resolved.diagnostics.find(({ severity }) => severity === 'error')
  if (problem !== undefined) return refuse(problem.line, problem.message)
  found.references.push(...resolved.imports, ...resolved.requires)
  return {
    ...plain,
    kind: parsed.asModule ? 'module' : 'commonjs',
    strict: structure.strict,
    pieces: structure.pieces,
    imports: resolved.imports,
    exports: structure.exports,
    defaultExport: structure.defaultExport,
    dynamicImports: resolved.dynamicImports,
    importMetas: resolved.importMetas,
    lexicalNames: structure.lexicalNames,
    varNames: structure.varNames,
    targets: resolved.targets,
    isStateless: isStateless(scoped),
  }
}

/** True where a file holds nothing but functions, literals and names of them, and no function changes anything outside itself. */
function isStateless(scoped: ScopedProgram): boolean {
  for (const binding of scoped.top.bindings.values()) {
    const { declaration } = binding
    if (isFunction(declaration)) {
      if (findSharedState(scoped, declaration) !== null) return false
      continue
    }
    if (/^Import/.test(declaration.type)) continue
    if (declaration.type !== 'VariableDeclarator' || binding.kind !== 'const' || !declaration.init) return false
    const value = unwrap(declaration.init)
    if (isFunction(value) ? findSharedState(scoped, value) !== null : value.type !== 'Literal' || 'regex' in value) return false
  }
  return scoped.program.body.every((node) => /Declaration$/.test(node.type) || (node.type === 'ExpressionStatement' && node.expression.type === 'AssignmentExpression' && node.expression.right.type !== 'CallExpression') || ('directive' in node && node.directive !== undefined))
}
