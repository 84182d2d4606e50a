import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

import tradier from '../../plugins/providers/tradier/option-plugin.ts'
import simulated from '../../plugins/providers/simulated/option-plugin.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'strikescan-simulate-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Starts the command as users do; resolves with the line that it prints. */
async function start(...args: string[]) {
  const child = spawn(process.execPath, ['api/cli/strikescan.js', 'simulate', '--home', join(home, 'state'), '--set', 'market.simulatedSymbols=30', ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (piece) => (out += String(piece)))
  child.stderr.on('data', (piece) => (err += String(piece)))
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>
  await Promise.race([once(child.stdout, 'data'), ended])
  return { child, ended, out: () => out, err: () => err, url: out.replace(/^listening on /, '').trim() }
}

/** Much less than it would take to wait for a request that hangs, and enough for a slow machine. */
const AT_ONCE_MS = 10_000

const call = () => ({ signal: AbortSignal.timeout(20_000), onRate: () => {} })

describe('strikescan simulate as a process', () => {
  it('serves the simulated market to the real client as it is', async () => {
    const server = await start('--port', '0', '--rate', '0')
    expect(server.out()).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n$/)
    const client = tradier.open({ baseUrl: server.url, token: 'x' })
    const market = simulated.open({ seed: 1, symbols: 30 })

    const listed = await client.expirations('SPY', call())
    const own = await market.expirations('SPY', call())
    // HTTP dates have whole seconds.
    expect(listed).toEqual({ ...own, asOf: Math.floor(own.asOf / 1_000) * 1_000 })
    for (const expiration of [listed.dates[1]!, listed.dates.at(-1)!]) {
      const served = await client.chain('SPY', expiration, call())
      const expected = await market.chain('SPY', expiration, call())
      expect(served.refused).toEqual([])
      // What Tradier's shapes cannot say (sizes that are unknown) or say otherwise (Greeks of puts, rounded times) is left out.
      const told = ({ occ, bid, ask, last, strike, right, style, settlement, multiplier, adjusted, impliedVol }: (typeof served.contracts)[0]) => ({ occ, bid, ask, last, strike, right, style, settlement, multiplier, adjusted, impliedVol })
      expect(served.contracts.map(told)).toEqual(expected.contracts.map(told))
      expect(served.contracts.length).toBeGreaterThan(20)
    }
    expect((await client.expirations('NOSUCH', call())).dates).toEqual([])

    const began = performance.now()
    server.child.kill('SIGTERM')
    expect(await server.ended).toEqual([0, null])
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS)
    expect([server.out().split('\n').length, server.err()]).toEqual([2, ''])
    // It needs no state.
    expect(readdirSync(home)).toEqual([])
  })

  it('ends at once while a request hangs, and tells of a port that is taken', async () => {
    const server = await start('--port', '0', '--faults', 'hang=1')
    const hanging = tradier.open({ baseUrl: server.url, token: 'x' }).expirations('SPY', call()).catch((error: unknown) => error)
    await new Promise((resolve) => setTimeout(resolve, 200))
    const second = await start('--port', new URL(server.url).port)
    expect(await second.ended).toEqual([2, null])
    expect([second.out(), second.err()]).toEqual(['', expect.stringMatching(/^error \[simulate_cannot_listen\]: .*another process listens there.*\n$/)])
    const began = performance.now()
    server.child.kill('SIGINT')
    expect(await server.ended).toEqual([0, null])
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS)
    expect(await hanging).toMatchObject({ failure: 'unavailable' })
  })
})
