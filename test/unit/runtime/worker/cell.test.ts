import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, rmSync } from 'node:fs'
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
