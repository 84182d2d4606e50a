import type { ScopedProgram } from '../scope.ts'
import { literalText, walk } from '../tree.ts'
import { rankName } from './list-names.ts'
import { readSymbolFile } from './symbol-file.ts'
import type { DataFile, ListDeclaration } from '../plan.ts'

/**
 * The list of symbols that a script reads from a file which came with it, in the midst of its run: the file is then handed out with the
 * symbols of the run in it. Null where the script names none, or several of which none is called what they are.
 */
export function findFileList(scoped: ScopedProgram, dataFiles: readonly DataFile[]): ListDeclaration | null {
  if (dataFiles.length === 0) return null
  const named = namesIn(scoped)
  const found = dataFiles.flatMap(({ path, text }) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const read = named.has(name) ? readSymbolFile(path, text) : null
    return read === null ? [] : [{ path, name, text, read }]
  })
  // One file may stand under several paths.
  const texts = new Set(found.map(({ text }) => text))
  const told = texts.size === 1 ? found : found.filter(({ name }) => rankName(name.replace(/\.\w+$/, ''), 'symbols') !== null)
  const [first] = told
  if (first === undefined || new Set(told.map(({ text }) => text)).size > 1) return null
  return {
    name: first.name, role: 'symbols', form: 'file', field: null, separator: null, staticValue: first.read.values, injection: 'dataFile',
    file: { paths: told.map(({ path }) => path), layout: first.read.layout }, declaredWith: 'const', isInner: true,
    pieceIndex: -1, initializerStart: 0, initializerEnd: 0, line: 1, column: 0,
  }
}

/** The last parts of all texts of a script that may be paths. */
function namesIn(scoped: ScopedProgram): Set<string> {
  const names = new Set<string>()
  walk(scoped.program, (node) => {
    const text = node.type === 'TemplateElement' ? (node.value.cooked ?? '') : (literalText(node) ?? '')
    if (text.length > 0 && text.length < 300) names.add(text.slice(text.lastIndexOf('/') + 1))
  })
  return names
}
