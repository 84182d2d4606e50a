import fc from 'fast-check'

/** A change to a document; places are parts of its length, so that they mean something wherever they are applied. */
export interface Mutation {
  readonly kind: 'insert' | 'overwrite' | 'delete' | 'repeat' | 'truncate' | 'flip'
  /** From 0 to 1. */
  readonly at: number
  readonly length: number
  readonly bytes: Uint8Array
}

/** Texts that parsers stumble over. */
export const TOKENS = [
  '', ' ', '\n', '\r', '\r\n', '\0', ',', ';', '\t', '|', '"', '""', '"\n', "'", '\\', '{', '}', '[', ']', '[]', '{}', ':', 'null', 'NaN', 'nan', 'Infinity', '-inf', '-0', '0', '-1', '1e999', '1e-400', '0x10', '1_000',
  '1,234.5', '$5', '5 ', '+5', '.5', '5.', '9007199254740993', '123456789012345678901234567890', '0.1', '1e2', '0.30000000000000004', 'true', '__proto__', 'constructor', 'toString', '2026-02-30', '2026-13-01', '20261120', '11/20/2026',
  '20/11/2026', '2026-11-20T00:00:00Z', '1763596800', '1763596800000', '0001-01-01', '\ufeff', '\u00a0', '\u2028', '\ud800', '\u{1f600}', 'é', '=1+1', '@', '#', 'symbol', 'sep=;', 'C', 'P', 'call', 'SPY', 'BRK.B', 'SPY260918C00500000',
] as const

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

const piece = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...TOKENS).map(bytesOf) },
  { weight: 2, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 8 }) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...TOKENS), fc.constantFrom(2, 9, 300, 5_000)).map(([token, times]) => bytesOf(token.repeat(times))) },
)

const part = fc.integer({ min: 0, max: 10_000 }).map((value) => value / 10_000)
const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('insert', 'insert', 'overwrite', 'overwrite', 'delete', 'repeat', 'flip', 'flip', 'truncate'),
  at: part,
  length: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) }, { weight: 1, arbitrary: fc.integer({ min: 13, max: 2_000 }) }),
  bytes: piece,
})

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(mutation, { minLength: 1, maxLength: 6 })

/** The document with all changes. */
export function mutated(document: Uint8Array, changes: readonly Mutation[]): Uint8Array {
  return changes.reduce<Uint8Array>((bytes, change) => Buffer.from(changed(bytes, change)), document)
}

function changed(bytes: Uint8Array, { kind, at, length, bytes: put }: Mutation): Uint8Array {
  const start = Math.round(at * bytes.length)
  const end = Math.min(bytes.length, start + length)
  switch (kind) {
    case 'insert':
      return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start)])
    case 'overwrite':
      return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(Math.min(bytes.length, start + put.length))])
    case 'delete':
      return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)])
    case 'repeat':
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start, end), bytes.subarray(end)])
    case 'truncate':
      return bytes.subarray(0, start)
    case 'flip': {
      const copy = Buffer.from(bytes)
      if (start < copy.length) copy[start] = copy[start]! ^ (1 << (length % 8))
      return copy
    }
  }
}

/** One of the documents, whole or with changes, or bytes or tokens without any order. */
export function hostile(documents: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    { weight: 10, arbitrary: fc.tuple(fc.constantFrom(...documents.keys()), mutations).map(([index, changes]) => mutated(documents[index]!, changes)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...TOKENS), { maxLength: 60 }).map((tokens) => bytesOf(tokens.join(''))) },
  )
}

/** Where to cut a document into pieces, as parts of its length. */
export const cuts: fc.Arbitrary<number[]> = fc.array(part, { maxLength: 12 })

/** The document in pieces. */
export function pieces(document: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [0, ...at.map((place) => Math.round(place * document.length)).sort((a, b) => a - b), document.length]
  return places.slice(1).map((end, index) => document.slice(places[index], end)).filter(({ length }) => length > 0)
}
