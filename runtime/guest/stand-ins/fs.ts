import { Buffer } from './buffer.ts'
import { EventEmitter } from './events.ts'
import { KeptFiles, type Content } from './kept-files.ts'
import { resolve } from './path.ts'
import { linesOf } from './readline.ts'
import { Readable } from './stream.ts'
import type { ModuleObject, StandInDeps } from './types.ts'

/** Node's `fs` without a disk: what a script writes is kept as a file of the run, and nothing but that and the files that came with the script can be read. */
export function createFs(deps: StandInDeps): { fs: ModuleObject; promises: ModuleObject } {
  const files = new KeptFiles(deps.files, deps.note)
  const folders = new Set<string>(['/', ...deps.files.flatMap(({ path }) => foldersOf(path))])
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
  fs.createWriteStream = (path: unknown, options?: unknown) => {
    if (!flagOf(options).startsWith('a')) calls.writeFile!(path, '')
    return writeStream((data, encoding) => calls.appendFile!(path, data, encoding))
  }
  fs.createReadStream = (path: unknown, options?: unknown) => readStream(() => calls.readFile!(path), options)
  promises.open = async (path: unknown, flags: unknown = 'r') => fileHandle(path, String(flags), calls, (options) => (fs.createReadStream as (path: unknown, options: unknown) => Readable)(path, options))
  fs.promises = promises
  return { fs, promises }
}

function callsOn(files: KeptFiles, folders: Set<string>, deps: StandInDeps): Record<string, (...args: unknown[]) => unknown> {
  const put = (path: unknown, content: Content): void => {
    if (path === 1 || path === 2) return void writeOut(typeof content === 'string' ? content : Buffer.concat([content]).toString())
    const name = pathOf(path)
    files.set(name, content)
    deps.writeFile(name, content)
  }
  const append = (path: unknown, after: Content): void => {
    const before = typeof path === 'number' ? '' : (files.get(pathOf(path)) ?? '')
    put(path, typeof before === 'string' && typeof after === 'string' ? before + after : Buffer.concat([bytesOf(before), bytesOf(after)]))
  }
  const remove = (path: unknown): boolean => {
    deps.removeFile(pathOf(path))
    return files.delete(pathOf(path))
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
    writeFile: (path, data, options) => (flagOf(options).startsWith('a') ? append(path, contentOf(data, options)) : put(path, contentOf(data, options))),
    appendFile: (path, data, options) => append(path, contentOf(data, options)),
    readFile: (path, options) => {
      const content = files.get(pathOf(path))
      if (content === undefined) throw missing('open', path)
      const encoding = optionOf(options, 'encoding')
      if (encoding === undefined || encoding === null) return Buffer.concat([bytesOf(content)])
      return typeof content === 'string' ? content : Buffer.concat([content]).toString(encoding)
    },
    mkdir: (path) => {
      for (let folder = pathOf(path); !folders.has(folder); folder = resolve(folder, '..')) folders.add(folder)
    },
    readdir: (path) => {
      const folder = pathOf(path)
      if (!folders.has(folder)) throw missing('scandir', path)
      const start = folder === '/' ? '/' : `${folder}/`
      return [...folders, ...files.paths()].filter((name) => name !== folder && name.startsWith(start) && !name.slice(start.length).includes('/')).map((name) => name.slice(start.length)).sort()
    },
    stat,
    lstat: stat,
    access: (path) => void stat(path),
    unlink: (path) => {
      if (!remove(path)) throw missing('unlink', path)
    },
    rm: (path, options) => {
      if (!remove(path) && (options as { force?: unknown } | undefined)?.force !== true && !folders.has(pathOf(path))) throw missing('rm', path)
    },
    rename: (from, to) => {
      const content = files.get(pathOf(from))
      if (content === undefined) throw missing('rename', from)
      put(to, content)
      remove(from)
    },
    copyFile: (from, to) => {
      const content = files.get(pathOf(from))
      if (content === undefined) throw missing('copyfile', from)
      put(to, content)
    },
  }
}

