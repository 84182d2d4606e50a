import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import type { Run } from '../../runtime/host.ts'
import { footprint, openFiles, type Footprint } from './support/process-tree.ts'
import { startServer, type TestServer } from './support/server.ts'
import { HONEST, HOSTILE } from './support/soak-scanners.ts'
import { StreamWatcher } from './support/watching.ts'

const RUNS = Number(process.env.SOAK_RUNS ?? 2_000)
/** Runs after which everything that is made once, and kept, is there. */
const WARM_UP = Math.max(30, Math.round(RUNS / 10))
const AT_ONCE = 4
/** Looks in a row, half a second apart, that must find the same before it counts as settled. */
const CALM_LOOKS = 12
const SYMBOLS = ['AAPL', 'MSFT', 'SPY', 'QQQ', 'NVDA', 'NONE']
/** Resident memory that may come on top of that after the warm-up: caches fill (the journal's pages and its rows, 32 MB each, events, 16 MB), and a heap breathes. */
const GROWTH_MB = 128
/** Connections of this client that have not ended yet: they come and go, while one lost per run would be hundreds. */
const IDLE_CONNECTIONS = 3

const SETTINGS = {
  'market.simulatedSymbols': 60, 'workers.count': 2, 'limits.symbolTimeoutMs': 400, 'limits.memoryMb': 256, 'limits.timeoutMs': 20_000, 'memory.softMb': 700,
  'server.requestsPerMinute': 0, 'server.logLevel': 'fatal', 'server.examples': 'never', 'log.maxLines': 1_000,
}

/** The journal, and what is remembered of each script that was ever uploaded. */
const KEPT = /^(journal\.db|cache\/intake\/)/

const folder = mkdtempSync(join(tmpdir(), 'strikescan-soak-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Measured extends Footprint {
  /** Files of the temporary folder, and of the state folder beside the journal. */
  files: string[]
}

async function upload(server: TestServer, filename: string, source: string): Promise<string | null> {
  const { status, body } = await server.post<{ id: string }>('/api/scanners', { filename, source })
  return status < 300 ? body.id : null
}

/** What the server holds once nothing is under way. */
async function measure(server: TestServer, home: string, temporary: string): Promise<Measured> {
  let last: Measured | null = null
  const ends = performance.now() + 60_000
  // Processes that stand by are started again a moment after they were taken, and idle connections of this client end after some seconds.
  for (let calm = 0; calm < CALM_LOOKS && performance.now() < ends; ) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    const files = [...readdirSync(temporary, { recursive: true, encoding: 'utf8' }), ...readdirSync(home, { recursive: true, encoding: 'utf8' })].filter((name) => !KEPT.test(name)).map((name) => name.replace(/-\w{6}$/, '-…')).sort()
    const now = { ...footprint(server.child.pid!), files }
    calm = last !== null && last.processes === now.processes && last.descriptors === now.descriptors ? calm + 1 : 0
    last = now
  }
  return last!
}

const short = ({ files, ...rest }: Measured) => JSON.stringify({ ...rest, files: files.length })

describe.skipIf(process.platform !== 'linux')('a server that is used for long', () => {
  it(`ends ${RUNS} honest and hostile runs where it began`, async () => {
    const [home, temporary] = ['home', 'temporary'].map((name) => join(folder, name)) as [string, string]
    for (const path of [home, temporary]) mkdirSync(path)
    const settings = Object.entries(SETTINGS).flatMap(([key, value]) => ['--set', `${key}=${value}`])
    const server = await startServer(home, settings, { TMPDIR: temporary })
    expect(server.url, server.err()).toMatch(/^http/)
    try {
      const scanners: { name: string; id: string; isHonest: boolean }[] = []
      for (const [set, isHonest] of [[HONEST, true], [HOSTILE, false]] as const) {
        for (const [name, source] of Object.entries(set)) {
          const id = await upload(server, name, source)
          expect(id === null, `${name} is refused`).toBe(name === 'broken.js')
          if (id !== null) scanners.push({ name, id, isHonest })
        }
      }
      const digests = new Map<string, Set<string>>()
      const ends = new Map<string, number>()
      const workOff = async (from: number, to: number): Promise<void> => {
        let next = from
        const lane = async (): Promise<void> => {
          while (next < to) {
            const place = next++
            // Every other run is an honest one.
            const kind = scanners.filter(({ isHonest }) => isHonest === (place % 2 === 0))
            const { id, name, isHonest } = kind[Math.floor(place / 2) % kind.length]!
            // A version of its own now and then: what is kept of scanners must not grow with them.
            if (place % 10 === 9) await upload(server, `once-${place}.js`, `// ${place}\n${HONEST['scan.js']}`)
            if (place % 10 === 4) await upload(server, `bad-${place}.js`, `// ${place}\n${HOSTILE['broken.js']}`)
            const { status, body } = await server.post<Run>('/api/runs', { scannerId: id, symbols: SYMBOLS, prefilter: false, limits: { workers: 1 } })
            expect(status, JSON.stringify(body)).toBe(202)
            const { run } = await new StreamWatcher(() => server.url, body.id).ended
            ends.set(`${name} ${run.status}`, (ends.get(`${name} ${run.status}`) ?? 0) + 1)
            const [rows, lines] = await Promise.all(['csv', 'ndjson'].map(async (format) => (await fetch(`${server.url}/api/runs/${run.id}/rows.${format}`)).text()))
            if (run.ledger.detected > 0) expect(lines!.trimEnd().split('\n'), name).toHaveLength(SYMBOLS.length)
            if (!isHonest) continue
            expect(run.status, `${name}: ${run.error?.message}`).toBe('completed')
            digests.set(name, (digests.get(name) ?? new Set()).add(createHash('sha256').update(rows!).digest('hex')))
          }
        }
        await Promise.all(Array.from({ length: AT_ONCE }, lane))
      }
      const started = performance.now()
      await workOff(0, WARM_UP)
      const before = await measure(server, home, temporary)
      const seen = [before]
      for (let quarter = 1; quarter <= 4; quarter++) {
        await workOff(WARM_UP + Math.round(((RUNS - WARM_UP) * (quarter - 1)) / 4), WARM_UP + Math.round(((RUNS - WARM_UP) * quarter) / 4))
        seen.push(await measure(server, home, temporary))
      }
      console.log(`${RUNS} runs in ${Math.round((performance.now() - started) / 1_000)} s\n${seen.map(short).join('\n')}\n${[...ends].map(([name, count]) => `${name}: ${count}`).join(', ')}`)
      const after = seen.at(-1)!
      expect([...digests].filter(([, found]) => found.size !== 1).map(([name]) => name)).toEqual([])
      expect(after.processes).toBeLessThanOrEqual(before.processes)
      expect(after.descriptors, openFiles(server.child.pid!).join('\n')).toBeLessThanOrEqual(before.descriptors + IDLE_CONNECTIONS)
      expect(after.files).toEqual(before.files)
      expect(after.residentMb).toBeLessThan(before.residentMb + GROWTH_MB)
    } finally {
      server.child.kill('SIGTERM')
      expect(await server.ended).toEqual([0, null])
    }
    expect(readdirSync(temporary)).toEqual([])
  }, 3_600_000)
})
