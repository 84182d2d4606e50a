import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ProgressReader, ProgressWriter } from '../../../../runtime/worker/cell.ts'

describe('the progress cell', () => {
  const file = join(tmpdir(), `strikescan-cell-${process.pid}`)
  let fd = -1
  beforeEach(() => void (fd = openSync(file, 'w+')))
  afterEach(() => {
    closeSync(fd)
    rmSync(file, { force: true })
  })

  it('is empty at first, also where the file held something else', () => {
    new ProgressWriter(fd).at(4, 4)
    expect(new ProgressReader(fd).read()).toEqual({ step: 0, unit: 0, item: 0 })
  })

  it('says where the worker is, with another step each time', () => {
    const reader = new ProgressReader(fd)
    const writer = new ProgressWriter(fd)
    writer.at(3, 0)
    const first = reader.read()
    writer.at(3, 0)
    expect([first, reader.read()]).toEqual([{ step: 1, unit: 3, item: 0 }, { step: 2, unit: 3, item: 0 }])
    writer.at(0, -1)
    expect(reader.read()).toMatchObject({ unit: 0, item: -1 })
  })

  it('asks for one unit back, and for no other', () => {
    const reader = new ProgressReader(fd)
    const writer = new ProgressWriter(fd)
    expect(writer.yieldAsked(7)).toBe(false)
    reader.askYield(7)
    expect([writer.yieldAsked(7), writer.yieldAsked(8)]).toEqual([true, false])
    writer.at(7, 1)
    expect(writer.yieldAsked(7)).toBe(true)
  })

  it('holds what was said and not sent, the last of it where it is too much', () => {
    const reader = new ProgressReader(fd)
    const writer = new ProgressWriter(fd)
    expect(reader.unsent()).toEqual({ dropped: 0, waiting: 0, lines: [] })
    writer.waits({ level: 'warn', text: 'naïve\n"quoted"' })
    writer.dropped()
    writer.at(2, 5)
    expect(reader.unsent()).toEqual({ dropped: 1, waiting: 1, lines: [{ level: 'warn', text: 'naïve\n"quoted"' }] })
    for (let at = 0; at < 100; at++) writer.waits({ level: 'info', text: `line ${at}` })
    const { waiting, lines } = reader.unsent()
    expect([waiting, lines.at(-1)]).toEqual([101, { level: 'info', text: 'line 99' }])
    expect(lines.length).toBeGreaterThan(10)
    writer.sent()
    expect(reader.unsent()).toEqual({ dropped: 1, waiting: 0, lines: [] })
    expect(writer.yieldAsked(0)).toBe(true)
  })

  it.each([['ascii', 'x'], ['of two units', '\u{1f4c8}'], ['that JSON escapes', '\u0001'], ['of three bytes', '€']])('keeps the beginning of one long line, %s', (_, character) => {
    const reader = new ProgressReader(fd)
    new ProgressWriter(fd).waits({ level: 'error', text: character.repeat(1_000) })
    const { waiting, lines } = reader.unsent()
    expect([waiting, lines.length]).toEqual([1, 1])
    const [kept, mark] = lines[0]!.text.split('… ')
    expect(character.repeat(1_000).startsWith(kept!) && kept!.length >= 64).toBe(true)
    expect(mark).toBe(`[cut at ${kept!.length} characters]`)
  })

  it('holds a line that is not ended yet behind those that wait, until it is', () => {
    const reader = new ProgressReader(fd)
    const writer = new ProgressWriter(fd)
    writer.waits({ level: 'warn', text: 'whole' })
    writer.unfinished('at KO')
    expect(reader.unsent()).toEqual({ dropped: 0, waiting: 2, lines: [{ level: 'warn', text: 'whole' }, { level: 'info', text: 'at KO' }] })
    for (let at = 0; at < 100; at++) writer.waits({ level: 'info', text: `line ${at}` })
    expect(reader.unsent().lines.slice(-2)).toEqual([{ level: 'info', text: 'line 99' }, { level: 'info', text: 'at KO' }])
    writer.sent()
    expect(reader.unsent()).toEqual({ dropped: 0, waiting: 1, lines: [{ level: 'info', text: 'at KO' }] })
    writer.unfinished('')
    expect(reader.unsent()).toEqual({ dropped: 0, waiting: 0, lines: [] })
  })

  it('is read without harm whatever a process wrote into it', () => {
    const reader = new ProgressReader(fd)
    for (const byte of [0xff, 0x0a, 0x22, 0x5b]) {
      writeSync(fd, Buffer.alloc(512, byte), 0, 512, 0)
      const { lines, waiting } = reader.unsent()
      expect(lines).toEqual([])
      expect(waiting).toBeLessThan(2 ** 32)
    }
  })

  it.each(['7', '"ab"', 'null', '[]', '{}', '["info"]', '["toString","x"]', '["__proto__","x"]', '["info",{"toString":1}]', `${'['.repeat(230)}${']'.repeat(230)}`, '["info","\\u0000'])('holds no line where a process wrote %s for one', (words) => {
    const reader = new ProgressReader(fd)
    const bytes = Buffer.alloc(512)
    bytes.writeUInt32LE(0xffffffff, 20)
    bytes.writeUInt32LE(0xffffffff, 24)
    bytes.write(`${words}\n["warn","kept"]\n`, 28)
    writeSync(fd, bytes, 0, 512, 0)
    expect(reader.unsent()).toEqual({ dropped: 0, waiting: 2 ** 32 - 1, lines: [{ level: 'warn', text: 'kept' }] })
  })

  it('outlives the worker: what a killed process wrote last is there', async () => {
    const reader = new ProgressReader(fd)
    const module = fileURLToPath(new URL('../../../../runtime/worker/cell.ts', import.meta.url))
    const program = `const { ProgressWriter } = await import(${JSON.stringify(module)}); new ProgressWriter(3).at(12, 345); process.stdout.write('x'); for (;;);`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit', fd] })
    await once(child.stdout!, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(reader.read()).toEqual({ step: 1, unit: 12, item: 345 })
  })
})
