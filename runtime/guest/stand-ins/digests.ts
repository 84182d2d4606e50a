/** Bytes of a message and its padding to whole blocks of 64, with its length in bits at the end, as MD5 and the SHA family have it. */
function blocksOf(message: Uint8Array, isLittleEndian: boolean): DataView {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  const [low, high] = [(message.length << 3) >>> 0, Math.floor(message.length / 0x20000000)]
  view.setUint32(padded.length - 8, isLittleEndian ? low : high, isLittleEndian)
  view.setUint32(padded.length - 4, isLittleEndian ? high : low, isLittleEndian)
  return view
}

function bytesOf(words: readonly number[], isLittleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * words.length))
  words.forEach((word, i) => view.setUint32(4 * i, word >>> 0, isLittleEndian))
  return new Uint8Array(view.buffer)
}

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
let sines: readonly number[] | null = null

/** RFC 1321. */
function md5(message: Uint8Array): Uint8Array {
  const view = blocksOf(message, true)
  sines ??= Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0)
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let block = 0; block < view.byteLength; block += 64) {
    let [a, b, c, d] = state as [number, number, number, number]
    for (let i = 0; i < 64; i++) {
      const round = i >> 4
      const mixed = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d)
      const place = round === 0 ? i : round === 1 ? (5 * i + 1) % 16 : round === 2 ? (3 * i + 5) % 16 : (7 * i) % 16
      const sum = (a + mixed + sines[i]! + view.getUint32(block + 4 * place, true)) | 0
      ;[a, d, c, b] = [d, c, b, (b + rotate(sum, MD5_SHIFTS[4 * round + (i % 4)]!)) | 0]
    }
    ;[a, b, c, d].forEach((value, i) => (state[i] = (state[i]! + value) | 0))
  }
  return bytesOf(state, true)
}

/** FIPS 180-4. */
function sha1(message: Uint8Array): Uint8Array {
  const view = blocksOf(message, false)
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]
  const words = new Int32Array(80)
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let i = 0; i < 80; i++) words[i] = i < 16 ? view.getInt32(block + 4 * i) : rotate(words[i - 3]! ^ words[i - 8]! ^ words[i - 14]! ^ words[i - 16]!, 1)
    let [a, b, c, d, e] = state as [number, number, number, number, number]
    for (let i = 0; i < 80; i++) {
      const [mixed, constant] = i < 20 ? [(b & c) | (~b & d), 0x5a827999] : i < 40 ? [b ^ c ^ d, 0x6ed9eba1] : i < 60 ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc] : [b ^ c ^ d, 0xca62c1d6]
      ;[a, b, c, d, e] = [(rotate(a, 5) + mixed + e + constant + words[i]!) | 0, a, rotate(b, 30), c, d]
    }
    ;[a, b, c, d, e].forEach((value, i) => (state[i] = (state[i]! + value) | 0))
  }
  return bytesOf(state, false)
}

const fraction = (root: number): number => Math.floor((root % 1) * 2 ** 32) | 0
let primes: readonly number[] | null = null

function firstPrimes(count: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (!found.some((prime) => n % prime === 0)) found.push(n)
  return found
}

/** FIPS 180-4. */
function sha256(message: Uint8Array): Uint8Array {
  const view = blocksOf(message, false)
  primes ??= firstPrimes(64)
  const constants = primes.map((prime) => fraction(Math.cbrt(prime)))
  const state = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)))
  const words = new Int32Array(64)
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let i = 0; i < 64; i++) {
      const [early, late] = [words[i - 15] ?? 0, words[i - 2] ?? 0]
      const small = (rotate(early, 25) ^ rotate(early, 14) ^ (early >>> 3)) + (rotate(late, 15) ^ rotate(late, 13) ^ (late >>> 10))
      words[i] = i < 16 ? view.getInt32(block + 4 * i) : (words[i - 16]! + words[i - 7]! + small) | 0
    }
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number]
    for (let i = 0; i < 64; i++) {
      const first = (h + (rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7)) + ((e & f) ^ (~e & g)) + constants[i]! + words[i]!) | 0
      const second = ((rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      ;[a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g]
    }
    ;[a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] = (state[i]! + value) | 0))
  }
  return bytesOf(state, false)
}

/** Digests of bytes by the names that Node has for them. */
export const DIGESTS: Readonly<Record<string, (message: Uint8Array) => Uint8Array>> = { __proto__: null as never, md5, sha1, sha256 }
