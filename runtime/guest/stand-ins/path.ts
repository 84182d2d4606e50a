import type { ModuleObject } from './types.ts'

/** Node's `path` for POSIX, over the script's own folder `/`. */
export function createPath(): ModuleObject {
  const posix: ModuleObject = {
    sep: '/',
    delimiter: ':',
    normalize,
    join: (...parts: unknown[]) => normalize(parts.map(text).filter((part) => part !== '').join('/')),
    resolve,
    isAbsolute: (path: unknown) => text(path).startsWith('/'),
    relative,
    dirname,
    basename,
    extname: (path: unknown) => extensionOf(basename(path)),
    parse(path: unknown) {
      const base = basename(path)
      const ext = extensionOf(base)
      const dir = text(path).includes('/') ? dirname(path) : ''
      return { root: text(path).startsWith('/') ? '/' : '', dir, base, ext, name: base.slice(0, base.length - ext.length) }
    },
    format: ({ dir, root, base, name, ext }: Record<string, string | undefined>) => {
      const file = base ?? `${name ?? ''}${ext ?? ''}`
      const folder = dir ?? root ?? ''
      return folder === '' || folder.endsWith('/') ? `${folder}${file}` : `${folder}/${file}`
    },
    toNamespacedPath: (path: unknown) => path,
  }
  posix.posix = posix
  posix.win32 = posix
  return posix
}

function text(part: unknown): string {
  if (typeof part === 'string') return part
  throw Object.assign(new TypeError(`The "path" argument must be of type string. Received ${part === null ? 'null' : typeof part}`), { code: 'ERR_INVALID_ARG_TYPE' })
}

export function normalize(path: unknown): string {
  const given = text(path)
  const isAbsolute = given.startsWith('/')
  const kept: string[] = []
  for (const part of given.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (!isAbsolute) kept.push('..')
  }
  const joined = kept.join('/') + (given.endsWith('/') && kept.length > 0 ? '/' : '')
  return isAbsolute ? `/${joined}` : joined === '' ? (given.endsWith('/') ? './' : '.') : joined
}

/** An absolute path; the script stands in `/`. */
export function resolve(...parts: unknown[]): string {
  let path = ''
  for (let i = parts.length - 1; i >= 0 && !path.startsWith('/'); i--) if (text(parts[i]) !== '') path = path === '' ? text(parts[i]) : `${text(parts[i])}/${path}`
  const full = normalize(path.startsWith('/') ? path : `/${path}`)
  return full.length > 1 && full.endsWith('/') ? full.slice(0, -1) : full
}

function relative(from: unknown, to: unknown): string {
  const [start, end] = [resolve(from), resolve(to)].map((path) => path.split('/').filter(Boolean)) as [string[], string[]]
  let same = 0
  while (same < start.length && same < end.length && start[same] === end[same]) same++
  return [...start.slice(same).map(() => '..'), ...end.slice(same)].join('/')
}

function dirname(path: unknown): string {
  const given = text(path).replace(/\/+$/, '')
  const slash = given.lastIndexOf('/')
  if (slash === -1) return given === '' && text(path) !== '' ? '/' : '.'
  return slash === 0 ? '/' : given.slice(0, slash)
}

function basename(path: unknown, suffix?: unknown): string {
  const base = text(path).replace(/\/+$/, '').split('/').at(-1)!
  return typeof suffix === 'string' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base
}

function extensionOf(base: string): string {
  if (base === '..') return ''
  const dot = base.lastIndexOf('.')
  return dot <= 0 ? '' : base.slice(dot)
}
