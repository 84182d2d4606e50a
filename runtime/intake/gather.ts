import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

import { isRelative, packFiles, resolveFile, type ScriptFile } from './archive.ts'
import { isData } from './data-files.ts'

const MAX_FILES = 200
/** Far more than any server takes; what is larger is no script's. */
const MAX_BYTES = 64 * 2 ** 20
/** Less than half of what an upload may have. */
const MAX_DATA_BYTES = 384 * 1024
const MAX_DATA_FILES = 20
const READING = /\b(readFile|readFileSync|readJson|readJsonSync)\b/
const DATA_ENDING = /\.(json|txt|csv|tsv|lst|list|ndjson|jsonl)$/
const JOINED = /\b(?:join|resolve)\s*\(([^()\n]{0,500})\)/g
const DATA_NAME = /['"`]((?:\.{0,2}\/)*[\w][\w ./-]{0,200})['"`]/g
const WRITTEN = /\b(?:write|append|output|createWriteStream)\w*\s*\(\s*(?:['"`]([^'"`\n]+)['"`]|([\w$]+))/g
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])(\.{1,2}\/[^'"\n]+|\.{1,2})\1/g

/**
 * The script at a path with the files beside it that it imports by relative names: its bytes alone where it imports none, else
 * a tar of all of them (see `packFiles`). Only files of its project are read, links followed: of the folder above it that holds a
 * `package.json`, else of its own. The same holds for the few files of data that it names and reads. A script from a stranger names what it likes; it gets no other file of its user's, and
 * none whose name, or that of whose folder, begins with a dot.
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
      bytes += statSync(target).size
      if (found.size >= MAX_FILES || bytes > MAX_BYTES) return source
      found.set(target, readFileSync(target))
      pending.push(target)
    }
  }
  addData(found, data)
  if (found.size === 1) return source
  const root = commonFolder([...found.keys()])
  const files: ScriptFile[] = [...found].map(([file, bytes]) => ({ path: relative(root, file).split(sep).join('/'), bytes }))
  const [first, ...others] = files
  return packFiles([first!, ...others.sort((a, b) => (a.path < b.path ? -1 : 1))])
}

/** Files that exist and that the text of one names; what it names and is not there is told when the script is read. */
function importsOf(file: string, text: string): string[] {
  const targets: string[] = []
  for (const [, , specifier] of text.matchAll(SPECIFIER)) {
    if (!isRelative(specifier!)) continue
    const folder = dirname(resolve(dirname(file), specifier!))
    const name = resolveFile(basename(file), `./${basename(specifier!)}`, (path) => isFile(join(folder, path)))
    if (name !== null) targets.push(join(folder, name))
  }
  return targets
}

/**
 * Files of data that exist and that the text of a script which reads files names, seen from its own folder. Those that it writes are
 * left out: what stands there is of an earlier run.
 */
function dataOf(file: string, text: string): string[] {
  if (!READING.test(text)) return []
  const written = new Set<string>()
  for (const [, named, variable] of text.matchAll(WRITTEN)) {
    if (named !== undefined) written.add(named)
    else for (const [, literal] of text.matchAll(new RegExp(`\\b${variable!.replace(/\$/g, '\\$')}\\s*=[^;\\n]*?['"\`]([^'"\`\\n]+)['"\`]`, 'g'))) written.add(literal!)
  }
  const joined = [...text.matchAll(JOINED)].map(([, parts]) => [...parts!.matchAll(/['"`]([^'"`]+)['"`]/g)].map(([, part]) => part!).join('/'))
  const names = [...[...text.matchAll(DATA_NAME)].map(([, name]) => name!), ...joined].filter((name) => !written.has(name) && !isAbsolute(name) && DATA_ENDING.test(name))
  return [...new Set(names)].map((name) => resolve(dirname(file), name)).filter(isFile)
}

/** Puts data beside the scripts as far as it is no more than belongs there; what is left out cannot be read, and that is said when it is. */
function addData(found: Map<string, Uint8Array>, data: Iterable<string>): void {
  let bytes = 0
  let count = 0
  for (const path of data) {
    const { size } = statSync(path)
    if (found.has(path) || count >= MAX_DATA_FILES || bytes + size > MAX_DATA_BYTES) continue
    bytes += size
    count++
    found.set(path, readFileSync(path))
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
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dirname(folder) === folder) return own
  }
}

function isOfProject(project: string, file: string): boolean {
  const path = relative(realpathSync(project), realpathSync(file))
  return path !== '' && !path.split(sep).some((part) => part.startsWith('.')) && !isAbsolute(path)
}
