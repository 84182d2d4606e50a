import { defineHidden } from '../language/properties.ts'

/** Numbers as DataView names them, with the names that Node's Buffer has for them. */
const NUMBERS = {
  Int8: ['Int8'], Uint8: ['UInt8', 'Uint8'], Int16: ['Int16'], Uint16: ['UInt16', 'Uint16'], Int32: ['Int32'], Uint32: ['UInt32', 'Uint32'],
  Float32: ['Float'], Float64: ['Double'], BigInt64: ['BigInt64'], BigUint64: ['BigUInt64', 'BigUint64'],
} as const

type Bytes = Uint8Array<ArrayBuffer>

/** Puts the reading and writing of numbers on a class of bytes: `readUInt32LE`, `writeDoubleBE` and their fellows. */
export function defineNumbers(prototype: object): void {
  for (const [kind, names] of Object.entries(NUMBERS)) {
    const size = kind.endsWith('8') ? 1 : Number(/\d+/.exec(kind)![0]) / 8
    for (const order of size === 1 ? [''] : ['LE', 'BE']) for (const name of names) define(prototype, kind, `${name}${order}`, order === 'LE', size)
  }
}

function define(prototype: object, kind: string, name: string, isLittle: boolean, size: number): void {
  const access = DataView.prototype as unknown as Record<string, (this: DataView, ...args: unknown[]) => unknown>
  const get = access[`get${kind}`]!
  const set = access[`set${kind}`]!
  const isBig = kind.startsWith('Big')
  defineHidden(prototype, `read${name}`, function (this: Bytes, offset = 0) {
    return get.call(viewOf(this, offset, size), 0, isLittle)
  })
  defineHidden(prototype, `write${name}`, function (this: Bytes, value: unknown, offset = 0) {
    set.call(viewOf(this, offset, size), 0, isBig ? BigInt(value as bigint) : Number(value), isLittle)
    return offset + size
  })
}

function viewOf(bytes: Bytes, offset: number, size: number): DataView {
  if (!Number.isInteger(offset) || offset < 0 || offset + size > bytes.length) {
    throw Object.assign(new RangeError(`The value of "offset" is out of range. It must be >= 0 and <= ${bytes.length - size}. Received ${offset}`), { code: 'ERR_OUT_OF_RANGE' })
  }
  return new DataView(bytes.buffer, bytes.byteOffset + offset, size)
}
