import { logarithm, normalQuantile } from './arithmetic.ts'

const TABLE_BITS = 12
const TABLE_SIZE = 1 << TABLE_BITS
const FRACTION_BITS = 32 - TABLE_BITS
const FRACTION_MASK = (1 << FRACTION_BITS) - 1
const FRACTION_UNIT = 1 / (1 << FRACTION_BITS)
const UNIT = 1 / 4_294_967_296
/** Where the open ends of a quantile table are cut: the table reaches 3.84 standard deviations, 9.7 exponential means. */
const TAIL = 1 / (4 * TABLE_SIZE)

const NORMAL = quantileTable(normalQuantile)
const EXPONENTIAL = quantileTable((p) => -logarithm(1 - p))

/** A stream of random numbers: sfc32 (C. Doty-Humphrey, PractRand), 128 bits of state, 32 bits a step, integer operations only. */
export class RandomStream {
  private a: number
  private b: number
  private c: number
  private counter: number

  constructor(a: number, b: number, c: number) {
    this.a = a | 0
    this.b = b | 0
    this.c = c | 0
    this.counter = 1
    for (let step = 0; step < 15; step++) this.next()
  }

  /** Whole number from 0 to 2^32 - 1. */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** From 0 to below 1. */
  uniform(): number {
    return this.next() * UNIT
  }

  /** Between `low` and `high`. */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform()
  }

  /** Whole number from 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.uniform() * count)
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability
  }

  /** Standard normal. */
  normal(): number {
    return interpolate(NORMAL, this.next())
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return interpolate(EXPONENTIAL, this.next())
  }

  /** Mean 0, variance 1, with fatter tails than a normal: one draw in sixteen comes from twice the deviation. */
  shock(): number {
    return this.normal() * (this.next() < 268_435_456 ? 2 : 0.8944271909999159)
  }
}

/**
 * The stream of one label under a seed. Streams of different labels have nothing in common, so what is drawn for one
 * symbol does not depend on which others there are.
 */
export function streamOf(seed: number, label: string): RandomStream {
  let first = mix((seed >>> 0) + 0x9e3779b9)
  let second = mix((Math.floor(seed / 4_294_967_296) >>> 0) ^ 0x85ebca6b)
  for (let index = 0; index < label.length; index++) {
    const unit = label.charCodeAt(index)
    first = mix((first ^ unit) + 0x9e3779b9)
    second = mix((second + unit) ^ Math.imul(first, 0x2c1b3c6d))
  }
  return new RandomStream(first, second, mix(first + Math.imul(second, 0x297a2d39)))
}

/** The finalizer of splitmix32. */
function mix(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}

function quantileTable(quantile: (p: number) => number): Float64Array {
  const table = new Float64Array(TABLE_SIZE + 1)
  for (let index = 0; index <= TABLE_SIZE; index++) table[index] = quantile(Math.min(Math.max(index / TABLE_SIZE, TAIL), 1 - TAIL))
  return table
}

function interpolate(table: Float64Array, bits: number): number {
  const index = bits >>> FRACTION_BITS
  const low = table[index]!
  return low + (table[index + 1]! - low) * ((bits & FRACTION_MASK) * FRACTION_UNIT)
}
