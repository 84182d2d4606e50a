import { atob, btoa } from '../web/base64.ts'
import { decodeUtf8, encodeUtf8 } from '../web/encoding.ts'
import { INSPECT_CUSTOM } from '../console/options.ts'
import { newList } from '../language/intrinsics.ts'
import { defineHidden } from '../language/properties.ts'
import { defineNumbers } from './buffer-numbers.ts'

type Encoding = 'utf8' | 'hex' | 'base64' | 'base64url' | 'latin1' | 'ascii' | 'utf16le'

const NAMES: Record<string, Encoding> = {
  'utf8': 'utf8', 'utf-8': 'utf8', 'hex': 'hex', 'base64': 'base64', 'base64url': 'base64url', 'latin1': 'latin1', 'binary': 'latin1', 'ascii': 'ascii',
  'utf16le': 'utf16le', 'utf-16le': 'utf16le', 'ucs2': 'utf16le', 'ucs-2': 'utf16le',
}

function encodingOf(name: unknown): Encoding {
  if (name === undefined || name === null) return 'utf8'
  const found = NAMES[String(name).toLowerCase()]
  if (found === undefined) throw Object.assign(new TypeError(`Unknown encoding: ${String(name)}`), { code: 'ERR_UNKNOWN_ENCODING' })
  return found
}

function bytesOfText(text: string, encoding: Encoding): Uint8Array {
  switch (encoding) {
    case 'utf8':
      return encodeUtf8(text)
    case 'hex': {
      const pairs = /^(?:[0-9a-f]{2})*/i.exec(text)?.[0] ?? ''
      return Uint8Array.from({ length: pairs.length / 2 }, (_, i) => parseInt(pairs.slice(2 * i, 2 * i + 2), 16))
    }
    case 'base64':
    case 'base64url':
      return bytesOfText(atob(text.replace(/-/g, '+').replace(/_/g, '/').replace(/[^A-Za-z0-9+/]/g, '')), 'latin1')
    case 'utf16le':
      return Uint8Array.from({ length: text.length * 2 }, (_, i) => (text.charCodeAt(i >> 1) >> (i % 2 === 0 ? 0 : 8)) & 255)
    default:
      return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i) & 255)
  }
}

function textOfBytes(bytes: Uint8Array, encoding: Encoding): string {
  if (encoding === 'utf8') return decodeUtf8(new Uint8Array(bytes), false, true, newList())
  let text = ''
  if (encoding === 'hex') for (const byte of bytes) text += (byte < 16 ? '0' : '') + byte.toString(16)
  else if (encoding === 'utf16le') for (let i = 0; i + 1 < bytes.length; i += 2) text += String.fromCharCode(bytes[i]! | (bytes[i + 1]! << 8))
  else for (const byte of bytes) text += String.fromCharCode(encoding === 'ascii' ? byte & 127 : byte)
  if (encoding === 'base64') return btoa(text)
  return encoding === 'base64url' ? btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '') : text
}

