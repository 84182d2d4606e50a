import {
  ReflectApply,
  stringCharCodeAt,
  stringFromCharCode,
  uncurryThis,
  Uint8ArrayConstructor,
} from '../language/intrinsics.ts'
import { DOMException } from './dom-exception.ts'

interface Base64Bytes {
  fromBase64(text: string, options: object): Uint8Array
  prototype: { toBase64(): string }
}
const Bytes = Uint8ArrayConstructor as unknown as Base64Bytes
const { fromBase64 } = Bytes
const toBase64 = uncurryThis(Bytes.prototype.toBase64) as unknown as (bytes: Uint8Array) => string

/** Base64 of bytes. */
export const base64Of = toBase64

/** Base64 of a string whose signs are all below U+0100. */
export function btoa(data: unknown): string {
  const text = `${data as string}`
  const bytes = new Uint8ArrayConstructor(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = stringCharCodeAt(text, i)
    if (code > 255) throw new DOMException('Invalid character', 'InvalidCharacterError')
    bytes[i] = code
  }
  return toBase64(bytes)
}

/** The string that base64 text stands for, one sign a byte; white space and missing padding are forgiven. */
export function atob(data: unknown): string {
  let bytes: Uint8Array
  try {
    bytes = ReflectApply(fromBase64, Uint8ArrayConstructor, [`${data as string}`, { __proto__: null, lastChunkHandling: 'loose' }]) as Uint8Array
  } catch {
    throw new DOMException('The string to be decoded is not correctly encoded.', 'InvalidCharacterError')
  }
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += stringFromCharCode(bytes[i] as number)
  return text
}
