import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { market } from '../../api/schemas/market.ts'
import { rowPage } from '../../api/schemas/row.ts'
import { run as runSchema } from '../../api/schemas/run.ts'
import { scanner } from '../../api/schemas/scanner.ts'
import type { ServerHost } from '../../api/server/server-host.ts'
import type { Host, IntakeReport, Run } from '../../runtime/host.ts'
import { malformed, type Description } from '../unit/api/server/malformed.ts'
import { command } from './support/command-line.ts'
import { sendRaw, startServer, type TestServer } from './support/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'strikescan-http-'))
const home = join(folder, 'state')
const EXAMPLE = fileURLToPath(new URL('../../examples/rsi-reversal.js', import.meta.url))
const MALFORMED = process.env['TEST_LONG'] === '1' ? 10_000 : 300

let server: TestServer
beforeAll(async () => {
  server = await startServer(home, ['--no-examples', '--set', 'server.requestsPerMinute=0'])
})
afterAll(async () => {
  server.child.kill('SIGKILL')
  await server.ended
  rmSync(folder, { recursive: true, force: true })
})

async function ended(on: TestServer, id: string): Promise<Run> {
  for (;;) {
    const run = await on.get<Run>(`/api/runs/${id}`)
    if (run.status !== 'queued' && run.status !== 'running') return run
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('strikescan serve as a process', () => {
  // Checked by the compiler: the command takes the runtime's host for one that can be served.
  void ((host: Host): ServerHost => host)

  let runId = ''

  it('takes a script, runs it, and gives the same bytes as the command line', async () => {
    expect(server.out()).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n$/)
    const source = readFileSync(EXAMPLE, 'utf8')
    const upload = await server.post<IntakeReport & { id: string }>('/api/scanners', { filename: 'rsi-reversal.js', source })
    expect([upload.status, upload.body]).toMatchObject([201, { filename: 'rsi-reversal.js', version: 1 }])
    expect(await (await fetch(`${server.url}/api/scanners/${upload.body.id}/source`)).text()).toBe(source)
    const form = new FormData()
    form.set('file', new Blob([source]), 'rsi-reversal.js')
    expect((await fetch(`${server.url}/api/scanners`, { method: 'POST', body: form })).status).toBe(200)

    const started = await server.post<Run>('/api/runs', { scannerId: upload.body.id, universe: 'all', prefilter: false })
    expect([started.status, started.body.scannerId]).toEqual([202, upload.body.id])
    runId = started.body.id
    const run = await ended(server, runId)
    expect(run).toMatchObject({ status: 'completed', percent: 100, market: { simulated: true }, ledger: { detected: 60 } })
    expect(runSchema.strict().safeParse(run)).toMatchObject({ success: true })
    expect(scanner.strict().safeParse(upload.body)).toMatchObject({ success: true })
    const { rows } = await server.get<{ rows: object[] }>(`/api/runs/${runId}/rows?limit=1000`)
    expect(rowPage.safeParse({ rows, nextCursor: null })).toMatchObject({ success: true })
    expect(rows).toHaveLength(60)

    const csv = join(folder, 'rows.csv')
    const parquet = join(folder, 'rows.parquet')
    const byCommand = await command(['run', EXAMPLE, '--universe', 'all', '--no-prefilter', '--home', join(folder, 'other'), '--set', 'market.simulatedSymbols=60', '--out', csv, '--out', parquet])
    expect(byCommand.code).toBe(0)
    for (const [file, end] of [[csv, 'csv'], [parquet, 'parquet']] as const) {
      const downloaded = Buffer.from(await (await fetch(`${server.url}/api/runs/${runId}/rows.${end}`)).arrayBuffer())
      expect(downloaded.equals(readFileSync(file))).toBe(true)
    }
  })

  it('goes through all pages of rows without losing or repeating one', async () => {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: { rows: { symbol: string }[]; nextCursor: string | null } = await server.get(`/api/runs/${runId}/rows?limit=7${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)
      seen.push(...page.rows.map(({ symbol }) => symbol))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect([seen.length, new Set(seen).size]).toEqual([60, 60])
  })

  it('refuses a script that can not run, as the command line does', async () => {
    const refused = await server.post<{ error: { code: string; message: string }; diagnostics: object[] }>('/api/scanners', { filename: 'broken.js', source: 'const = 1' })
    expect([refused.status, refused.body.error.code]).toEqual([422, 'script_refused'])
    expect(refused.body.diagnostics.length).toBeGreaterThan(0)
    expect((await server.get<{ scanners: object[] }>('/api/scanners')).scanners).toHaveLength(1)
  })

  it('shows the market, previews the prefilter and explores strategies', async () => {
    const { symbols } = await server.get<{ symbols: { symbol: string }[] }>('/api/market/symbols?limit=3')
    const { symbol } = symbols[0]!
    expect(market.strict().safeParse(await server.get('/api/market'))).toMatchObject({ success: true })
    expect((await server.get<{ bars: object[] }>(`/api/market/bars/${symbol}`)).bars.length).toBeGreaterThan(100)
    expect((await server.post<{ funnel: { in: number } }>('/api/prefilter/preview', { universe: 'all' })).body.funnel.in).toBe(60)
    const explored = await server.post<Run>('/api/explore', { strategies: [{ ticker: symbol, strategy: 'Long Call' }, { ticker: symbol, strategy: 'No Such Thing', note: 'kept' }] })
    expect(explored.status).toBe(202)
    expect(await ended(server, explored.body.id)).toMatchObject({ status: 'completed', explore: { rows: 2 } })
    const { rows } = await server.get<{ rows: object[] }>(`/api/runs/${explored.body.id}/exploration`)
    expect(rows).toMatchObject([{ ticker: symbol }, { ticker: symbol, note: 'kept', explorationStatus: 'Evaluation_Error' }])
    expect((await (await fetch(`${server.url}/api/runs/${explored.body.id}/exploration.csv`)).text()).split('\n')).toHaveLength(4)
  })

  it(`answers ${MALFORMED} malformed requests without one fault of its own, and lives`, async () => {
    const description = await server.get<Description>('/openapi.json')
    const statuses = new Map<number, number>()
    for (const one of malformed(description, 4, MALFORMED)) {
      const { status, text } = await sendRaw(server.url, one)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      expect(status, `${one.method} ${one.url} ${JSON.stringify(one.headers)} ${String(one.body).slice(0, 300)}\n${text.slice(0, 300)}`).toBeLessThan(500)
    }
    expect(statuses.get(400)).toBeGreaterThan(MALFORMED / 10)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    expect(server.err()).not.toMatch(/"level":"(error|fatal)"/)
  })

  it('drains at SIGTERM, exits 0, and knows everything at the next start', async () => {
    const began = performance.now()
    server.child.kill('SIGTERM')
    expect(await server.ended).toEqual([0, null])
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(server.out().split('\n')).toHaveLength(2)
    server = await startServer(home)
    expect((await server.get<Run>(`/api/runs/${runId}`)).status).toBe('completed')
    // The folder was used before: no examples.
    expect((await server.get<{ scanners: object[] }>('/api/scanners')).scanners.length).toBeLessThan(6)
  })

  it('shows an example, run, over a new state folder', async () => {
    const fresh = await startServer(join(folder, 'fresh'))
    try {
      await expect.poll(async () => (await fresh.get<{ runs: Run[] }>('/api/runs')).runs.length, { timeout: 20_000 }).toBe(1)
      const { runs } = await fresh.get<{ runs: Run[] }>('/api/runs')
      expect(await ended(fresh, runs[0]!.id)).toMatchObject({ status: 'completed', filename: 'rsi-reversal.js' })
      await expect.poll(async () => (await fresh.get<{ scanners: object[] }>('/api/scanners')).scanners.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(6)
    } finally {
      fresh.child.kill('SIGTERM')
      expect(await fresh.ended).toEqual([0, null])
    }
  })

  it('tells of a port that is taken in one line', async () => {
    const second = await startServer(join(folder, 'second'), ['--port', new URL(server.url).port, '--log-level', 'silent'])
    expect(await second.ended).toEqual([2, null])
    expect([second.out(), second.err()]).toEqual(['', expect.stringMatching(/^error \[server_cannot_listen\]: [^\n]+\n$/)])
  })
})
