/*
 * A process of watchers: node watchers.ts PORT PATH COUNT STALLED. The first STALLED of them read nothing until the others
 * have seen the run's end. Says when all are connected, and at the end what they saw.
 */
import { connect, type Socket } from 'node:net'

const KEY = Buffer.alloc(16).toString('base64')
/** Where a message stops being looked at: behind its numbers and its instant. */
const HEAD_BYTES = 160
const CONNECT_AT_ONCE = 50

export interface WatchersResult {
  messages: number
  bytes: number
  /** Messages whose number did not follow the one before. */
  gaps: number
  /** From an event's instant to its arrival. */
  p50Ms: number
  p99Ms: number
  mostMs: number
  /** What those saw that had stalled: the last number, and how many messages it took. */
  stalled: { lastSeq: number; messages: number; gaps: number }[]
  lastSeqs: number
  cpuMs: number
}

/** Arrivals by whole milliseconds of delay. */
const delays = new Uint32Array(60_001)

class Watcher {
  lastSeq = 0
  messages = 0
  gaps = 0
  bytes = 0
  isEnded = false
  readonly socket: Socket
  readonly opened: Promise<void>
  readonly #isTimed: boolean
  readonly #onEnd: () => void
  #rest: Buffer | null = null
  #isOpen = false

  constructor(port: number, path: string, isTimed: boolean, onEnd: () => void) {
    this.#isTimed = isTimed
    this.#onEnd = onEnd
    this.socket = connect(port, '127.0.0.1')
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`)
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('error', reject)
      this.socket.on('close', () => this.#end())
      this.socket.on('data', (data: Buffer) => {
        this.bytes += data.length
        const bytes = this.#rest === null ? data : Buffer.concat([this.#rest, data])
        this.#rest = null
        if (this.#isOpen) return this.#read(bytes, 0)
        const end = bytes.indexOf('\r\n\r\n')
        if (end < 0) return void (this.#rest = bytes)
        if (!bytes.toString('latin1', 0, end).startsWith('HTTP/1.1 101')) return reject(new Error(bytes.toString('latin1', 0, 200)))
        this.#isOpen = true
        resolve()
        this.#read(bytes, end + 4)
      })
    })
  }

  #read(bytes: Buffer, from: number): void {
    let at = from
    while (at + 2 <= bytes.length) {
      const short = bytes[at + 1]!
      const head = short < 126 ? 2 : short === 126 ? 4 : 10
      if (at + head > bytes.length) break
      const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
      if (at + head + length > bytes.length) break
      if (bytes[at] === 0x81) this.#take(bytes.toString('latin1', at + head, at + head + Math.min(length, HEAD_BYTES)), bytes, at + head + length)
      else if (bytes[at] === 0x88) return this.#end()
      at += head + length
    }
    if (at < bytes.length) this.#rest = bytes.subarray(at)
  }

  #take(text: string, bytes: Buffer, end: number): void {
    const seq = Number(/"seq":(\d+)/.exec(text)?.[1])
    this.messages++
    if (seq !== this.lastSeq + 1) {
      // A coalesced message names the first event it stands for, at its end.
      const tail = bytes.toString('latin1', end - 60, end)
      if (Number(/"seqFrom":(\d+)/.exec(tail)?.[1]) !== this.lastSeq + 1) this.gaps++
    }
    this.lastSeq = seq
    if (this.#isTimed) {
      const at = text.indexOf('"at":"') + 6
      delays[Math.min(delays.length - 1, Math.max(0, Date.now() - Date.parse(text.slice(at, at + 24))))]!++
    }
    if (text.includes('"type":"end"')) this.#end()
  }

  #end(): void {
    if (this.isEnded) return
    this.isEnded = true
    this.#onEnd()
  }
}

function percentile(share: number): number {
  const total = delays.reduce((sum, count) => sum + count, 0)
  let seen = 0
  for (let ms = 0; ms < delays.length; ms++) if ((seen += delays[ms]!) >= share * total && seen > 0) return ms
  return 0
}

async function main([port, path, count, stalledCount]: string[]): Promise<void> {
  const watchers: Watcher[] = []
  let left = Number(count)
  let allEnded = (): void => {}
  const ended = new Promise<void>((resolve) => (allEnded = resolve))
  const stalled: Watcher[] = []
  const onEnd = (): void => {
    left--
    // Those that stalled read on when everybody else is through.
    if (left === stalled.length) for (const { socket } of stalled) socket.resume()
    if (left === 0) allEnded()
  }
  for (let at = 0; at < Number(count); at += CONNECT_AT_ONCE) {
    const some = Array.from({ length: Math.min(CONNECT_AT_ONCE, Number(count) - at) }, (_, place) => new Watcher(Number(port), path!, at + place >= Number(stalledCount), onEnd))
    watchers.push(...some)
    await Promise.all(some.map(({ opened }) => opened))
  }
  stalled.push(...watchers.slice(0, Number(stalledCount)))
  for (const { socket } of stalled) socket.pause()
  process.stdout.write('"connected"\n')
  const cpu = process.cpuUsage()
  await ended
  const { user, system } = process.cpuUsage(cpu)
  const brisk = watchers.slice(Number(stalledCount))
  const sum = (of: (watcher: Watcher) => number): number => brisk.reduce((total, watcher) => total + of(watcher), 0)
  const result: WatchersResult = {
    messages: sum(({ messages }) => messages),
    bytes: sum(({ bytes }) => bytes),
    gaps: sum(({ gaps }) => gaps),
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
    mostMs: delays.findLastIndex((seen) => seen > 0),
    stalled: stalled.map(({ lastSeq, messages, gaps }) => ({ lastSeq, messages, gaps })),
    lastSeqs: new Set(brisk.map(({ lastSeq }) => lastSeq)).size,
    cpuMs: (user + system) / 1e3,
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
  process.exit(0)
}

await main(process.argv.slice(2))
