import {
  ErrorConstructor,
  MathImul,
  numberToString,
  stringCharCodeAt,
  stringPadStart,
  stringSlice,
  typedArrayBuffer,
  typedArrayByteLength,
  typedArrayByteOffset,
  typedArrayKind,
  TypeErrorConstructor,
  Uint8ArrayConstructor,
  Uint32ArrayConstructor,
} from '../language/intrinsics.ts'
import { defineGlobal, defineHidden } from '../language/properties.ts'

/** A seeded stream of random numbers: xoshiro128** 1.1 (Blackman and Vigna, https://prng.di.unimi.it/xoshiro128starstar.c). */
export interface Random {
  /** Starts the stream of a seed; the same parts give the same stream. */
  seed(...parts: (string | number)[]): void
  /** The generator's state of four 32-bit words, not all zero, set directly. */
  setState(a: number, b: number, c: number, d: number): void
  /** The next 32 bits, as an unsigned integer. */
  next32(): number
  /** A number in [0, 1) with 53 random bits. */
  next(): number
}

export function createRandom(...seedParts: (string | number)[]): Random {
  const state = new Uint32ArrayConstructor(4)

  function next32(): number {
    const s1 = state[1] as number
    const result = MathImul(rotateLeft(MathImul(s1, 5), 7), 9) >>> 0
    const shifted = s1 << 9
    state[2] = (state[2] as number) ^ (state[0] as number)
    state[3] = (state[3] as number) ^ s1
    state[1] = s1 ^ (state[2] as number)
    state[0] = (state[0] as number) ^ (state[3] as number)
    state[2] = (state[2] as number) ^ shifted
    state[3] = rotateLeft(state[3] as number, 11)
    return result
  }

  function setState(a: number, b: number, c: number, d: number): void {
    state[0] = a
    state[1] = b
    state[2] = c
    state[3] = d
  }

  function seed(...parts: (string | number)[]): void {
    let text = ''
    for (let i = 0; i < parts.length; i++) text += `${typeof parts[i] === 'number' ? 'n' : 's'}${parts[i]}\0`
    let mixed = hashText(text)
    const word = () => {
      mixed = (mixed + 0x9e3779b9) | 0
      return finalMix(mixed)
    }
    setState(word(), word(), word(), word() | 1)
  }

  seed(...seedParts)
  return {
    seed,
    setState,
    next32,
    next: () => ((next32() >>> 5) * 67_108_864 + (next32() >>> 6)) / 9_007_199_254_740_992,
  }
}

const rotateLeft = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits))

/** FNV-1a over UTF-16 code units, then mixed. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = MathImul(hash ^ stringCharCodeAt(text, i), 0x01000193)
  return finalMix(hash)
}

/** The finalizer of MurmurHash3. */
function finalMix(value: number): number {
  let x = value
  x = MathImul(x ^ (x >>> 16), 0x85ebca6b)
  x = MathImul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

const LARGEST_REQUEST = 65_536

/** Makes Math.random, crypto.getRandomValues and crypto.randomUUID read the seeded stream. */
export function installRandom(global: typeof globalThis, random: Random): void {
  defineHidden(global.Math, 'random', { random: () => random.next() }.random)

  function fill(target: Uint8Array): void {
    for (let i = 0; i < target.length; i += 4) {
      const bits = random.next32()
      for (let j = 0; j < 4 && i + j < target.length; j++) target[i + j] = bits >>> (8 * j)
    }
  }

  const crypto = {
    getRandomValues<T>(array: T): T {
      const kind = typedArrayKind(array)
      if (kind === undefined || kind === 'Float16Array' || kind === 'Float32Array' || kind === 'Float64Array') {
        throw new TypeErrorConstructor('crypto.getRandomValues: the argument must be an integer typed array')
      }
      const bytes = typedArrayByteLength(array)
      if (bytes > LARGEST_REQUEST) {
        throw new ErrorConstructor(`crypto.getRandomValues: ${bytes} bytes asked for, at most ${LARGEST_REQUEST} at once`)
      }
      fill(new Uint8ArrayConstructor(typedArrayBuffer(array), typedArrayByteOffset(array), bytes))
      return array
    },
    randomUUID(): string {
      const bytes = new Uint8ArrayConstructor(16)
      fill(bytes)
      bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
      bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
      let hex = ''
      for (let i = 0; i < 16; i++) hex += stringPadStart(numberToString(bytes[i] as number, 16), 2, '0')
      return `${stringSlice(hex, 0, 8)}-${stringSlice(hex, 8, 12)}-${stringSlice(hex, 12, 16)}-${stringSlice(hex, 16, 20)}-${stringSlice(hex, 20)}`
    },
  }
  defineGlobal(global, 'crypto', crypto)
}
