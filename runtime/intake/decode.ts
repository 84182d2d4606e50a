import { isUtf8 } from 'node:buffer'
import type { Diagnostic } from '../scan/run.ts'
import { diagnostic } from './diagnostics.ts'
import { recogniseRefused } from './lookalike.ts'

export type DecodeResult = { text: string; diagnostic: null } | { text: null; diagnostic: Diagnostic }

const MAGIC: [kind: string, bytes: number[]][] = [
  ['a ZIP archive or office document', [0x50, 0x4b, 0x03, 0x04]],
  ['a gzip file', [0x1f, 0x8b]],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a GIF image', [0x47, 0x49, 0x46, 0x38]],
  ['a program', [0x7f, 0x45, 0x4c, 0x46]],
  ['a WebAssembly module', [0x00, 0x61, 0x73, 0x6d]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['a SQLite database', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66]],
]

/** The text of an uploaded file without its byte order mark, or the one reason why it is no text. `maxBytes` in bytes. */
export function decodeSource(bytes: Uint8Array, filename: string, maxBytes: number): DecodeResult {
  const refuse = (entry: Diagnostic): DecodeResult => ({ text: null, diagnostic: entry })
  if (bytes.length === 0) return refuse(diagnostic('error', 'file_empty', { filename }))
  if (bytes.length > maxBytes) return refuse(tooLarge(bytes, filename, maxBytes))
  const magic = binaryKind(bytes)
  if (magic !== null) return refuse(diagnostic('error', 'file_binary', { filename, kind: magic }))
  if (looksLikeUtf16(bytes)) return refuse(diagnostic('error', 'file_utf16', { filename }))
  const nul = bytes.indexOf(0)
  if (nul !== -1 && mostlyBinary(bytes)) return refuse(diagnostic('error', 'file_binary', { filename, kind: 'binary data' }))
  if (!isUtf8(bytes)) {
    if (mostlyBinary(bytes)) return refuse(diagnostic('error', 'file_binary', { filename, kind: 'binary data' }))
    return refuse(diagnostic('error', 'file_invalid_utf8', { filename, offset: firstInvalidByte(bytes) }))
  }
  if (nul !== -1) return refuse(diagnostic('error', 'file_nul_byte', { filename, offset: nul }))
  const text = new TextDecoder('utf-8').decode(bytes)
  if (text.trim() === '') return refuse(diagnostic('error', 'file_empty', { filename }))
  return { text, diagnostic: null }
}

const START_BYTES = 16_384

/** Why a file over the limit is refused: tables mostly are, and say at their start what they are. */
export function tooLarge(bytes: Uint8Array, filename: string, limit: number): Diagnostic {
  const kind = binaryKind(bytes)
  if (kind !== null) return diagnostic('error', 'file_binary', { filename, kind })
  const start = new TextDecoder().decode(bytes.subarray(0, START_BYTES))
  const other = recogniseRefused(start.slice(0, start.lastIndexOf('\n') + 1), filename)
  return other === null ? diagnostic('error', 'file_too_large', { filename, bytes: bytes.length, limit }) : diagnostic('error', 'file_not_script', { filename, ...other })
}

function binaryKind(bytes: Uint8Array): string | null {
  return MAGIC.find(([, start]) => start.every((byte, index) => bytes[index] === byte))?.[0] ?? null
}

/** A byte order mark, or every other byte zero as ASCII text has in UTF-16. */
function looksLikeUtf16(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true
  const sample = Math.min(bytes.length & ~1, 1024)
  if (sample < 8) return false
  let even = 0
  let odd = 0
  for (let index = 0; index < sample; index++) {
    if (bytes[index] === 0) index % 2 === 0 ? even++ : odd++
  }
  return (even === 0 && odd > sample * 0.4) || (odd === 0 && even > sample * 0.4)
}

/** More than one byte in ten is a control character that text does not hold. */
function mostlyBinary(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 8192)
  let controls = 0
  for (const byte of sample) if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c) controls++
  return controls > sample.length / 10
}

/** By halving: the longest valid start, which may end inside a character, by at most three bytes. */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0
  let invalid = bytes.length
  const validStart = (length: number) => [0, 1, 2, 3].some((cut) => cut <= length && isUtf8(bytes.subarray(0, length - cut)))
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1
    if (validStart(middle)) valid = middle
    else invalid = middle
  }
  let start = valid
  while (start > 0 && !isUtf8(bytes.subarray(0, start))) start--
  return start
}

/** The loader of a file whose name says TypeScript, null for any other. */
export function namedLoader(filename: string): 'ts' | 'tsx' | null {
  if (!/\.([mc]?ts|tsx)$/i.test(filename)) return null
  return /\.tsx$/i.test(filename) ? 'tsx' : 'ts'
}
