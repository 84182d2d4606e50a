import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

import { isRelative, packFiles, resolveFile, type ScriptFile } from './archive.ts'

const MAX_FILES = 200
/** Far more than any server takes; what is larger is no script's. */
const MAX_BYTES = 64 * 2 ** 20
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])(\.{1,2}\/[^'"\n]+|\.{1,2})\1/g

/**
 * The script at a path with the files beside it that it imports by relative names: its bytes alone where it imports none, else
 * a tar of all of them (see `packFiles`). Only files of its project are read, links followed: of the folder above it that holds a
 * `package.json`, else of its own. A script from a stranger names what it likes; it gets no other file of its user's, and
 * none whose name, or that of whose folder, begins with a dot.
 */
export function gatherScript(path: string, source: Uint8Array): Uint8Array {
  const entry = resolve(path)
  const found = new Map<string, Uint8Array>([[entry, source]])
  const project = projectOf(entry)
  const pending = [entry]
  let bytes = 0
  for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
    for (const target of importsOf(from, found.get(from)!)) {
      if (found.has(target) || !isOfProject(project, target)) continue
      bytes += statSync(target).size
      if (found.size >= MAX_FILES || bytes > MAX_BYTES) return source
      found.set(target, readFileSync(target))
      pending.push(target)
    }
  }
  if (found.size === 1) return source
  const root = commonFolder([...found.keys()])
  const files: ScriptFile[] = [...found].map(([file, bytes]) => ({ path: relative(root, file).split(sep).join('/'), bytes }))
  const [first, ...others] = files
  return packFiles([first!, ...others.sort((a, b) => (a.path < b.path ? -1 : 1))])
}

/** Files that exist and that the text of one names; what it names and is not there is told when the script is read. */
function importsOf(file: string, bytes: Uint8Array): string[] {
  if (file.endsWith('.json')) return []
  const text = new TextDecoder().decode(bytes)
  const targets: string[] = []
  for (const [, , specifier] of text.matchAll(SPECIFIER)) {
    if (!isRelative(specifier!)) continue
    const folder = dirname(resolve(dirname(file), specifier!))
    const name = resolveFile(basename(file), `./${basename(specifier!)}`, (path) => isFile(join(folder, path)))
    if (name !== null) targets.push(join(folder, name))
  }
  return targets
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
