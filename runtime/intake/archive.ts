/** One file of a script that has several; `path` is relative, with `/` between. */
export interface ScriptFile {
  path: string
  bytes: Uint8Array
}

const BLOCK = 512
/** Most files of one script. */
export const MAX_FILES = 200
const MAX_NAME = 100
const MAX_PREFIX = 155

/**
 * A script of several files as one: a tar (POSIX ustar), the file to run first, every byte of each as it was. The same files
 * always give the same bytes: no times, owners or modes of a disk are kept.
 */
export function packFiles(files: readonly ScriptFile[]): Uint8Array {
  const blocks: Buffer[] = []
  for (const { path, bytes } of files) {
    const [prefix, name] = splitPath(path)!
    const header = Buffer.alloc(BLOCK)
    header.write(name, 0)
    header.write('0000644\0', 100)
    header.write('0000000\0', 108)
    header.write('0000000\0', 116)
    header.write(`${bytes.byteLength.toString(8).padStart(11, '0')}\0`, 124)
    header.write('00000000000\0', 136)
    header.write('        0', 148)
    header.write('ustar\x0000', 257)
    header.write(prefix, 345)
    header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148)
    blocks.push(header, Buffer.from(bytes), Buffer.alloc((BLOCK - (bytes.byteLength % BLOCK)) % BLOCK))
  }
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)])
}

/** Whether the path of a file is short enough to be packed. */
export const fitsInArchive = (path: string): boolean => splitPath(path) !== null

/** A path as such a tar holds it: the folders that find no room beside the name, and the rest; null where it is too long for both. */
function splitPath(path: string): [prefix: string, name: string] | null {
  if (Buffer.byteLength(path) <= MAX_NAME) return ['', path]
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)]
    if (Buffer.byteLength(name) <= MAX_NAME) return Buffer.byteLength(prefix) <= MAX_PREFIX ? [prefix, name] : null
  }
  return null
}

/** The files of such a tar, the one to run first; null where the bytes are none, or one that is damaged or holds what no script needs. */
export function unpackFiles(bytes: Uint8Array): ScriptFile[] | null {
  const tar = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (tar.byteLength < 2 * BLOCK || tar.toString('latin1', 257, 262) !== 'ustar') return null
  const files: ScriptFile[] = []
  for (let at = 0; at + BLOCK <= tar.byteLength; ) {
    const header = tar.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) break
    const size = parseInt(textAt(header, 124, 12), 8)
    if (parseInt(textAt(header, 148, 8), 8) !== checksum(header) || !(size >= 0) || at + BLOCK + size > tar.byteLength) return null
    const prefix = textAt(header, 345, 155)
    const path = normalPath(prefix === '' ? textAt(header, 0, 100) : `${prefix}/${textAt(header, 0, 100)}`)
    const type = String.fromCharCode(header[156]!)
    if (type === '0' || type === '\0') {
      if (path === null || files.length >= MAX_FILES || files.some((file) => file.path === path)) return null
      files.push({ path, bytes: tar.subarray(at + BLOCK, at + BLOCK + size) })
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return files.length === 0 ? null : files
}

/** A relative path without `.` and `..`; null where it leads out of its folder. */
function normalPath(path: string): string | null {
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.pop() === undefined) return null
  }
  return kept.length === 0 ? null : kept.join('/')
}

const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.json', '/index.js', '/index.ts', '/index.mjs', '/index.cjs']

/** The file that a relative specifier means, seen from another file: as written, with an ending, or as TypeScript that is imported by its `.js` name. */
export function resolveFile(from: string, specifier: string, exists: (path: string) => boolean): string | null {
  const folder = from.split('/').slice(0, -1).join('/')
  const path = normalPath(`${folder}/${specifier}`)
  if (path === null) return null
  const spelled = [...ENDINGS.map((ending) => path + ending), ...(/\.[mc]?js$/.test(path) ? [path.replace(/js$/, 'ts')] : [])]
  return spelled.find(exists) ?? null
}

export const isRelative = (specifier: string): boolean => /^\.{1,2}(\/|$)/.test(specifier)

function textAt(header: Buffer, start: number, length: number): string {
  return header.toString('utf8', start, start + length).replace(/\0.*$/s, '').trim()
}

function checksum(header: Buffer): number {
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : header[i]!
  return sum
}
