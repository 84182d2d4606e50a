import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import { runCommandLine } from '../../../../api/cli/main.ts'
import { loadRuntime } from '../../../../api/cli/runtime-door.ts'
import type { Terminal } from '../../../../api/cli/terminal.ts'
import { StrikescanError } from '../../../../runtime/errors/strikescan-error.ts'
import { FakeServerHost, row } from '../server/fake-host.ts'
import { FakeSink } from './fake-terminal.ts'

const newHome = (): string => join(mkdtempSync(join(tmpdir(), 'strikescan-serve-')), 'state')

/** The command over a fake host; resolves once it listens, or is over. */
async function start(args: string[], options: { host?: FakeServerHost; env?: Record<string, string>; home?: string } = {}) {
  const host = options.host ?? new FakeServerHost()
  const out = new FakeSink()
  const err = new FakeSink()
  const listeners: (() => void)[] = []
  const exits: number[] = []
  const terminal: Terminal = {
    out, err, env: options.env ?? {}, cwd: tmpdir(), now: () => 0,
    onInterrupt(listener) {
      listeners.push(listener)
      return () => {}
    },
    exit: (code) => void exits.push(code),
    runtime: async () => ({ ...(await loadRuntime()), openHost: async () => host as never }),
  }
  const done = runCommandLine(['serve', '--home', options.home ?? newHome(), ...args], terminal)
  let isOver = false
  void done.then(() => (isOver = true))
  while (!isOver && out.text === '') await new Promise((resolve) => setTimeout(resolve, 5))
  const interrupt = (): void => listeners.at(-1)?.()
  onTestFinished(async () => {
    interrupt()
    await done
  })
  return { host, out, err, done, exits, interrupt, url: out.text.replace('listening on ', '').trim() }
}

describe('strikescan serve', () => {
  it('prints one line once it answers, and drains at an interrupt', async () => {
    const server = await start(['--port', '0'])
    expect(server.out.text).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n$/)
    expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'ok' })
    server.interrupt()
    expect(await server.done).toBe(0)
    expect([server.host.drained, server.host.closed, server.out.text.split('\n').length]).toEqual([[9_000], true, 2])
    for (const line of server.err.text.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) as unknown, time: expect.any(String) as unknown })
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
  })

  it('ends within the drain time although runs hang, and at once at a second interrupt', async () => {
    const host = new FakeServerHost()
    const drained: number[] = []
    host.drain = (ms) => {
      drained.push(ms)
      return new Promise(() => {})
    }
    const server = await start(['--port', '0', '--set', 'server.drainMs=300'], { host })
    server.interrupt()
    server.interrupt()
    expect(server.exits).toEqual([130])
    const began = performance.now()
    expect(await server.done).toBe(0)
    // Half of the time that it would take unless told otherwise: a machine that has much to do adds to the 300.
    expect([drained, performance.now() - began < 5_000]).toEqual([[240], true])
  })

  it('lets a download end that is under way, and waits no longer than for that', async () => {
    const host = new FakeServerHost()
    host.rowList = (function* () {
      for (let n = 0; n < 20_000; n++) yield row({ data: 'x'.repeat(500) })
    })()
    const server = await start(['--port', '0', '--set', 'server.drainMs=60000'], { host })
    const answer = await fetch(`${server.url}/api/runs/run-1/rows.ndjson`)
    server.interrupt()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await answer.text()).split('\n')).toHaveLength(20_001)
    expect(await server.done).toBe(0)
  })

  it('uploads the examples and runs one over a new state folder, and over no other', async () => {
    const home = newHome()
    const fresh = await start(['--port', '0'], { home })
    await expect.poll(() => fresh.host.submitted).toMatchObject([{ universe: 'all' }])
    expect(fresh.host.uploads.map(({ filename }) => filename)).toEqual(expect.arrayContaining(['gap-and-go.ts', 'rsi-reversal.js', 'bollinger-squeeze.cjs']))
    expect(fresh.host.runList[0]?.status).toBe('queued')

    mkdirSync(home)
    writeFileSync(join(home, 'journal.db'), '')
    for (const [args, options] of [[[], { home }], [['--no-examples'], {}], [[], { env: { STRIKESCAN_SERVER_EXAMPLES: 'never' } }]] as const) {
      const server = await start(['--port', '0', ...args], options)
      await fetch(`${server.url}/healthz`)
      expect(server.host.uploads).toEqual([])
    }
  })

  it('tells in one line why it does not start', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void taken.close())
    await new Promise((resolve) => taken.once('listening', resolve))
    const port = String((taken.address() as AddressInfo).port)
    const unwritable = new FakeServerHost()
    unwritable.recover = () => {
      throw new StrikescanError('home_disk_full', { home: 'state' })
    }
    for (const [args, message, host] of [
      [['--port', port], /^error \[server_cannot_listen\]: .*another process listens there/],
      [['--port', '70000'], /^error \[config_bad_value\]: --port: "70000" is no value for server\.port, which must be a whole number from 0 to 65535/],
      [['--host', '0.0.0.0'], /^error \[server_token_needed\]/],
      [['--host', '::'], /^error \[server_token_needed\]/],
      [['--host', '0.0.0.0', '--token', 'short'], /^error \[server_token_weak\]/],
      [['--token', 'with blank'], /^error \[config_bad_value\]: --token: "\*\*\*" is no value/],
      [['--host', 'no.such.host.invalid', '--token', 'x'.repeat(20)], /^error \[server_cannot_listen\]/],
      [['--log-level', 'loud'], /^error \[config_bad_value\]: --log-level/],
      [['--port', '0'], /^error \[home_disk_full\]/, unwritable],
    ] as [string[], RegExp, FakeServerHost?][]) {
      const server = await start([...args, '--set', 'server.logLevel=silent'].slice(0, args.includes('--log-level') ? args.length : undefined), host === undefined ? {} : { host })
      expect([args, await server.done, server.out.text]).toEqual([args, host === undefined ? 2 : 1, ''])
      expect(server.err.text).toMatch(message)
      expect(server.err.text.trim().split('\n')).toHaveLength(1)
    }
  })

  it('keeps the token to itself', async () => {
    const server = await start(['--port', '0', '--set', 'server.logLevel=trace'], { env: { STRIKESCAN_SERVER_TOKEN: 'a-token-of-some-length' } })
    expect((await fetch(`${server.url}/api/runs`)).status).toBe(401)
    expect((await fetch(`${server.url}/api/runs`, { headers: { authorization: 'Bearer a-token-of-some-length' } })).status).toBe(200)
    expect(server.err.text).not.toContain('a-token')
  })
})
