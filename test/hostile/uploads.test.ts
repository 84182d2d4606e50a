import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startServer, type TestServer } from '../integration/support/server.ts'
import { describeUploads, type Answer } from './support/upload-suite.ts'
import { NAMES } from './support/hostile-uploads.ts'

const home = mkdtempSync(join(tmpdir(), 'strikescan-uploads-'))
let server: TestServer
beforeAll(async () => void (server = await startServer(home, ['--set', 'server.requestsPerMinute=0', '--set', 'server.examples=never'])))
afterAll(async () => {
  server.child.kill('SIGTERM')
  await server.ended
  rmSync(home, { recursive: true, force: true })
})

async function upload(name: string, bytes: Uint8Array): Promise<Answer & { filename: string | null }> {
  const form = new FormData()
  form.append('file', new Blob([Buffer.from(bytes)]), name)
  const answer = await fetch(`${server.url}/api/scanners`, { method: 'POST', body: form })
  const body = (await answer.json()) as { filename?: string; error?: { code: string; message: string; hint: string }; diagnostics?: { severity: string; code: string }[] }
  const codes = (body.diagnostics ?? []).filter(({ severity }) => severity === 'error').map(({ code }) => code)
  return { status: answer.status, codes: body.error !== undefined && codes.length === 0 ? [body.error.code] : codes, filename: body.filename ?? null }
}

describeUploads(upload, () => server.get<{ scanners: unknown[] }>('/api/scanners').then(({ scanners }) => scanners.length))

describe('is a name and no path: a file called', () => {
  it.each(NAMES.map((name, at) => [JSON.stringify(name).slice(0, 40), name, at] as const))('%s', async (_, name, at) => {
    const source = `export const scan = () => ${at}`
    const form = await upload(name, Buffer.from(source))
    const { status, body } = await server.post<{ id: string; filename: string }>('/api/scanners', { filename: name, source })
    for (const each of [form.status, status]) expect([200, 201, 400]).toContain(each)
    if (form.filename !== null) expect(form.filename).not.toMatch(/[/\\]|\p{Cc}/u)
    if (status === 400) return
    expect(body.filename).not.toMatch(/[/\\]|\p{Cc}/u)
    const { headers } = await fetch(`${server.url}/api/scanners/${body.id}/source`)
    expect(headers.get('x-injected')).toBeNull()
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+"(; filename\*=UTF-8''[\w.%!'()*~-]+)?$/)
  })
})

describe('is refused as what it is: a body', () => {
  const post = (body: string): Promise<Response> => fetch(`${server.url}/api/scanners`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })

  it.each([
    ['with a prototype', '{"__proto__":{"filename":"a.js","source":"x"}}'],
    ['with a constructor', '{"constructor":{"prototype":{"filename":"a.js"}},"filename":"a.js","source":"export const scan = () => 1"}'],
    ['nested a hundred thousand deep', '['.repeat(100_000)],
    ['of the wrong kinds', '{"filename":["a.js"],"source":{"length":5}}'],
    ['with numbers for texts', '{"filename":1e999,"source":-0}'],
  ])('%s', async (_, body) => {
    const answer = await post(body)
    expect(answer.status).toBe(400)
    expect(((await answer.json()) as { error: { code: string } }).error.code).toMatch(/^[a-z_]+$/)
  })

  it('of a form with ten thousand fields', async () => {
    const form = new FormData()
    for (let at = 0; at < 10_000; at++) form.append(`field${at}`, 'x')
    // The answer comes, and the connection ends, before all of it is read.
    const status = await fetch(`${server.url}/api/scanners`, { method: 'POST', body: form }).then((answer) => answer.status, () => 400)
    expect(status).toBe(400)
  })

  it('and the server is as well as before', async () => {
    expect(await server.get('/healthz')).toBeTruthy()
    expect(server.err()).not.toMatch(/uncaught|TypeError|internal_error/i)
  })
})
