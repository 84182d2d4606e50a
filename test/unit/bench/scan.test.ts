import { describe, expect, it } from 'vitest'

import { measureProcess, shellTimesMs } from '../../bench/measure/process.ts'
import { checkSameHits, type Hit } from '../../bench/scan/hits.ts'

const TIMEOUT_MS = 20_000

describe('the hits of the contenders', () => {
  it('fails where a contender comes to other hits', () => {
    const hit: Hit = { direction: 'bullish', average: 10, strength: 70, upper: 11, lower: 9, gap: 0.02 }
    const price = (): number => 10
    const limit = new Map([['AAA', hit]])
    expect(() => checkSameHits('peer', limit, new Map([['AAA', { ...hit, gap: 0.0200000001 }]]), price)).not.toThrow()
    expect(() => checkSameHits('peer', limit, new Map(), price)).toThrow('AAA')
    expect(() => checkSameHits('peer', limit, new Map([...limit, ['BBB', hit]]), price)).toThrow('BBB')
    expect(() => checkSameHits('peer', limit, new Map([['AAA', { ...hit, upper: 11.1 }]]), price)).toThrow('other values')
    expect(() => checkSameHits('peer', new Map(), new Map(), price)).toThrow('no hit')
  })

  it('lets rounding decide only on a threshold of the rule', () => {
    const onThreshold: Hit = { direction: 'bullish', average: 10, strength: 60.004, upper: 11, lower: 9, gap: 0.02 }
    const limit = new Map([['AAA', { ...onThreshold, strength: 75 }]])
    expect(() => checkSameHits('peer', limit, new Map([...limit, ['BBB', onThreshold]]), () => 10)).not.toThrow()
  })
})

describe('the cost of a process', () => {
  // By its own processor time, whatever else the machine has to do.
  const busy = 'const end = performance.now() + 1200; while (performance.now() < end || process.cpuUsage().user < 500_000);'

  it('counts the CPU time and memory of processes below it', async () => {
    const child = `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(busy)}])`
    const cost = await measureProcess([process.execPath, '-e', child], { timeoutMs: TIMEOUT_MS })
    expect(cost.wallMs).toBeGreaterThan(1200)
    if (process.platform !== 'win32') expect(cost.cpuMs).toBeGreaterThan(300)
    if (process.platform === 'linux') expect(cost.peakRssBytes).toBeGreaterThan(50 * 2 ** 20)
  })

  it('counts a process that nobody waits for', async () => {
    const child = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(busy)}], { stdio: 'ignore' }); setTimeout(() => process.exit(), 900)`
    const { cpuMs } = await measureProcess([process.execPath, '-e', child], { timeoutMs: TIMEOUT_MS })
    if (process.platform === 'linux') expect(cpuMs).toBeGreaterThan(200)
  })

  it('says what failed, and ends what takes too long', async () => {
    await expect(measureProcess(['/bin/sh', '-c', 'echo no luck >&2; exit 3'], { timeoutMs: TIMEOUT_MS })).rejects.toThrow(/code 3: no luck/)
    const started = performance.now()
    await expect(measureProcess(['/bin/sh', '-c', 'sleep 30 & sleep 30'], { timeoutMs: 200 })).rejects.toThrow('more than 0.2 s')
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it("reads the shell's times", () => {
    expect(shellTimesMs('0m0.000000s 0m0.000000s\n1m2.500000s 0m0.250000s\n')).toBe(62_750)
    expect(shellTimesMs('')).toBeNull()
  })
})
