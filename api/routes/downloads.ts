import type { FastifyReply } from 'fastify'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'

import { encodeRows } from '../../runtime/host.ts'

export const FILE_FORMATS = ['csv', 'parquet', 'ndjson'] as const
type FileFormat = (typeof FILE_FORMATS)[number] & Parameters<typeof encodeRows>[0]

const TYPES: Record<FileFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
  ndjson: 'application/x-ndjson; charset=utf-8',
}

export const mediaType = (format: FileFormat): string => TYPES[format].split(';')[0]!

/** Sends a file as it is made: no faster than the client reads, and with a turn for everybody else after each piece. */
export function sendFile(reply: FastifyReply, file: { name: string; format: FileFormat; pieces: AsyncGenerator<Uint8Array> }): FastifyReply {
  return reply
    .header('Content-Type', TYPES[file.format])
    .header('Content-Disposition', attachment(`${file.name}.${file.format}`))
    .send(Readable.from(withPauses(file.pieces), { objectMode: false, highWaterMark: 65_536 }))
}

async function* withPauses(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece
    await nextTurn()
  }
}

/** A `Content-Disposition` that saves under a name, whatever the name holds: RFC 6266 and RFC 8187. */
export function attachment(name: string): string {
  const plain = name.replaceAll(/[^\w.-]+/g, '_').replace(/^\.+/, '_').slice(-150)
  if (plain === name) return `attachment; filename="${plain}"`
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
