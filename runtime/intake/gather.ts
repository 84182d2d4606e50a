import { closeSync, constants, existsSync, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

import { fitsInArchive, isRelative, MAX_FILES, packFiles, resolveFile, type ScriptFile } from './archive.ts'
import { isData, READS_CONTENT } from './data-files.ts'

/** Far more than any server takes; what is larger is no script's. */
const MAX_BYTES = 64 * 2 ** 20
/** Less than half of what an upload may have. */
const MAX_DATA_BYTES = 384 * 1024
const MAX_DATA_FILES = 20
const DATA_ENDING = /\.(json|txt|csv|tsv|lst|list|ndjson|jsonl)$/
const JOINED = /\b(?:join|resolve)\s*\(([^()\n]{0,500})\)/g
const DATA_NAME = /['"`}]((?:\.{0,2}\/)*[\w][\w ./-]{0,200})['"`]/g
const WRITTEN = /\b(?:write|append|output|createWriteStream)\w*\s*\(\s*(?:['"`]([^'"`\n]+)['"`]|([\w$]+))/g
/** A name and the first text behind its `=`. A stranger's text is searched: each look is short, wherever it begins. */
const ASSIGNED = /(?<![\w$])([\w$]{1,100})\s{0,20}(?==[^;\n]{0,200}?['"`]([^'"`\n]{1,200})['"`])/g
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*(?:\(\s*)?|\brequire\s*\(\s*)(['"])(\.{1,2}\/[^'"\n]+|\.{1,2})\1/g

/**
 * The script at a path with the files beside it that it imports by relative names: its bytes alone where it imports none, else
 * a tar of all of them (see `packFiles`). Only files of its project are read, links followed: of the folder above it that holds a
 * `package.json`, else of its own. The same holds for the few files of data that it names and reads. A script from a stranger names what it likes; it gets no other file of its user's, and
 * none whose name, or that of whose folder, begins with a dot. A `package.json` in the user's home, in a folder like `/tmp` or at the root
 * makes no project: what lies there belongs to no script.
 */
export function gatherScript(path: string, source: Uint8Array): Uint8Array {
  const entry = resolve(path)
  const found = new Map<string, Uint8Array>([[entry, source]])
  const project = projectOf(entry)
  const data = new Set<string>()
  const pending = [entry]
  let bytes = 0
  for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
    const text = isData(from) ? '' : new TextDecoder().decode(found.get(from))
    for (const target of dataOf(from, text)) if (isOfProject(project, target)) data.add(target)
    for (const target of importsOf(from, text)) {
      if (found.has(target) || !isOfProject(project, target)) continue
      const content = readPlain(project, target, MAX_BYTES - bytes)
      if (found.size >= MAX_FILES || content === 'too large') return source
      if (content === null) continue
      bytes += content.byteLength
      found.set(target, content)
      pending.push(target)
    }
  }
  addData(found, data, project)
  if (found.size === 1) return source
  const root = commonFolder([...found.keys()])
  const files: ScriptFile[] = [...found].map(([file, bytes]) => ({ path: relative(root, file).split(sep).join('/'), bytes }))
  const [first, ...others] = files
  // A name that is too long for an archive is left out; where the script is run, that it is missing is told.
  const fitting = others.filter((file) => fitsInArchive(file.path)).sort((a, b) => (a.path < b.path ? -1 : 1))
  return fitting.length === 0 || !fitsInArchive(first!.path) ? source : packFiles([first!, ...fitting])
}

/**
 * Scripts and JSON that exist and that the text of one names; what it names and is not there is told when the script is read. A word
 * before a name is not proof of an import, as in a comment: nothing else comes along by it.
 */
function importsOf(file: string, text: string): string[] {
  const targets: string[] = []
  for (const [, , specifier] of text.matchAll(SPECIFIER)) {
    if (!isRelative(specifier!)) continue
    const folder = dirname(resolve(dirname(file), specifier!))
    const name = resolveFile(basename(file), `./${basename(specifier!)}`, (path) => isFile(join(folder, path)))
    if (name !== null && (!isData(name) || name.endsWith('.json'))) targets.push(join(folder, name))
  }
  return targets
}

/**
 * Files of data that exist and that the text of a script which reads files names, seen from its own folder. Those that it writes are
 * left out: what stands there is of an earlier run.
 */
function dataOf(file: string, text: string): string[] {
  if (!READS_CONTENT.test(text)) return []
  const written = new Set<string>()
  const variables = new Set<string>()
  for (const [, named, variable] of text.matchAll(WRITTEN)) {
    if (named !== undefined) written.add(named)
    else variables.add(variable!)
  }
  for (const [, variable, literal] of text.matchAll(ASSIGNED)) if (variables.has(variable!)) written.add(literal!)
  const joined = [...text.matchAll(JOINED)].map(([, parts]) => [...parts!.matchAll(/['"`]([^'"`]+)['"`]/g)].map(([, part]) => part!).join('/'))
  // `__dirname + '/symbols.txt'` begins as an absolute path does; what is taken lies beside the script all the same.
  const found = [...[...text.matchAll(DATA_NAME)].map(([, name]) => name!), ...joined].map((name) => (isAbsolute(name) ? `.${name}` : name))
  const names = found.filter((name) => !written.has(name) && !isAbsolute(name) && DATA_ENDING.test(name))
  return [...new Set(names)].map((name) => resolve(dirname(file), name)).filter(isFile)
}

/** Puts data beside the scripts as far as it is no more than belongs there; what is left out cannot be read, and that is said when it is. */
function addData(found: Map<string, Uint8Array>, data: Iterable<string>, project: string): void {
  let bytes = 0
  let count = 0
  for (const path of data) {
    if (found.has(path) || count >= MAX_DATA_FILES || found.size >= MAX_FILES) continue
    const content = readPlain(project, path, MAX_DATA_BYTES - bytes)
    if (content === null || content === 'too large') continue
    bytes += content.byteLength
    count++
    found.set(path, content)
  }
}

/**
 * The bytes of a file of the project, which is looked at again as it is opened: what a path leads to may have become another file, a pipe
 * that nobody writes to, or far larger, since it was found. Null where it is no plain file of the project any more.
 */
function readPlain(project: string, path: string, most: number): Uint8Array | 'too large' | null {
  let descriptor: number | null = null
  try {
    const real = realpathSync(path)
    if (!isOfProject(project, real)) return null
    descriptor = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    const status = fstatSync(descriptor)
    if (!status.isFile()) return null
    if (status.size > most) return 'too large'
    const bytes = new Uint8Array(status.size)
    let length = 0
    for (let read = -1; length < bytes.byteLength && read !== 0; length += read) read = readSync(descriptor, bytes, length, bytes.byteLength - length, null)
    return bytes.subarray(0, length)
  } catch {
    return null
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function commonFolder(files: string[]): string {
  const [first, ...others] = files.map((file) => dirname(file).split(sep))
  let length = first!.length
  for (const parts of others) {
    let same = 0
    while (same < length && parts[same] === first![same]) same++
    length = same
  }
  return first!.slice(0, length).join(sep) || sep
}

/** The folder whose files belong together: the nearest that holds a `package.json`, else the file's own. */
function projectOf(entry: string): string {
  const own = dirname(entry)
  for (let folder = own; !isNoProject(folder); folder = dirname(folder)) if (existsSync(join(folder, 'package.json'))) return folder
  return own
}

/** Permissions of a folder like `/tmp`: everybody may put files into it, and nobody may remove those of others. */
const SHARED_BY_ALL = 0o1002

function isNoProject(folder: string): boolean {
  try {
    return dirname(folder) === folder || realPath(folder) === realPath(homedir()) || (statSync(folder).mode & SHARED_BY_ALL) === SHARED_BY_ALL
  } catch {
    // A folder that may not be looked at is none to take files from.
    return true
  }
}

/** A path without links, itself where nothing is there. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function isOfProject(project: string, file: string): boolean {
  const path = relative(realPath(project), realPath(file))
  return path !== '' && !path.split(sep).some((part) => part.startsWith('.')) && !isAbsolute(path)
}