/** Node's Buffer as far as scripts use it for texts and keys: `from`, `alloc`, `concat`, `byteLength`, `toString` in seven encodings, slices, comparison. */
export class Buffer extends Uint8Array {
  static override from(value: unknown, encoding?: unknown, length?: unknown): never {
    if (typeof value === 'string') return view(bytesOfText(value, encodingOf(encoding))) as never
    if (value instanceof ArrayBuffer) return new Buffer(value, encoding as number | undefined, length as number | undefined) as never
    const source = value as { type?: unknown; data?: unknown } | null
    if (typeof source !== 'object' || source === null) throw Object.assign(new TypeError('The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array'), { code: 'ERR_INVALID_ARG_TYPE' })
    return view(Uint8Array.from((source.type === 'Buffer' && Array.isArray(source.data) ? source.data : source) as ArrayLike<number>)) as never
  }
  static alloc(size: number, fill?: unknown, encoding?: unknown): Buffer {
    const made = new Buffer(size)
    return fill === undefined ? made : made.fill(fill as never, 0, size, encoding)
  }
  static allocUnsafe(size: number): Buffer {
    return new Buffer(size)
  }
  static isBuffer(value: unknown): boolean {
    return value instanceof Buffer
  }
  static isEncoding(name: unknown): boolean {
    return typeof name === 'string' && name.toLowerCase() in NAMES
  }
  static byteLength(value: string | ArrayBufferView, encoding?: unknown): number {
    return typeof value === 'string' ? bytesOfText(value, encodingOf(encoding)).length : value.byteLength
  }
  static concat(list: Uint8Array[], total = list.reduce((sum, { length }) => sum + length, 0)): Buffer {
    const joined = new Buffer(total)
    let at = 0
    for (const part of list) {
      const fits = part.subarray(0, Math.max(0, total - at))
      joined.set(fits, at)
      at += fits.length
    }
    return joined
  }
  static compare(a: Uint8Array, b: Uint8Array): number {
    for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1
    return Math.sign(a.length - b.length)
  }
  override toString(encoding?: unknown, start = 0, end = this.length): string {
    return textOfBytes(super.subarray(start, end), encodingOf(encoding))
  }
  toJSON(): { type: 'Buffer'; data: number[] } {
    return { type: 'Buffer', data: Array.from(this) }
  }
  equals(other: Uint8Array): boolean {
    return Buffer.compare(this, other) === 0
  }
  override fill(value: never, start: unknown = 0, end: unknown = this.length, encoding?: unknown): this {
    if (typeof value === 'number') return super.fill(value, start as number, end as number)
    const [from, to] = typeof start === 'number' ? [start, typeof end === 'number' ? end : this.length] : [0, this.length]
    const bytes = partOf(value, [start, end, encoding].find((given) => typeof given === 'string'))
    for (let i = from; i < to && bytes.length > 0; i++) this[i] = bytes[(i - from) % bytes.length]!
    return this
  }
  /** As in Node, a view of the same memory. */
  override slice(start?: number, end?: number): never {
    return this.subarray(start, end) as never
  }
  write(text: string, ...given: unknown[]): number {
    const [offset = 0, length = this.length - (offset as number)] = given.filter((value) => typeof value === 'number')
    const bytes = bytesOfText(text, encodingOf(given.find((value) => typeof value === 'string'))).subarray(0, Math.max(0, Math.min(length, this.length - offset)))
    this.set(bytes, offset)
    return bytes.length
  }
  copy(target: Uint8Array, at = 0, start = 0, end = this.length): number {
    const part = super.subarray(start, Math.min(end, start + target.length - at))
    target.set(part, at)
    return part.length
  }
  override indexOf(value: unknown, from?: number, encoding?: unknown): number {
    return typeof value === 'number' ? super.indexOf(value, from) : placeOf(this, partOf(value, encoding), from ?? 0, 1)
  }
  override lastIndexOf(value: unknown, from?: number, encoding?: unknown): number {
    return typeof value === 'number' ? super.lastIndexOf(value, from ?? this.length) : placeOf(this, partOf(value, encoding), from ?? this.length, -1)
  }
  override includes(value: unknown, from?: number, encoding?: unknown): boolean {
    return this.indexOf(value, from, encoding) !== -1
  }
}
defineNumbers(Buffer.prototype)
// A bundler may have given the class another name.
Object.defineProperty(Buffer, 'name', { value: 'Buffer' })
const MOST_SHOWN = 50
defineHidden(Buffer.prototype, INSPECT_CUSTOM, function (this: Buffer) {
  const shown = this.toString('hex', 0, MOST_SHOWN).replace(/..(?=.)/g, '$& ')
  const more = this.length - MOST_SHOWN
  return `<Buffer${shown === '' ? '' : ` ${shown}`}${more > 0 ? ` ... ${more} more byte${more > 1 ? 's' : ''}` : ''}>`
})

function partOf(value: unknown, encoding: unknown): Uint8Array {
  return typeof value === 'string' ? bytesOfText(value, encodingOf(encoding)) : (value as Uint8Array)
}

/** Where bytes hold a part, from a place on in steps of 1 or -1; -1 where nowhere. */
function placeOf(bytes: Uint8Array, part: Uint8Array, from: number, step: 1 | -1): number {
  const last = bytes.length - part.length
  const start = from < 0 ? Math.max(0, bytes.length + from) : from
  for (let at = step === 1 ? start : Math.min(start, last); at >= 0 && at <= last; at += step) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return at
  }
  return -1
}

function view(bytes: Uint8Array): Buffer {
  return new Buffer(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
}
