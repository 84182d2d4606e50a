import type { AnyNode, ExportNamedDeclaration, ImportDeclaration, Program } from 'acorn'
import type { LineIndex } from './lines.ts'
import type { DefaultExport, ExportRecord, ImportRecord, Piece } from './plan.ts'
import type { ScopedProgram } from './scope.ts'
import { dottedName, isFunction, literalText, patternIdentifiers, walk } from './tree.ts'

/** A file's top level, taken apart: what runs in which order, what it declares, and what it lets out. */
export interface Structure {
  pieces: Piece[]
  /** The statement of each piece; for an exported one, what is exported. */
  pieceNodes: AnyNode[]
  strict: boolean
  varNames: string[]
  lexicalNames: string[]
  functionNames: string[]
  imports: Omit<ImportRecord, 'resolution'>[]
  exports: ExportRecord[]
  defaultExport: DefaultExport | null
  /** What each export name stands for: an expression, a declaration or the identifier of one. */
  exportedNodes: Map<string, AnyNode>
  commonjsNodes: Map<string, AnyNode>
  wholeReason: string | null
}

export function readStructure(scoped: ScopedProgram, asModule: boolean, lines: LineIndex): Structure {
  const { program } = scoped
  const structure: Structure = {
    pieces: [],
    pieceNodes: [],
    strict: asModule || program.body.some((node) => 'directive' in node && node.directive === 'use strict'),
    varNames: [],
    lexicalNames: [],
    functionNames: [],
    imports: [],
    exports: [],
    defaultExport: null,
    exportedNodes: new Map(),
    commonjsNodes: commonjsExports(program),
    wholeReason: reasonForWhole(scoped, asModule),
  }
  for (const statement of program.body) addStatement(structure, statement, lines)
  nameDeclarations(structure, program)
  return structure
}

