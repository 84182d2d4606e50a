/*
 * A process of watchers: node watchers.ts PORT PATH COUNT STALLED. The first STALLED of them read nothing until the others
 * have seen the run's end. Says when all are connected, and at the end what they saw.
 */
import { connect, type Socket } from 'node:net'

const KEY = Buffer.alloc(16).toString('base64')
/** What a message tells of itself stands at its beginning: its number, its instant, its run and its type. */
const HEAD_BYTES = 160
const CONNECT_AT_ONCE = 50
const READ_BYTES = 256 * 1024

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
/** Everybody gets the same events: what one says of itself is read once. */
const instants: number[] = []
const ends = new Set<number>()
/** All watchers read into the same memory: a thousand of them cost no more than their bytes. */
const readInto = Buffer.allocUnsafeSlow(READ_BYTES)
const DIGITS_FROM = '{"seq":'.length
const COMMA = 0x2c
const TEXT = 0x81
const CLOSING = 0x88

class Watcher {
  lastSeq = 0
  messages = 0
  gaps = 0
  bytes = 0
  isEnded = false
  isStalled = false
  readonly socket: Socket
  readonly opened: Promise<void>
  readonly #isTimed: boolean
  readonly #onEnd: () => void
  #rest: Buffer | null = null
  #isOpen = false
  #onOpen = (): void => {}
  #onRefused = (_: Error): void => {}

  constructor(port: number, path: string, isTimed: boolean, onEnd: () => void) {
    this.#isTimed = isTimed
    this.#onEnd = onEnd
    this.opened = new Promise((resolve, reject) => {
      this.#onOpen = resolve
      this.#onRefused = reject
    })
    const callback = (length: number): boolean => {
      this.#take(length)
      return !this.isStalled
    }
    this.socket = connect({ port, host: '127.0.0.1', onread: { buffer: readInto, callback } })
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`)
    this.socket.on('error', (error) => this.#onRefused(error))
    this.socket.on('close', () => this.#end())
  }

  #take(length: number): void {
    this.bytes += length
    const data = readInto.subarray(0, length)
    const bytes = this.#rest === null ? data : Buffer.concat([this.#rest, data])
    this.#rest = null
    if (this.#isOpen) return this.#read(bytes, 0)
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) return void (this.#rest = Buffer.from(bytes))
    if (!bytes.toString('latin1', 0, end).startsWith('HTTP/1.1 101')) return this.#onRefused(new Error(bytes.toString('latin1', 0, 200)))
    this.#isOpen = true
    this.#onOpen()
    this.#read(bytes, end + 4)
  }

  #read(bytes: Buffer, from: number): void {
    const now = Date.now()
    let at = from
    while (at + 2 <= bytes.length) {
      const short = bytes[at + 1]!
      const head = short < 126 ? 2 : short === 126 ? 4 : 10
      if (at + head > bytes.length) break
      const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
      if (at + head + length > bytes.length) break
      if (bytes[at] === TEXT) this.#message(bytes, at + head, at + head + length, now)
      else if (bytes[at] === CLOSING) return this.#end()
      at += head + length
    }
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at))
  }

  #message(bytes: Buffer, from: number, to: number, now: number): void {
    let seq = 0
    for (let at = from + DIGITS_FROM; bytes[at] !== COMMA; at++) seq = seq * 10 + bytes[at]! - 48
    this.messages++
    if (seq !== this.lastSeq + 1) {
      // A coalesced message names the first event it stands for, at its end.
      const tail = bytes.toString('latin1', Math.max(from, to - 60), to)
      if (Number(/"seqFrom":(\d+)/.exec(tail)?.[1]) !== this.lastSeq + 1) this.gaps++
    }
    this.lastSeq = seq
    if (instants[seq] === undefined) {
      const text = bytes.toString('latin1', from, Math.min(to, from + HEAD_BYTES))
      const at = text.indexOf('"at":"') + 6
      instants[seq] = Date.parse(text.slice(at, at + 24))
      if (text.includes('"type":"end"')) ends.add(seq)
    }
    if (this.#isTimed) delays[Math.min(delays.length - 1, Math.max(0, now - instants[seq]!))]!++
    if (ends.has(seq)) this.#end()
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
    if (left === stalled.length) {
      for (const watcher of stalled) {
        watcher.isStalled = false
        watcher.socket.resume()
      }
    }
    if (left === 0) allEnded()
  }
  for (let at = 0; at < Number(count); at += CONNECT_AT_ONCE) {
    const some = Array.from({ length: Math.min(CONNECT_AT_ONCE, Number(count) - at) }, (_, place) => new Watcher(Number(port), path!, at + place >= Number(stalledCount), onEnd))
    watchers.push(...some)
    await Promise.all(some.map(({ opened }) => opened))
  }
  stalled.push(...watchers.slice(0, Number(stalledCount)))
  for (const watcher of stalled) {
    watcher.isStalled = true
    watcher.socket.pause()
  }
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
