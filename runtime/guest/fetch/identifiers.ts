import { MathImul, numberToString, stringCharCodeAt, stringPadStart } from '../intrinsics.ts'

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

const hex = (word: number) => stringPadStart(numberToString(word >>> 0, 16), 8, '0')
