import { Buffer } from './buffer.ts'
import { resolve } from './path.ts'
import type { ModuleObject, StandInDeps } from './types.ts'

type Content = string | Uint8Array

const MAX_FILES = 256

/** Node's `fs` without a disk: what a script writes is kept as a file of the run, and nothing but that can be read. */
export function createFs(deps: StandInDeps): { fs: ModuleObject; promises: ModuleObject } {
  const files = new Map<string, Content>()
  const folders = new Set<string>(['/'])
  const calls = callsOn(files, folders, deps)
  const fs: ModuleObject = { constants: { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 } }
  const promises: ModuleObject = { constants: fs.constants }
  for (const [name, call] of Object.entries(calls)) {
    fs[`${name}Sync`] = call
    const later = async (...args: unknown[]): Promise<unknown> => call(...args)
    promises[name] = later
    fs[name] = (...args: unknown[]): void => {
      const callback = args.pop()
      if (typeof callback !== 'function') throw Object.assign(new TypeError('The "callback" argument must be of type function.'), { code: 'ERR_INVALID_ARG_TYPE' })
      later(...args).then((value) => callback(null, value), (error: unknown) => callback(error))
    }
  }
  fs.existsSync = (path: unknown) => files.has(pathOf(path)) || folders.has(pathOf(path))
  fs.exists = (path: unknown, callback: (exists: boolean) => void) => callback((fs.existsSync as (path: unknown) => boolean)(path))
  fs.createWriteStream = (path: unknown) => writeStream((text) => calls.appendFile!(path, text), () => calls.writeFile!(path, ''))
  fs.createReadStream = (path: unknown) => {
    throw missing('open', path)
  }
  fs.promises = promises
  return { fs, promises }
}

function callsOn(files: Map<string, Content>, folders: Set<string>, deps: StandInDeps): Record<string, (...args: unknown[]) => unknown> {
  const put = (path: unknown, content: Content): void => {
    const name = pathOf(path)
    if (!files.has(name) && files.size >= MAX_FILES) throw Object.assign(new Error(`EMFILE: a script may write at most ${MAX_FILES} files, open '${String(path)}'`), { code: 'EMFILE' })
    files.set(name, content)
    deps.writeFile(name, content)
  }
  const stat = (path: unknown): ModuleObject => {
    const name = pathOf(path)
    const content = files.get(name)
    const isFolder = folders.has(name)
    if (content === undefined && !isFolder) throw missing('stat', path)
    const size = content === undefined ? 0 : typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
    const time = new Date(deps.now())
    return { size, isFile: () => !isFolder, isDirectory: () => isFolder, mtimeMs: deps.now(), mtime: time, ctime: time, birthtime: time }
  }
  return {
    writeFile: (path, data) => put(path, contentOf(data)),
    appendFile: (path, data) => {
      const before = files.get(pathOf(path)) ?? ''
      const after = contentOf(data)
      put(path, typeof before === 'string' && typeof after === 'string' ? before + after : Buffer.concat([bytesOf(before), bytesOf(after)]))
    },
    readFile: (path, options) => {
      const content = files.get(pathOf(path))
      if (content === undefined) throw missing('open', path)
      const encoding = typeof options === 'object' && options !== null ? (options as { encoding?: unknown }).encoding : options
      if (encoding === undefined || encoding === null) return Buffer.concat([bytesOf(content)])
      return typeof content === 'string' ? content : Buffer.concat([content]).toString(encoding)
    },
    mkdir: (path) => void folders.add(pathOf(path)),
    readdir: (path) => {
      const folder = pathOf(path)
      if (!folders.has(folder)) throw missing('scandir', path)
      const start = folder === '/' ? '/' : `${folder}/`
      return [...files.keys()].filter((name) => name.startsWith(start) && !name.slice(start.length).includes('/')).map((name) => name.slice(start.length))
    },
    stat,
    lstat: stat,
    access: (path) => void stat(path),
    unlink: (path) => remove(files, path),
    rm: (path) => void files.delete(pathOf(path)),
    rename: (from, to) => {
      const content = files.get(pathOf(from))
      if (content === undefined) throw missing('rename', from)
      put(to, content)
      files.delete(pathOf(from))
    },
    copyFile: (from, to) => {
      const content = files.get(pathOf(from))
      if (content === undefined) throw missing('copyfile', from)
      put(to, content)
    },
  }
}

function remove(files: Map<string, Content>, path: unknown): void {
  if (!files.delete(pathOf(path))) throw missing('unlink', path)
}

function writeStream(write: (text: Content) => unknown, open: () => unknown): ModuleObject {
  open()
  const listeners: [string, () => void][] = []
  const tell = (event: string): void => {
    for (const [name, listener] of listeners) if (name === event) queueMicrotask(listener)
  }
  const on = (name: string, listener: () => void): ModuleObject => {
    listeners.push([name, listener])
    return stream
  }
  const stream: ModuleObject = {
    write: (data: unknown) => (write(contentOf(data)), true),
    end: (data?: unknown) => {
      if (data !== undefined && typeof data !== 'function') write(contentOf(data))
      tell('finish')
      tell('close')
      return stream
    },
    on,
    once: on,
    close: () => tell('close'),
  }
  return stream
}

function pathOf(path: unknown): string {
  if (typeof path === 'string') return resolve(path)
  const url = path as { protocol?: unknown; pathname?: unknown } | null
  if (typeof url === 'object' && url !== null && url.protocol === 'file:' && typeof url.pathname === 'string') return resolve(url.pathname)
  throw Object.assign(new TypeError('The "path" argument must be of type string or an instance of URL.'), { code: 'ERR_INVALID_ARG_TYPE' })
}

function contentOf(data: unknown): Content {
  if (typeof data === 'string') return data
  if (data instanceof Uint8Array) return new Uint8Array(data)
  throw Object.assign(new TypeError('The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView.'), { code: 'ERR_INVALID_ARG_TYPE' })
}

function bytesOf(content: Content): Uint8Array {
  return typeof content === 'string' ? (Buffer.from(content) as Uint8Array) : content
}

/** What a script that looks for a file of its own expects where there is none. */
function missing(call: string, path: unknown): Error {
  const error = new Error(`ENOENT: no such file, ${call} '${String(path)}': a scan has no disk and reads only what it wrote itself`)
  return Object.assign(error, { code: 'ENOENT', errno: -2, syscall: call, path })
}
