import {
  ArrayBufferConstructor,
  arrayBufferByteLength,
  dataViewBuffer,
  dataViewByteLength,
  dataViewByteOffset,
  listPush,
  newList,
  RangeErrorConstructor,
  ReflectApply,
  stringCharCodeAt,
  stringFromCharCode,
  stringFromCodePoint,
  stringSlice,
  stringToLowerCase,
  stringTrim,
  SymbolToStringTag,
  typedArrayBuffer,
  typedArrayByteLength,
  typedArrayByteOffset,
  typedArrayKind,
  TypeErrorConstructor,
  Uint8ArrayConstructor,
} from '../language/intrinsics.ts'
import { defineHidden } from '../language/properties.ts'

/** The bytes behind an ArrayBuffer, typed array or DataView, without a copy; null for anything else. */
export function bytesOf(value: unknown): Uint8Array<ArrayBuffer> | null {
  if (typeof value !== 'object' || value === null) return null
  if (typedArrayKind(value) !== undefined) {
    return new Uint8ArrayConstructor(typedArrayBuffer(value), typedArrayByteOffset(value), typedArrayByteLength(value))
  }
  try {
    return new Uint8ArrayConstructor(value as ArrayBuffer, 0, arrayBufferByteLength(value))
  } catch {
    // No ArrayBuffer.
  }
  try {
    return new Uint8ArrayConstructor(dataViewBuffer(value), dataViewByteOffset(value), dataViewByteLength(value))
  } catch {
    return null
  }
}

/** UTF-8 of a string; lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  let size = 0
  for (let i = 0; i < text.length; i++) {
    const code = codePoint(text, i)
    size += utf8Length(code)
    if (code > 0xffff) i++
  }
  const bytes = new Uint8ArrayConstructor(new ArrayBufferConstructor(size))
  writeUtf8(text, bytes)
  return bytes
}

/** The code point at an index, U+FFFD for a lone surrogate. */
function codePoint(text: string, index: number): number {
  const code = stringCharCodeAt(text, index)
  if (code < 0xd800 || code > 0xdfff) return code
  const next = index + 1 < text.length ? stringCharCodeAt(text, index + 1) : 0
  return code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff ? 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00) : 0xfffd
}

const utf8Length = (code: number) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4)

/** Writes as many whole characters as fit. */
function writeUtf8(text: string, bytes: Uint8Array): { read: number; written: number } {
  let at = 0
  let i = 0
  for (; i < text.length; i++) {
    const code = codePoint(text, i)
    const length = utf8Length(code)
    if (at + length > bytes.length) break
    if (length === 1) bytes[at++] = code
    else {
      bytes[at++] = (length === 2 ? 0xc0 : length === 3 ? 0xe0 : 0xf0) | (code >> (6 * (length - 1)))
      for (let shift = 6 * (length - 2); shift >= 0; shift -= 6) bytes[at++] = 0x80 | ((code >> shift) & 0x3f)
    }
    if (code > 0xffff) i++
  }
  return { read: i, written: at }
}

export class TextEncoder {
  get encoding(): string {
    return 'utf-8'
  }
  encode(text: unknown = ''): Uint8Array<ArrayBuffer> {
    return encodeUtf8(`${text as string}`)
  }
  encodeInto(text: unknown, target: unknown): { read: number; written: number } {
    if (typedArrayKind(target) !== 'Uint8Array') throw new TypeErrorConstructor('TextEncoder.encodeInto: the target must be a Uint8Array')
    return writeUtf8(`${text as string}`, bytesOf(target) as Uint8Array)
  }
}
defineHidden(TextEncoder.prototype, SymbolToStringTag, 'TextEncoder')

