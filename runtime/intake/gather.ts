import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'

import { isRelative, packFiles, resolveFile, type ScriptFile } from './archive.ts'

const MAX_FILES = 200
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])(\.{1,2}\/[^'"\n]+|\.{1,2})\1/g

/**
 * The script at a path with the files beside it that it imports by relative names: its bytes alone where it imports none, else
 * a tar of all of them (see `packFiles`). Only files of the script's own folder and those above it that it names are read.
 */
export function gatherScript(path: string, source: Uint8Array): Uint8Array {
  const entry = resolve(path)
  const found = new Map<string, Uint8Array>([[entry, source]])
  const pending = [entry]
  for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
    for (const target of importsOf(from, found.get(from)!)) {
      if (found.has(target)) continue
      if (found.size >= MAX_FILES) return source
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
