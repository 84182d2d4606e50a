import fc from 'fast-check'
import { spawn } from 'node:child_process'
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

import { encodeFrame, encodeJsonFrame, FrameSplitter, HEADER_BYTES, MAX_FRAME_BYTES, readFrameSync, writeFrameSync } from '../../../../runtime/worker/frames.ts'

const frames = fc.array(fc.record({ type: fc.integer({ min: 0, max: 255 }), payload: fc.uint8Array({ maxLength: 300 }) }), { maxLength: 12 })
const header = (length: number, type = 1): Buffer => {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.writeUInt32LE(length, 0)
  bytes.writeUInt8(type, 4)
  return bytes
}

describe('frames in a stream', () => {
  it('are the same however the stream is cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 50 }), (sent, cuts) => {
        const stream = Buffer.concat(sent.map(({ type, payload }) => encodeFrame(type, payload)))
        const splitter = new FrameSplitter()
        const received = []
        for (let at = 0, cut = 0; at < stream.byteLength; cut++) {
          const size = cuts[cut % cuts.length]!
          received.push(...splitter.push(stream.subarray(at, at + size)))
          at += size
        }
        expect(received.map(({ type, payload }) => ({ type, payload: [...payload] }))).toEqual(sent.map(({ type, payload }) => ({ type, payload: [...payload] })))
      }),
    )
  })

  it('come byte by byte', () => {
    const splitter = new FrameSplitter()
    const received = [...encodeJsonFrame(3, { a: 'ü' })].flatMap((byte) => splitter.push(Buffer.of(byte)))
    expect(received.map(({ type, payload }) => [type, payload.toString()])).toEqual([[3, '{"a":"ü"}']])
  })

  it('that are too long are refused at their header, before anything is kept', () => {
    expect(() => new FrameSplitter().push(header(MAX_FRAME_BYTES + 1))).toThrow(RangeError)
    expect(() => new FrameSplitter().push(header(0xffffffff))).toThrow(RangeError)
    expect(new FrameSplitter().push(header(MAX_FRAME_BYTES))).toEqual([])
  })

  it('behind a good one are refused too', () => {
    expect(() => new FrameSplitter().push(Buffer.concat([encodeFrame(1, Buffer.from('x')), header(MAX_FRAME_BYTES + 1)]))).toThrow(RangeError)
  })

  it('of the largest size pass', () => {
    const splitter = new FrameSplitter()
    splitter.push(header(MAX_FRAME_BYTES, 9))
    const half = Buffer.alloc(MAX_FRAME_BYTES / 2)
    expect(splitter.push(half)).toEqual([])
    expect(splitter.push(half)[0]!.payload.byteLength).toBe(MAX_FRAME_BYTES)
  })
})

describe('frames over descriptors', () => {
  const file = join(tmpdir(), `strikescan-frames-${process.pid}`)
  afterEach(() => rmSync(file, { force: true }))

  function reading<T>(bytes: Uint8Array, work: (fd: number) => T): T {
    writeFileSync(file, bytes)
    // A fifo would do as well: the reads are not positioned.
    const fd = openSync(file, 'r')
    try {
      return work(fd)
    } finally {
      closeSync(fd)
    }
  }

  it('are read one after the other, then null', () => {
    const bytes = Buffer.concat([encodeFrame(1, Buffer.from('one')), encodeFrame(2, new Uint8Array(0))])
    const read = reading(bytes, (fd) => [readFrameSync(fd), readFrameSync(fd), readFrameSync(fd)])
    expect(read.map((frame) => frame && [frame.type, frame.payload.toString()])).toEqual([[1, 'one'], [2, ''], null])
  })

  it.each([
    ['in the header', 3],
    ['in the payload', 7],
  ])('cut short %s are none', (_, length) => {
    expect(reading(encodeFrame(1, Buffer.from('text')).subarray(0, length), readFrameSync)).toBeNull()
  })

  it('that are too long are refused', () => {
    expect(() => reading(header(MAX_FRAME_BYTES + 1), readFrameSync)).toThrow(RangeError)
  })

  it('pass whole through a pipe whose reader is slow', async () => {
    const module = fileURLToPath(new URL('../../../../runtime/worker/frames.ts', import.meta.url))
    const child = spawn(process.execPath, ['--input-type=module', '--eval', `const { writeFrameSync, encodeFrame } = await import(${JSON.stringify(module)}); for (let i = 0; i < 20; i++) writeFrameSync(3, encodeFrame(i, Buffer.alloc(100_000, i)))`], {
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    })
    const splitter = new FrameSplitter()
    const received: [number, number, boolean][] = []
    for await (const chunk of child.stdio[3] as AsyncIterable<Buffer>) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      for (const { type, payload } of splitter.push(chunk)) received.push([type, payload.byteLength, payload.every((byte) => byte === type)])
    }
    expect(received).toEqual(Array.from({ length: 20 }, (_, type) => [type, 100_000, true]))
  })

  it('are written in one piece to a file', () => {
    const fd = openSync(file, 'w+')
    writeFrameSync(fd, encodeFrame(5, Buffer.from('abc')))
    closeSync(fd)
    const again = openSync(file, 'r')
    expect(readFrameSync(again)).toEqual({ type: 5, payload: Buffer.from('abc') })
    closeSync(again)
  })
})