/** Collects UTF-16 code units into a string a few thousand at a time. */
class Units {
  text = ''
  #units = newList<number>()
  add(unit: number): void {
    listPush(this.#units, unit)
    if (this.#units.length >= 4_096) this.flush()
  }
  addCodePoint(code: number): void {
    if (code <= 0xffff) this.add(code)
    else {
      this.flush()
      this.text += stringFromCodePoint(code)
    }
  }
  flush(): string {
    this.text += ReflectApply(stringFromCharCode, null, this.#units) as string
    this.#units = newList()
    return this.text
  }
}

type Encoding = 'utf-8' | 'utf-16le' | 'windows-1252'

const LABELS: Readonly<Record<string, Encoding>> = {
  __proto__: null as never,
  'utf-8': 'utf-8', utf8: 'utf-8', 'unicode-1-1-utf-8': 'utf-8',
  'utf-16le': 'utf-16le', 'utf-16': 'utf-16le', 'ucs-2': 'utf-16le', unicode: 'utf-16le',
  latin1: 'windows-1252', 'iso-8859-1': 'windows-1252', ascii: 'windows-1252', 'us-ascii': 'windows-1252',
  'windows-1252': 'windows-1252', cp1252: 'windows-1252', l1: 'windows-1252', 'iso8859-1': 'windows-1252',
}

/** Code points of windows-1252 from 0x80 to 0x9F (https://encoding.spec.whatwg.org/index-windows-1252.txt). */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178'

export class TextDecoder {
  readonly #encoding: Encoding
  readonly #fatal: boolean
  readonly #ignoreBom: boolean
  #pending: number[] = newList()
  #bomSeen = false

  constructor(label: unknown = 'utf-8', options?: { fatal?: boolean; ignoreBOM?: boolean }) {
    const encoding = LABELS[stringToLowerCase(stringTrim(`${label as string}`))]
    if (encoding === undefined) {
      throw new RangeErrorConstructor(`TextDecoder: the "${label as string}" encoding is not there; utf-8, utf-16le and latin1 are`)
    }
    this.#encoding = encoding
    this.#fatal = options !== undefined && options !== null && options.fatal === true
    this.#ignoreBom = options !== undefined && options !== null && options.ignoreBOM === true
  }
  get encoding(): string {
    return this.#encoding
  }
  get fatal(): boolean {
    return this.#fatal
  }
  get ignoreBOM(): boolean {
    return this.#ignoreBom
  }
  decode(input?: unknown, options?: { stream?: boolean }): string {
    const given = input === undefined ? new Uint8ArrayConstructor(0) : bytesOf(input)
    if (given === null) throw new TypeErrorConstructor('TextDecoder.decode: the argument must be an ArrayBuffer or a view of one')
    const isLast = !(options !== undefined && options !== null && options.stream === true)
    let bytes: Uint8Array = given
    if (this.#pending.length > 0) {
      bytes = new Uint8ArrayConstructor(this.#pending.length + given.length)
      for (let i = 0; i < this.#pending.length; i++) bytes[i] = this.#pending[i] as number
      for (let i = 0; i < given.length; i++) bytes[this.#pending.length + i] = given[i] as number
      this.#pending = newList()
    }
    let text: string
    if (this.#encoding === 'utf-8') text = decodeUtf8(bytes, this.#fatal, isLast, this.#pending)
    else if (this.#encoding === 'utf-16le') text = decodeUtf16(bytes, this.#fatal, isLast, this.#pending)
    else text = decodeWindows1252(bytes)
    if (!this.#bomSeen && text !== '' && this.#encoding !== 'windows-1252') {
      this.#bomSeen = true
      if (!this.#ignoreBom && stringCharCodeAt(text, 0) === 0xfeff) text = stringSlice(text, 1)
    }
    if (isLast) this.#bomSeen = false
    return text
  }
}
defineHidden(TextDecoder.prototype, SymbolToStringTag, 'TextDecoder')

/** The WHATWG UTF-8 decoder (https://encoding.spec.whatwg.org/#utf-8-decoder); bytes of an unfinished character go to `pending`. */
export function decodeUtf8(bytes: Uint8Array, fatal: boolean, isLast: boolean, pending: number[]): string {
  const units = new Units()
  let code = 0
  let needed = 0
  let seen = 0
  let lower = 0x80
  let upper = 0xbf
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (needed === 0) {
      if (byte < 0x80) units.add(byte)
      else if (byte >= 0xc2 && byte <= 0xf4) {
        needed = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
        code = byte & (0x3f >> needed)
        if (byte === 0xe0) lower = 0xa0
        else if (byte === 0xed) upper = 0x9f
        else if (byte === 0xf0) lower = 0x90
        else if (byte === 0xf4) upper = 0x8f
      } else units.add(malformed(fatal))
      continue
    }
    if (byte < lower || byte > upper) {
      units.add(malformed(fatal))
      needed = seen = 0
      lower = 0x80
      upper = 0xbf
      i-- // The byte may start a character of its own.
      continue
    }
    lower = 0x80
    upper = 0xbf
    code = (code << 6) | (byte & 0x3f)
    if (++seen === needed) {
      units.addCodePoint(code)
      needed = seen = 0
    }
  }
  if (needed > 0 && isLast) units.add(malformed(fatal))
  else if (needed > 0) for (let i = bytes.length - seen - 1; i < bytes.length; i++) listPush(pending, bytes[i] as number)
  return units.flush()
}

function decodeUtf16(bytes: Uint8Array, fatal: boolean, isLast: boolean, pending: number[]): string {
  const units = new Units()
  let lead = -1
  let end = bytes.length - (bytes.length % 2)
  for (let i = 0; i < end; i += 2) {
    const unit = (bytes[i] as number) | ((bytes[i + 1] as number) << 8)
    const isTrail = unit >= 0xdc00 && unit <= 0xdfff
    if (lead !== -1) {
      if (isTrail) units.add(lead)
      else units.add(malformed(fatal))
      if (isTrail) units.add(unit)
      lead = -1
      if (isTrail) continue
    }
    if (unit >= 0xd800 && unit <= 0xdbff) lead = unit
    else units.add(isTrail ? malformed(fatal) : unit)
  }
  if (lead !== -1) end -= 2
  if (!isLast) for (let i = end; i < bytes.length; i++) listPush(pending, bytes[i] as number)
  else if (end < bytes.length) units.add(malformed(fatal))
  return units.flush()
}

function decodeWindows1252(bytes: Uint8Array): string {
  const units = new Units()
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    units.add(byte >= 0x80 && byte <= 0x9f ? stringCharCodeAt(WINDOWS_1252, byte - 0x80) : byte)
  }
  return units.flush()
}

function malformed(fatal: boolean): number {
  if (fatal) throw new TypeErrorConstructor('TextDecoder.decode: the bytes are not valid in this encoding')
  return 0xfffd
}
