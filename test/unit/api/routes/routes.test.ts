import { parquetReadObjects } from 'hyparquet'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import * as marketSchemas from '../../../../api/schemas/market.ts'
import * as rowSchemas from '../../../../api/schemas/row.ts'
import * as runSchemas from '../../../../api/schemas/run.ts'
import * as scannerSchemas from '../../../../api/schemas/scanner.ts'
import { row, runOf } from '../server/fake-host.ts'
import { form, testServer } from '../server/support.ts'

const SOURCE = 'export const scan = (symbol, bars) => bars.length > 3\n'

describe('scanners', () => {
  it('are uploaded as JSON: 201 for new bytes, 200 for the same again', async () => {
    const { post, host } = await testServer()
    const first = await post('/api/scanners', { filename: 'gap.js', source: SOURCE })
    expect([first.statusCode, first.json()]).toEqual([201, expect.objectContaining({ filename: 'gap.js', pattern: 'scan', version: 1 })])
    expect(first.headers.location).toBe(`/api/scanners/${first.json<{ id: string }>().id}`)
    expect(scannerSchemas.scanner.strict().safeParse(first.json()).success).toBe(true)
    expect((await post('/api/scanners', { filename: 'gap.js', source: SOURCE })).statusCode).toBe(200)
    expect(Buffer.from(host.uploads[0]!.source).toString()).toBe(SOURCE)
  })

  it('are uploaded as a form, byte by byte, and come back as they were', async () => {
    const { inject, get, host } = await testServer()
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x2f, 0x2f, 0xff, 0xfe, 0x00, 0x0d, 0x0a, 0x0d])
    const answer = await inject({ method: 'POST', url: '/api/scanners', ...form('größe "x".js', bytes) })
    expect(answer.statusCode).toBe(201)
    expect(Buffer.compare(Buffer.from(host.uploads[0]!.source), bytes)).toBe(0)
    const back = await get(`/api/scanners/${answer.json<{ id: string }>().id}/source`)
    expect(Buffer.compare(back.rawPayload, bytes)).toBe(0)
    expect(back.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', 'content-disposition': expect.stringMatching(/^attachment; filename="[\w.-]+"; filename\*=UTF-8''gr%C3%B6/) as unknown })
  })

  it('that can not run are 422 with diagnostics, in the words of the command line', async () => {
    const { post, host } = await testServer()
    host.refusal = [
      { severity: 'warning', code: 'clock_read', message: 'w', hint: 'h', line: 1, column: 1 },
      { severity: 'error', code: 'syntax_error', message: 'Syntax error: unexpected token.', hint: 'Mend it.', line: 2, column: 5 },
    ]
    const refused = await post('/api/scanners', { filename: 'gap.js', source: '(' })
    expect([refused.statusCode, refused.json()]).toEqual([422, { error: { code: 'script_refused', message: 'gap.js:2:5 Syntax error: unexpected token.', hint: 'Mend it.' }, diagnostics: host.refusal }])
    host.refusal = [{ severity: 'error', code: 'file_too_large', message: 'gap.js has 9 bytes; the limit is 8.', hint: 'Shorten it.', line: null, column: null }]
    const large = await post('/api/scanners', { filename: 'gap.js', source: '(' })
    expect([large.statusCode, large.json()]).toMatchObject([413, { error: { code: 'file_too_large', message: 'gap.js has 9 bytes; the limit is 8.' } }])
  })

  it.each([
    ['no file', { headers: { 'content-type': 'multipart/form-data; boundary=x' }, payload: '--x--\r\n' }, 400, /file/],
    ['another field', form('a.js', 'x', 'upload'), 400, /upload/],
    ['a folder in the name', form('..', 'x'), 400, /filename/],
    ['an empty name', form('', 'x'), 400, /file/],
    ['a broken form', { headers: { 'content-type': 'multipart/form-data; boundary=x' }, payload: '--x\r\nContent-Disp' }, 400, /./],
    ['no boundary', { headers: { 'content-type': 'multipart/form-data' }, payload: 'x' }, 400, /./],
    ['too large', form('a.js', 'x'.repeat(4_000)), 413, /larger/],
  ])('refuse a form with %s', async (_, options, status, message) => {
    const { inject, host } = await testServer({ maxBodyBytes: 2_000 })
    const answer = await inject({ method: 'POST', url: '/api/scanners', ...options })
    expect([answer.statusCode, answer.json<{ error: { message: string } }>().error.message]).toEqual([status, expect.stringMatching(message)])
    expect(host.uploads).toEqual([])
  })

  it('are listed, shown and hidden', async () => {
    const { get, inject, host } = await testServer()
    const list = (await get('/api/scanners?limit=5')).json<unknown>()
    expect(scannerSchemas.scannerPage.safeParse(list).success).toBe(true)
    expect((await get('/api/scanners/scanner-1')).json()).toMatchObject({ id: 'scanner-1' })
    expect((await inject({ method: 'DELETE', url: '/api/scanners/scanner-1' })).statusCode).toBe(204)
    expect(host.hidden).toEqual(['scanner-1'])
    expect((await get('/api/scanners/scanner-1')).json()).toMatchObject({ deleted: true })
    const refused = await inject({ method: 'POST', url: '/api/runs', payload: { scannerId: 'scanner-1' } })
    expect([refused.statusCode, refused.json<{ error: { code: string } }>().error.code]).toEqual([409, 'scanner_deleted'])
    expect((await get('/api/scanners/nothing')).statusCode).toBe(404)
  })
})

