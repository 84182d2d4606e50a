import { MathImul, stringCharCodeAt, stringFromCharCode } from '../language/intrinsics.ts'

/** 32 hexadecimal digits that depend on a text alone (FNV-1a with four starts), for `request_id` fields. */
export function requestId(text: string): string {
  let a = 0x811c9dc5
  let b = 0x01234567
  let c = 0x89abcdef | 0
  let d = 0x5bd1e995
  for (let i = 0; i < text.length; i++) {
    const code = stringCharCodeAt(text, i)
    a = MathImul(a ^ code, 0x01000193)
    b = MathImul(b ^ code, 0x01000193)
    c = MathImul(c ^ code, 0x01000193)
    d = MathImul(d ^ code, 0x01000193)
  }
  return hex(a) + hex(b) + hex(c) + hex(d)
}

/** Eight digits; from their codes, since a number is written in another base digit by digit as a fraction. */
const hex = (word: number) =>
  stringFromCharCode(digit(word >>> 28), digit(word >>> 24), digit(word >>> 20), digit(word >>> 16), digit(word >>> 12), digit(word >>> 8), digit(word >>> 4), digit(word))

function digit(bits: number): number {
  const value = bits & 15
  return value < 10 ? 48 + value : 87 + value
}