/** The folders above a path. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}

/** What `createReadStream` gives: a whole file at once, or what is said where there is none, after the statements at hand. */
function readStream(read: () => unknown, options: unknown): Readable {
  const { start = 0, end = Infinity } = (typeof options === 'object' && options !== null ? options : {}) as { start?: number; end?: number }
  return new Readable({
    encoding: optionOf(options, 'encoding') ?? undefined,
    read() {
      try {
        const content = (read() as Uint8Array).subarray(start, end + 1)
        if (content.length > 0) this.push(content)
        this.push(null)
      } catch (error) {
        this.destroy(error)
      }
    },
  })
}

/** What `promises.open` gives: the calls on files for one of them. */
function fileHandle(path: unknown, flags: string, calls: Record<string, (...args: unknown[]) => unknown>, stream: (options: unknown) => Readable): ModuleObject {
  if (flags.startsWith('r')) calls.access!(path)
  else if (flags.startsWith('w')) calls.writeFile!(path, '')
  const append = async (data: unknown, options?: unknown): Promise<unknown> => calls.appendFile!(path, data, options)
  return {
    readFile: async (options?: unknown) => calls.readFile!(path, options),
    stat: async () => calls.stat!(path),
    write: append,
    writeFile: append,
    appendFile: append,
    createReadStream: stream,
    readLines: (options?: unknown) => linesOf(stream(options)),
    close: async () => {},
  }
}

/** What `createWriteStream` gives: everything is written at once, and what is told of it comes after the statements at hand. */
function writeStream(write: (data: unknown, encoding: unknown) => unknown): EventEmitter {
  const stream = new EventEmitter()
  const later = (...events: string[]): void => void queueMicrotask(() => events.forEach((event) => stream.emit(event)))
  const callbackOf = (given: unknown[]): (() => void) | undefined => given.find((value) => typeof value === 'function') as (() => void) | undefined
  Object.assign(stream, {
    write: (data: unknown, ...rest: unknown[]) => {
      write(data, rest[0])
      const done = callbackOf(rest)
      if (done !== undefined) queueMicrotask(done)
      return true
    },
    end: (...given: unknown[]) => {
      const done = callbackOf(given)
      if (given.length > 0 && typeof given[0] !== 'function') write(given[0], given[1])
      if (done !== undefined) stream.once('finish', done)
      later('finish', 'close')
      return stream
    },
    close: () => later('close'),
    cork: () => {},
    uncork: () => {},
  })
  later('open', 'ready')
  return stream
}

function pathOf(path: unknown): string {
  if (typeof path === 'string') return resolve(path)
  const url = path as { protocol?: unknown; pathname?: unknown } | null
  if (typeof url === 'object' && url !== null && url.protocol === 'file:' && typeof url.pathname === 'string') return resolve(url.pathname)
  throw Object.assign(new TypeError('The "path" argument must be of type string or an instance of URL.'), { code: 'ERR_INVALID_ARG_TYPE' })
}

function contentOf(data: unknown, options?: unknown): Content {
  if (typeof data === 'string') {
    const encoding = optionOf(options, 'encoding')
    return encoding === undefined || encoding === null || /^utf-?8$/i.test(String(encoding)) ? data : (Buffer.from(data, encoding) as Uint8Array)
  }
  if (data instanceof Uint8Array) return new Uint8Array(data)
  throw Object.assign(new TypeError('The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView.'), { code: 'ERR_INVALID_ARG_TYPE' })
}

function bytesOf(content: Content): Uint8Array {
  return typeof content === 'string' ? (Buffer.from(content) as Uint8Array) : content
}

/** The descriptors 1 and 2 are the script's standard output. */
const writeOut = (text: string): unknown => ((globalThis as ModuleObject).process as { stdout: { write(text: string): unknown } }).stdout.write(text)

/** An option of a call; a text in the place of the options is the encoding. */
function optionOf(options: unknown, name: 'encoding' | 'flag' | 'flags'): unknown {
  if (typeof options === 'string') return name === 'encoding' ? options : undefined
  return typeof options === 'object' && options !== null ? (options as ModuleObject)[name] : undefined
}

const flagOf = (options: unknown): string => String(optionOf(options, 'flag') ?? optionOf(options, 'flags') ?? 'w')

/** What a script that looks for a file of its own expects where there is none. */
function missing(call: string, path: unknown): Error {
  const error = new Error(`ENOENT: no such file, ${call} '${String(path)}': a scan has no disk and reads only what came with the script or was written by it`)
  return Object.assign(error, { code: 'ENOENT', errno: -2, syscall: call, path })
}