describe('runs', () => {
  it('start with what was asked for', async () => {
    const { post, host } = await testServer()
    const body = { scannerId: 'scanner-1', symbols: ['aapl'], dates: ['2026-11-20'], prefilter: { limit: 5 }, limits: { workers: 2 }, params: { a: [1, 'b'] }, explore: { refresh: true }, split: 'never' }
    const answer = await post('/api/runs', body)
    expect([answer.statusCode, host.submitted]).toEqual([202, [body]])
    expect(runSchemas.run.strict().safeParse(answer.json())).toMatchObject({ success: true })
    expect(answer.headers.location).toBe(`/api/runs/${answer.json<{ id: string }>().id}`)
    expect((await post('/api/runs', { scannerId: 'scanner-1', prefilter: false, explore: true })).statusCode).toBe(202)
    const greedy = await post('/api/runs', { scannerId: 'scanner-1', limits: { workers: 1_024 } })
    expect([greedy.statusCode, greedy.json()]).toMatchObject([422, { error: { code: 'limit_over_setting', message: 'limits.workers is 1024, and this server grants 4 at most.' } }])
    expect((await post('/api/runs', { scannerId: 'scanner-1', limits: { memoryMb: 1_024, timeoutMs: 1_000_000 } })).statusCode).toBe(422)
  })

  it('are listed, shown without paths, and changed', async () => {
    const { get, post, host } = await testServer()
    host.runList = [runOf({ filename: '/srv/scans/gap.js', status: 'failed', error: { code: 'journal_write_failed', message: 'The journal could not be written: open /srv/state/journal.db.', hint: 'h' } })]
    expect((await get('/api/runs?status=completed&scannerId=scanner-1')).json()).toMatchObject({ runs: [{ filename: 'gap.js' }], nextCursor: null })
    expect((await get('/api/runs/run-1')).json()).toMatchObject({ filename: 'gap.js', error: { message: 'The journal could not be written: open journal.db.' } })
    for (const change of ['pause', 'resume', 'cancel']) expect((await post(`/api/runs/run-1/${change}`)).statusCode).toBe(200)
    expect((await post('/api/runs/run-1/cancel', {})).statusCode).toBe(200)
    expect((await post('/api/runs/run-1/cancel', { now: true })).statusCode).toBe(400)
    expect(host.changes).toEqual(['pause', 'resume', 'cancel', 'cancel'])
    const replay = await post('/api/runs/run-1/replay')
    expect([replay.statusCode, replay.headers.location, replay.json()]).toMatchObject([202, '/api/runs/run-2', { id: 'run-2', replayOf: 'run-1' }])
    expect((await post('/api/runs/run-9/replay')).statusCode).toBe(404)
    const comparison = await get('/api/runs/run-2/comparison')
    expect(runSchemas.runComparison.strict().safeParse(comparison.json())).toMatchObject({ success: true, data: { rows: 2, same: 1 } })
    expect([(await get('/api/runs/run-1/comparison')).json(), (await get('/api/runs/run-9/comparison')).statusCode]).toMatchObject([{ error: { code: 'replay_none' } }, 404])
    const changes = await get('/api/runs/run-2/changes?since=run-1&by=symbol&limit=50')
    expect(runSchemas.hitComparison.strict().safeParse(changes.json())).toMatchObject({ success: true, data: { by: 'symbol', counts: { new: 1 } } })
    expect(host.queries.at(-1)).toEqual({ before: 'run-1', after: 'run-2', by: 'symbol', most: 50 })
    expect((await get('/api/runs/run-2/changes?since=run-1')).json()).toMatchObject({ by: 'row', changes: [{ kind: 'new', before: { status: 'miss' } }] })
    for (const [query, status] of [['', 400], ['?since=run-1&by=date', 400], ['?since=run-1&limit=0', 400], ['?since=run-9', 404]] as const) expect((await get(`/api/runs/run-2/changes${query}`)).statusCode).toBe(status)
    const asked = (await get('/api/runs/run-1/request')).json<object>()
    expect(asked).toEqual({ scannerId: 'scanner-1', symbols: ['AAPL'], params: { minGap: 0.05 } })
    expect((await post('/api/runs', asked)).statusCode).toBe(202)
    expect((await get('/api/runs/run-9/request')).statusCode).toBe(404)
  })

  it('give rows in pages', async () => {
    const { get, host } = await testServer()
    const answer = await get('/api/runs/run-1/rows?status=hit,miss&date=2026-11-20&limit=1')
    expect(rowSchemas.rowPage.safeParse(answer.json())).toMatchObject({ success: true })
    expect(answer.json()).toMatchObject({ rows: [{ symbol: 'AAPL' }], nextCursor: 'next' })
    expect(host.queries).toEqual([{ status: ['hit', 'miss'], date: '2026-11-20', limit: 1 }])
  })

  it('give all rows as CSV, NDJSON and Parquet, to be saved', async () => {
    const { get } = await testServer()
    const csv = await get('/api/runs/run-1/rows.csv')
    expect(csv.headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="run-1-rows.csv"' })
    expect(csv.body.split('\n').map((line) => line.split(',')[0])).toEqual(['Symbol', 'AAPL', 'MSFT', ''])
    expect(csv.body).not.toContain('Batch_ID')
    expect((await get('/api/runs/run-1/rows.csv?timings=true')).body).toContain('Batch_ID')
    expect((await get('/api/runs/run-1/rows.ndjson?status=hit')).body.trim().split('\n').map((line) => JSON.parse(line) as object)).toMatchObject([{ symbol: 'AAPL', marketSource: 'simulated:ab12' }])
    const parquet = await get('/api/runs/run-1/rows.parquet')
    const bytes = new Uint8Array(parquet.rawPayload).buffer
    expect(await parquetReadObjects({ file: bytes })).toMatchObject([{ Symbol: 'AAPL', Score: 1 }, { Symbol: 'MSFT' }])
    for (const url of ['/api/runs/none/rows.csv', '/api/runs/none/exploration.csv']) expect((await get(url)).statusCode).toBe(404)
  })

  it('give the files that the script wrote, to be saved, and no others', async () => {
    const { get, host } = await testServer()
    expect((await get('/api/runs/run-1/files')).json()).toEqual({ files: [] })
    host.home = mkdtempSync(join(tmpdir(), 'strikescan-files-'))
    onTestFinished(() => rmSync(host.home, { recursive: true, force: true }))
    mkdirSync(join(host.home, 'artifacts/run-1/out'), { recursive: true })
    writeFileSync(join(host.home, 'artifacts/run-1/out/<b>größe.html'), 'the bytes')
    host.runList = [runOf({ files: [{ path: 'out/<b>größe.html', bytes: 9 }] })]
    expect((await get('/api/runs/run-1/files')).json()).toEqual({ files: [{ path: 'out/<b>größe.html', bytes: 9 }] })
    const file = await get(`/api/runs/run-1/files/content?path=${encodeURIComponent('out/<b>größe.html')}`)
    expect([file.statusCode, file.body]).toEqual([200, 'the bytes'])
    expect(file.headers).toMatchObject({ 'content-type': 'application/octet-stream', 'x-content-type-options': 'nosniff', 'content-disposition': expect.stringMatching(/^attachment; filename="[\w.-]+";/) as unknown })
    for (const path of ['../journal.db', '%2e%2e/journal.db', '/etc/passwd', 'out', 'out/..']) {
      expect((await get(`/api/runs/run-1/files/content?path=${path}`)).statusCode).toBe(404)
    }
    expect((await get('/api/runs/run-1/files/content')).json()).toMatchObject({ error: { code: 'field_missing', message: expect.stringMatching(/path/) as unknown } })
    expect((await get('/api/runs/run-9/files')).statusCode).toBe(404)
  })

  it('give explored rows, and take strategies', async () => {
    const { get, post, host } = await testServer()
    expect((await get('/api/runs/run-1/exploration')).json()).toMatchObject({ rows: [{ ticker: 'AAPL', explorationStatus: 'Success', maxProfit: 'unlimited' }] })
    expect((await get('/api/runs/run-1/exploration.csv')).body).toMatch(/^ticker,strategy,Sampled_Expiration/)
    const body = { strategies: [{ ticker: 'AAPL', Recommended_Strategy: 'Long Call', close: 1.5, note: null }], forceFull: true }
    expect((await post('/api/explore', body)).statusCode).toBe(202)
    expect(host.explorations).toEqual([body])
    expect((await post('/api/explore', { strategies: [{ ticker: ['AAPL'] }] })).json()).toMatchObject({ error: { code: 'field_bad_value', message: expect.stringMatching(/^strategies\[0\]\.ticker: a list of 1 must be a text/) as unknown } })
  })

  it('read no faster than the client does', async () => {
    const { app, host } = await testServer()
    let read = 0
    host.rowList = (function* () {
      for (; read < 200_000; read++) yield row({ data: { text: 'x'.repeat(500) } })
    })()
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const { body } = await fetch(`${url}/api/runs/run-1/rows.ndjson`)
    const reader = body!.getReader()
    await reader.read()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(read).toBeGreaterThan(0)
    expect(read).toBeLessThan(50_000)
    await reader.cancel()
    const left = read
    await new Promise((resolve) => setTimeout(resolve, 100))
    // A client that leaves stops the reading.
    expect(read - left).toBeLessThan(1_000)
  })
})

describe('a download that fails', () => {
  const broken = function* (at: number) {
    for (let n = 0; n < at; n++) yield row({ data: 'x'.repeat(1_000) })
    throw new Error('the disk is gone')
  }

  it('is a refusal before its first byte, and breaks off after', async () => {
    const { app, host, get, lines } = await testServer()
    host.rowList = broken(0)
    const early = await get('/api/runs/run-1/rows.csv')
    expect([early.statusCode, early.headers['content-disposition'], early.json()]).toMatchObject([500, undefined, { error: { code: 'server_failed' } }])
    host.rowList = broken(5_000)
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    // Cut off, so that nobody takes it for the whole.
    await expect(fetch(`${url}/api/runs/run-1/rows.csv`).then((answer) => answer.text())).rejects.toThrow()
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    expect(lines.filter(({ level }) => level === 'error').length).toBe(1)
  })

  it('has a head of its own', async () => {
    const { inject } = await testServer()
    const head = await inject({ method: 'HEAD', url: '/api/runs/run-1/rows.csv' })
    expect([head.statusCode, head.headers['content-type'], head.body]).toEqual([200, 'text/csv; charset=utf-8', ''])
  })
})

describe('uploads', () => {
  it('beyond what can wait are refused for now', async () => {
    const { post, host } = await testServer()
    let most = 0
    let now = 0
    const held: (() => void)[] = []
    host.saveScanner = async () => {
      most = Math.max(most, ++now)
      await new Promise<void>((resolve) => held.push(resolve))
      now--
      return { scanner: host.scannerList[0]!, isNew: true, diagnostics: [] }
    }
    const answers = Array.from({ length: 80 }, (_, n) => post('/api/scanners', { filename: `${n}.js`, source: 'x' }))
    await expect.poll(() => held.length).toBe(4)
    const open = setInterval(() => held.splice(0).forEach((resolve) => resolve()), 5)
    const statuses = (await Promise.all(answers)).map(({ statusCode, headers }) => [statusCode, headers['retry-after']].join(' ').trim())
    clearInterval(open)
    expect([most, statuses.filter((status) => status === '201').length, statuses.filter((status) => status === '429 1').length]).toEqual([4, 68, 12])
  })
})

describe('the market', () => {
  it('is shown without the places of files', async () => {
    const { get, post, host } = await testServer()
    const market = await get('/api/market')
    expect(marketSchemas.market.safeParse(market.json()).success).toBe(true)
    expect(market.body).not.toContain('secret')
    expect((await get('/api/market/symbols?prefix=AA')).json()).toMatchObject({ symbols: [{ symbol: 'AAPL' }], nextCursor: null })
    expect((await get('/api/market/bars/aapl?from=2026-11-02')).json()).toMatchObject({ symbol: 'AAPL', bars: [{ date: '2026-11-20' }] })
    expect((await get('/api/market/bars/aapl?from=2026-11-02&to=2026-11-01')).json()).toMatchObject({ error: { code: 'dates_inverted' } })
    expect((await get('/api/market/chains/BRK%2FB?expiration=2026-12-18')).json()).toMatchObject({ simulated: true })
    expect(host.queries.at(-1)).toEqual({ symbol: 'BRK/B', expiration: '2026-12-18' })
    expect((await post('/api/prefilter/preview', { universe: 'all', prefilter: { limit: 5 } })).json()).toMatchObject({ kept: ['AAPL'], funnel: { in: 2 } })
  })
})

describe('operators', () => {
  it('see whether the server lives and is ready', async () => {
    const { get, host } = await testServer()
    expect((await get('/healthz')).json()).toEqual({ status: 'ok' })
    expect((await get('/readyz')).json()).toMatchObject({ ready: true, workers: 1 })
    host.stateNow = { ...host.stateNow, draining: true }
    expect([(await get('/readyz')).statusCode, (await get('/healthz')).statusCode]).toEqual([503, 200])
  })

  it('see counts in the format of Prometheus, with labels of a few values', async () => {
    const { get, inject, host } = await testServer()
    for (const observer of host.observers) {
      observer.runStarted?.(runOf(), 250)
      observer.runEnded?.(runOf({ status: 'paused', ledger: { ...runOf().ledger, detected: 9, hit: 9 } }), 100)
      observer.runEnded?.(runOf({ ledger: { ...runOf().ledger, detected: 3, hit: 2, outOfMemory: 1 } }), 2_000)
      observer.workerKilled?.('memory')
    }
    for (let n = 0; n < 20; n++) await get(`/api/runs/run-${n}`)
    for (let n = 0; n < 20; n++) await get(`/nothing/${n}`)
    await inject({ method: 'PROPFIND' as 'GET', url: '/api/runs' })
    const { body, headers } = await get('/metrics')
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    for (const line of [
      'strikescan_run_queue_seconds_sum 0.25', 'strikescan_run_seconds_sum{status="completed"} 2', 'strikescan_rows_total{status="hit"} 2', 'strikescan_rows_total{status="out_of_memory"} 1',
      'strikescan_worker_kills_total{cause="memory"} 1', 'strikescan_worker_kills_total{cause="lost"} 0', 'strikescan_workers_resident_bytes 1000', 'strikescan_watchers{kind="websocket"} 0',
      'strikescan_http_request_seconds_count{method="GET",route="/api/runs/:id",status="4xx"} 19', 'strikescan_http_request_seconds_count{method="GET",route="none",status="4xx"} 20',
    ]) expect(body.split('\n')).toContain(line)
    expect(body).toMatch(/strikescan_http_request_seconds_count\{method="\w+",route="none",status="4xx"\} 1\n/)
    expect(body.split('\n').length).toBeLessThan(450)
  })
})
