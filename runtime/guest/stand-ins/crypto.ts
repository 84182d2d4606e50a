import { Buffer } from './buffer.ts'
import { DIGESTS } from './digests.ts'
import type { ModuleObject } from './types.ts'

const REFUSED = ['createHmac', 'createCipheriv', 'createDecipheriv', 'createSign', 'createVerify', 'generateKeyPair', 'generateKeyPairSync', 'pbkdf2', 'pbkdf2Sync', 'scrypt', 'scryptSync', 'sign', 'verify', 'createDiffieHellman']

/** Node's `crypto` as far as scripts name and tell things apart by it: three digests, and randomness that is the run's own. */
export function createCrypto(): ModuleObject {
  const web = (globalThis as unknown as { crypto: Crypto }).crypto
  const randomBytes = (size: number): Buffer => web.getRandomValues(new Buffer(size) as Uint8Array<ArrayBuffer>) as unknown as Buffer
  const crypto: ModuleObject = {
    createHash: (name: unknown) => new Hash(name),
    hash: (name: unknown, data: string | Uint8Array, encoding: unknown = 'hex') => new Hash(name).update(data).digest(encoding === 'buffer' ? undefined : encoding),
    getHashes: () => Object.keys(DIGESTS),
    randomUUID: () => web.randomUUID(),
    getRandomValues: (array: Uint8Array<ArrayBuffer>) => web.getRandomValues(array),
    randomBytes,
    randomInt: (...given: number[]) => {
      const [from, to] = given.length === 1 ? [0, given[0]!] : [given[0]!, given[1]!]
      if (!(to > from)) throw Object.assign(new RangeError(`The value of "max" is out of range. It must be greater than the value of "min" (${from}). Received ${to}`), { code: 'ERR_OUT_OF_RANGE' })
      return from + Math.floor(Math.random() * (to - from))
    },
    webcrypto: web,
  }
  for (const name of REFUSED) {
    crypto[name] = () => {
      throw new Error(`crypto.${name}: a scan has no keys and no ciphers; it has createHash with ${Object.keys(DIGESTS).join(', ')}, randomUUID, randomBytes and randomInt`)
    }
  }
  return crypto
}

class Hash {
  readonly #digest: (message: Uint8Array) => Uint8Array
  readonly #parts: Uint8Array[] = []
  #isDone = false

  constructor(name: unknown) {
    const digest = DIGESTS[String(name).toLowerCase().replace(/^sha-/, 'sha')]
    if (digest === undefined) throw new Error(`crypto.createHash: "${String(name)}" is not among those of a scan: ${Object.keys(DIGESTS).join(', ')}`)
    this.#digest = digest
  }

  update(data: string | Uint8Array, encoding?: unknown): this {
    if (this.#isDone) throw Object.assign(new Error('Digest already called'), { code: 'ERR_CRYPTO_HASH_FINALIZED' })
    if (typeof data !== 'string' && !ArrayBuffer.isView(data)) throw Object.assign(new TypeError('The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView.'), { code: 'ERR_INVALID_ARG_TYPE' })
    this.#parts.push(typeof data === 'string' ? (Buffer.from(data, encoding) as Uint8Array) : new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer))
    return this
  }

  digest(encoding?: unknown): Buffer | string {
    if (this.#isDone) throw Object.assign(new Error('Digest already called'), { code: 'ERR_CRYPTO_HASH_FINALIZED' })
    this.#isDone = true
    const bytes = Buffer.from(this.#digest(Buffer.concat(this.#parts))) as Buffer
    return encoding === undefined || encoding === null || encoding === 'buffer' ? bytes : bytes.toString(encoding)
  }
}