function addStatement(structure: Structure, statement: AnyNode, lines: LineIndex): void {
  const add = (node: AnyNode, kind?: Piece['kind']): number => {
    const { line, column } = lines.positionAt(node.start)
    const names = declaredNames(node)
    structure.pieces.push({ kind: kind ?? (node.type === 'FunctionDeclaration' ? 'function' : 'statement'), start: node.start, end: node.end, line, column, roles: [], names, skip: false })
    structure.pieceNodes.push(node)
    return structure.pieces.length - 1
  }
  if (statement.type === 'ImportDeclaration') structure.imports.push(importRecord(statement, lines))
  else if (statement.type === 'ExportNamedDeclaration') {
    if (statement.declaration) add(statement.declaration)
    recordExports(structure, statement, lines)
  } else if (statement.type === 'ExportAllDeclaration') {
    const specifier = String(statement.source.value)
    const exported = statement.exported ? moduleName(statement.exported) : '*'
    structure.exports.push({ exported, local: null, from: specifier, imported: '*' })
    structure.imports.push({ specifier, names: [], ...lines.positionAt(statement.start) })
  } else if (statement.type === 'ExportDefaultDeclaration') {
    const { declaration } = statement
    const named = (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') && declaration.id ? declaration.id.name : null
    const pieceIndex = add(declaration, named === null ? 'exportDefaultExpression' : undefined)
    structure.defaultExport = { local: named, pieceIndex: named === null ? pieceIndex : null }
    structure.exportedNodes.set('default', declaration)
  } else if (!('directive' in statement && statement.directive) && statement.type !== 'EmptyStatement') add(statement)
}

function importRecord(node: ImportDeclaration, lines: LineIndex): Omit<ImportRecord, 'resolution'> {
  const names = node.specifiers.map((specifier) => {
    const imported = specifier.type === 'ImportSpecifier' ? moduleName(specifier.imported) : specifier.type === 'ImportDefaultSpecifier' ? 'default' : '*'
    return { imported, local: specifier.local.name }
  })
  return { specifier: String(node.source.value), names, ...lines.positionAt(node.start) }
}

function recordExports(structure: Structure, node: ExportNamedDeclaration, lines: LineIndex): void {
  if (node.declaration) {
    for (const name of declaredNames(node.declaration)) {
      structure.exports.push({ exported: name, local: name, from: null, imported: null })
      structure.exportedNodes.set(name, node.declaration)
    }
  }
  const from = node.source ? String(node.source.value) : null
  for (const { exported, local } of node.specifiers) {
    const names = { exported: moduleName(exported), local: moduleName(local) }
    if (from !== null) structure.exports.push({ exported: names.exported, local: null, from, imported: names.local })
    else {
      structure.exportedNodes.set(names.exported, local as AnyNode)
      if (names.exported === 'default') structure.defaultExport = { local: names.local, pieceIndex: null }
      else structure.exports.push({ ...names, from: null, imported: null })
    }
  }
  if (from !== null) structure.imports.push({ specifier: from, names: [], ...lines.positionAt(node.start) })
}

function moduleName(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : ''
}

/** Names that a top-level statement declares by itself, those of nested `var` left out. */
function declaredNames(node: AnyNode): string[] {
  if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') return node.id ? [node.id.name] : []
  if (node.type !== 'VariableDeclaration') return []
  return node.declarations.flatMap((declarator) => patternIdentifiers(declarator.id).map((identifier) => identifier.name))
}

function nameDeclarations(structure: Structure, program: Program): void {
  const lexical = new Set<string>()
  const functions = new Set<string>()
  for (const node of structure.pieceNodes) {
    if (node.type === 'FunctionDeclaration' && node.id) functions.add(node.id.name)
    else if (node.type === 'ClassDeclaration' || (node.type === 'VariableDeclaration' && node.kind !== 'var')) for (const name of declaredNames(node)) lexical.add(name)
  }
  const hoisted = new Set<string>()
  walk(program, (node, parent) => {
    if (node.type === 'VariableDeclaration' && node.kind === 'var') {
      for (const declarator of node.declarations) for (const { name } of patternIdentifiers(declarator.id)) hoisted.add(name)
    }
    // Sloppy code sees a block's functions outside the block, undefined until the block has run.
    const inBlock = parent !== program && parent?.type !== 'ExportNamedDeclaration' && parent?.type !== 'ExportDefaultDeclaration'
    if (!structure.strict && node.type === 'FunctionDeclaration' && node.id && inBlock && !lexical.has(node.id.name)) hoisted.add(node.id.name)
    return !isFunction(node) && node.type !== 'StaticBlock'
  })
  structure.lexicalNames = [...lexical]
  structure.functionNames = [...functions]
  structure.varNames = [...hoisted].filter((name) => !functions.has(name))
}

/** `module.exports = …`, `exports.a = …` and their chains, outside functions. */
function commonjsExports(program: Program): Map<string, AnyNode> {
  const found = new Map<string, AnyNode>()
  walk(program, (node) => {
    if (node.type === 'AssignmentExpression' && node.operator === '=') recordCommonjs(found, dottedName(node.left as AnyNode), node.right)
    return !isFunction(node)
  })
  return found
}

function recordCommonjs(found: Map<string, AnyNode>, target: string | null, value: AnyNode): void {
  if (target === null) return
  let inner = value
  while (inner.type === 'AssignmentExpression') inner = inner.right
  const name = /^(?:module\.)?exports\.([\w$]+)$/.exec(target)?.[1]
  if (name !== undefined) found.set(name, inner)
  else if (target === 'module.exports') {
    if (inner.type !== 'ObjectExpression') found.set('default', inner)
    else {
      for (const property of inner.properties) {
        if (property.type !== 'Property') continue
        const key = property.key.type === 'Identifier' && !property.computed ? property.key.name : literalText(property.key)
        if (key !== null) found.set(key, property.value)
      }
    }
  }
}

/** Why a file can't run statement by statement, in words that follow a colon; null where it can. */
function reasonForWhole(scoped: ScopedProgram, asModule: boolean): string | null {
  let reason: string | null = null
  walk(scoped.program, (node) => {
    if (reason !== null) return false
    if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)) reason = 'it awaits at its top level'
    else if (node.type === 'VariableDeclaration' && node.kind.endsWith('using')) reason = 'it declares with `using` at its top level'
    else if (node.type === 'ReturnStatement') reason = 'it returns at its top level'
    else if (node.type === 'MetaProperty' && node.meta.name === 'new') reason = 'it reads new.target at its top level'
    return !isFunction(node) && node.type !== 'StaticBlock'
  })
  if (reason !== null) return reason
  walk(scoped.program, (node) => {
    if (reason !== null) return false
    if (node.type === 'ThisExpression' && isTopLevelThis(scoped, node)) reason = 'it reads `this` at its top level'
    return true
  })
  if (reason === null && !asModule && scoped.globals.some((global) => global.name === 'arguments' && scoped.functionAround(global) === null)) reason = 'it reads `arguments` at its top level'
  return reason
}

function isTopLevelThis(scoped: ScopedProgram, node: AnyNode): boolean {
  for (let current = scoped.parentOf(node); current; current = scoped.parentOf(current)) {
    if (current.type === 'FunctionDeclaration' || current.type === 'FunctionExpression' || current.type === 'ClassBody') return false
  }
  return true
}
