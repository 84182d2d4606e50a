import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { onTestFinished } from 'vitest'

import { buildApp } from '../../../../api/server/app.ts'
import { newLogger } from '../../../../api/server/logging.ts'
import { serverSettings, type ServerSettings } from '../../../../api/server/settings.ts'
import { FakeServerHost, settingsOf } from './fake-host.ts'

export const TOKEN = 'a-token-of-some-length'

/** A server over a fake host that answers injected requests; `lines` is its log. */
export async function testServer(settings: Partial<ServerSettings> = {}, host = new FakeServerHost()) {
  const lines: Record<string, unknown>[] = []
  const logger = newLogger('trace', { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) })
  const app = await buildApp({ host, settings: { ...serverSettings(settingsOf()), requestsPerMinute: null, ...settings }, logger, version: '1.2.3' })
  onTestFinished(() => app.close())
  await app.ready()
  const inject = (options: InjectOptions): Promise<LightMyRequestResponse> => app.inject({ ...options, headers: { host: '127.0.0.1:7070', ...options.headers } })
  return {
    app, host, lines, inject,
    get: (url: string, headers: Record<string, string> = {}) => inject({ method: 'GET', url, headers }),
    post: (url: string, body?: object, headers: Record<string, string> = {}) => inject({ method: 'POST', url, headers, ...(body !== undefined && { payload: body }) }),
  }
}

/** A form with one file. */
export function form(filename: string, bytes: Uint8Array | string, field = 'file') {
  const boundary = 'xxBOUNDARYxx'
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`
  return { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, payload: Buffer.concat([Buffer.from(head), Buffer.from(bytes as string), Buffer.from(`\r\n--${boundary}--\r\n`)]) }
}
