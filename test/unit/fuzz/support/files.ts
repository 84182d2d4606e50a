import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'

import { StrikescanError } from '../../../../runtime/errors/strikescan-error.ts'
import { tarOf, zipOf } from '../../market/bar-files.ts'

let [made, madeIn] = ['', '']

/** A folder for the files of the cases: one for each file of tests, each of which has a temporary folder of its own. */
export function scratch(): string {
  if (madeIn !== tmpdir()) [made, madeIn] = [mkdtempSync(join(tmpdir(), 'strikescan-fuzz-')), tmpdir()]
  return made
}

/** Writes the input of a case; the file of the case before is gone. */
export function caseFile(name: string, content: string | Uint8Array): string {
  const path = join(scratch(), name)
  writeFileSync(path, content)
  return path
}

/** What a file can be packed in: the same content in each. */
export const PACKINGS = {
  plain: (_: string, content: Uint8Array) => content,
  gzip: (_: string, content: Uint8Array) => gzipSync(content, { level: 1 }),
  twice: (_: string, content: Uint8Array) => gzipSync(gzipSync(content, { level: 1 }), { level: 1 }),
  zstd: (_: string, content: Uint8Array) => zstdCompressSync(content),
  zip: (name: string, content: Uint8Array) => zipOf({ [name]: Buffer.from(content).toString('utf8') }),
  tar: (name: string, content: Uint8Array) => tarOf({ [name]: Buffer.from(content).toString('utf8') }),
  tgz: (name: string, content: Uint8Array) => gzipSync(tarOf({ [name]: Buffer.from(content).toString('utf8') }), { level: 1 }),
  utf16le: (_: string, content: Uint8Array) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(Buffer.from(content).toString('utf8'), 'utf16le')]),
  utf16be: (_: string, content: Uint8Array) => Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(Buffer.from(content).toString('utf8'), 'utf16le').swap16()]),
  mark: (_: string, content: Uint8Array) => Buffer.concat([Buffer.from('\ufeff'), content]),
} as const
export type Packing = keyof typeof PACKINGS

export const packing = fc.constantFrom(...(Object.keys(PACKINGS) as Packing[]))
/** Those that any reader of a single file understands. */
export const filePacking = fc.constantFrom<Packing>('plain', 'gzip', 'twice', 'zstd', 'utf16le', 'utf16be', 'mark')

/** What `work` gives, or the registry's error that it throws. Any other error fails the case. */
export async function outcomeOf<T>(work: () => Promise<T> | T): Promise<{ value: T; error: null } | { value: null; error: StrikescanError }> {
  try {
    return { value: await work(), error: null }
  } catch (error) {
    if (!(error instanceof StrikescanError)) throw error
    if (error.fault !== 'user') throw new Error(`the user is told of a fault of the system: ${error.code} ${error.message}`, { cause: error })
    if (/[\0-\x08\x0b-\x1f\x7f-\x9f]|\[object/.test(error.message) || error.message.length > 2_000) throw new Error(`no clean sentence: ${JSON.stringify(error.message)}`, { cause: error })
    return { value: null, error }
  }
}
