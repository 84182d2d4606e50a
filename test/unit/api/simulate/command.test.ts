import { describe, expect, it } from 'vitest'

import { loadRuntime } from '../../../../api/cli/runtime-door.ts'
import { runCommandLine } from '../../../../api/cli/main.ts'
import { ownTime } from '../../../own-time.ts'
import { FakeSink } from '../cli/fake-terminal.ts'
import { ask, serve } from './support.ts'
import { fakeMarket } from './fake-market.ts'

/** Runs `simulate` over the fake market; `whileServing` gets the address, then an interrupt comes. */
async function simulate(args: string, whileServing: (url: string) => Promise<unknown> = async () => {}): Promise<{ code: number; out: string; err: string; closingMs: number }> {
  const [out, err] = [new FakeSink(), new FakeSink()]
  let interrupt = (): void => {}
  let interruptedAt = 0
  const code = runCommandLine(['simulate', ...args.split(' ').filter((arg) => arg !== '')], {
    out, err, env: {}, cwd: '.', now: () => 0, exit: () => {},
    onInterrupt: (listener) => {
      interrupt = listener
      return () => {}
    },
    runtime: async () => ({ ...(await loadRuntime()), openHost: () => Promise.reject(new Error('no state folder is needed')), openSimulatedOptions: async () => fakeMarket() }),
  })
  const url = (async () => {
    for (;;) {
      const told = /^listening on (http\S+)\n$/.exec(out.text)?.[1]
      if (told !== undefined) return told
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  const first = await Promise.race([code, url])
  if (typeof first === 'string') {
    await whileServing(first)
    interruptedAt = ownTime()
    interrupt()
  }
  return { code: await code, out: out.text, err: err.text, closingMs: ownTime() - interruptedAt }
}

describe('strikescan simulate', () => {
  it('says where it answers, on one line, and ends well when interrupted', async () => {
    const seen: unknown[] = []
    const { code, out, err, closingMs } = await simulate('--port 0', async (url) => {
      const response = await ask(`${url}/v1/markets/options/expirations?symbol=ONE&includeAllRoots=true`)
      seen.push(await response.json(), response.headers.get('X-Ratelimit-Allowed'), new URL(url).hostname)
    })
    expect(seen).toEqual([{ expirations: { date: '2026-12-18' } }, '120', '127.0.0.1'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n$/)
    expect(closingMs).toBeLessThan(1_000)
  })

  it('does as its options say', async () => {
    const seen: unknown[] = []
    await simulate('--port 0 --host localhost --rate 0 --latency-ms 20 --token key --faults 500@ONE=1 --seed 9', async (url) => {
      const headers = { authorization: 'Bearer key' }
      const began = performance.now()
      const response = await ask(`${url}/v1/markets/options/expirations?symbol=ONE`, { headers })
      seen.push(response.status, response.headers.get('X-Ratelimit-Allowed'), performance.now() - began > 15, (await ask(`${url}/v1/markets/clock`)).status)
    })
    expect(seen).toEqual([500, null, true, 401])
  })

  it.each([
    ['--port 70000', /--port: "70000" must be a whole number from 0 to 65535/], ['--port x', /--port/], ['--port -1', /--port/], ['--rate 1.5', /--rate/], ['--latency-ms 1e9', /--latency-ms/], ['--seed 99999999999', /--seed/],
    ['--token ä', /--token/], ['--faults htlm=1', /--faults: "htlm" must be one of/], ['--faults html', /--faults/], ['--port 0 --host 203.0.113.7', /no such address/], ['--colour', /unknown option/], ['extra', /too many arguments/],
  ])('refuses %s in one line', async (args, message) => {
    const { code, out, err } = await simulate(args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(message)
    expect(err.trim().split('\n')).toHaveLength(1)
  })

  it('says that a port is taken', async () => {
    const { url } = await serve()
    const { code, err } = await simulate(`--port ${new URL(url).port}`)
    expect([code, err.trim()]).toEqual([2, `error [simulate_cannot_listen]: The simulated market cannot listen on port ${new URL(url).port} of 127.0.0.1: another process listens there. End that process, or choose another port with --port (0 takes any that is free).`])
  })
})
