import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openHost, type Row, type Run, type RunEvent, type RunRequest } from '../../../runtime/host.ts'

type Host = Awaited<ReturnType<typeof openHost>>

/** What a hosted run came to, as its user sees it. */
export interface Hosted {
  id: string
  run: Run
  rows: Row[]
  logs: { level: string; symbol: string | null; text: string }[]
}

export type HostedRequest = Omit<RunRequest, 'filename' | 'source'> & { filename?: string }

/** A state folder of its own, with the runtime's only door open on it. */
export interface TestHost {
  readonly host: Host
  readonly home: string
  run(source: string | Uint8Array, request?: HostedRequest): Promise<Hosted>
  close(): Promise<void>
}

/**
 * A host over a simulated market of a few symbols, in a folder that `close` removes. Its runs have one worker each unless
 * they ask for more: to start a second one takes longer than most of them.
 */
export async function openTestHost(overrides: Record<string, unknown> = {}): Promise<TestHost> {
  const home = mkdtempSync(join(tmpdir(), 'strikescan-test-'))
  const host = await openHost({ home, env: {}, overrides: { 'market.simulatedSymbols': 60, ...overrides } })
  return {
    host,
    home,
    run: async (source, { filename = 'scan.js', limits, ...request } = {}) => {
      const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source
      const handle = host.startRun({ prefilter: false, ...request, limits: { workers: 1, ...limits }, filename, source: bytes })
      const run = await handle.done
      const logs = [...host.events(handle.id)].filter((event): event is Extract<RunEvent, { type: 'log' }> => event.type === 'log')
      return { id: handle.id, run, rows: [...host.rows(handle.id)], logs: logs.map(({ level, symbol, text }) => ({ level, symbol, text })) }
    },
    close: async () => {
      await host.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Works through the items, two at a time; results in their order. */
export async function inPairs<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(items[index]!)
    }
  }
  await Promise.all([lane(), lane()])
  return results
}
