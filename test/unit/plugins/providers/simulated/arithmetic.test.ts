import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { exponential, logarithm, normalQuantile, powerOfTen } from '../../../../../plugins/providers/simulated/arithmetic.ts'
import { streamOf } from '../../../../../plugins/providers/simulated/random.ts'

describe('arithmetic that is the same on every machine', () => {
  it('agrees with the functions of the language', () => {
    for (let x = -20; x <= 20; x += 0.37) {
      expect(exponential(x) / Math.exp(x)).toBeCloseTo(1, 10)
      expect(logarithm(Math.exp(x))).toBeCloseTo(x, 12)
      expect(powerOfTen(x / 4) / 10 ** (x / 4)).toBeCloseTo(1, 10)
    }
  })

  it('has the quantiles of the normal distribution (tables of Abramowitz and Stegun)', () => {
    expect(normalQuantile(0.5)).toBeCloseTo(0, 9)
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963985, 7)
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306, 7)
  })

  it('uses no function whose last bit the language leaves open', () => {
    const folder = new URL('../../../../../plugins/providers/simulated/', import.meta.url)
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
      const code = readFileSync(new URL(file, folder), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      expect(code.match(/Math\.(?!sqrt|imul|floor|round|abs|min|max)\w+|\*\*|Date\.now|Math\.random/g), file).toBeNull()
    }
  })
})

describe('random streams', () => {
  it('draw uniform, normal and exponential numbers', () => {
    const random = streamOf(1, 'test')
    const count = 200_000
    let uniform = 0
    let normal = 0
    let squared = 0
    let waiting = 0
    for (let i = 0; i < count; i++) {
      uniform += random.uniform()
      const z = random.normal()
      normal += z
      squared += z * z
      waiting += random.exponential()
    }
    expect(uniform / count).toBeCloseTo(0.5, 2)
    expect(normal / count).toBeCloseTo(0, 1)
    expect(squared / count).toBeCloseTo(1, 1)
    expect(waiting / count).toBeCloseTo(1, 1)
  })

  it('differ between labels that differ little, and repeat for the same', () => {
    const firsts = ['', 'A', 'B', 'AB', 'BA', 'AA', 'AAA'].map((label) => streamOf(1, label).next())
    expect(new Set(firsts).size).toBe(firsts.length)
    expect(streamOf(1, 'AB').next()).toBe(streamOf(1, 'AB').next())
  })
})
