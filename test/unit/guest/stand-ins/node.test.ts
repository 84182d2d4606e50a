import nodePath from 'node:path'
import { describe, expect, it } from 'vitest'

import { Buffer as StandInBuffer } from '../../../../runtime/guest/stand-ins/buffer.ts'
import { createFs } from '../../../../runtime/guest/stand-ins/fs.ts'
import { createNodeModules } from '../../../../runtime/guest/stand-ins/node.ts'
import { createPath } from '../../../../runtime/guest/stand-ins/path.ts'
import { standInWorld } from './support.ts'

type Any = any // eslint-disable-line -- stand-ins are as untyped as what they stand for

describe('fs', () => {
  it('keeps what is written, reads that and nothing else', async () => {
    const { deps, files } = standInWorld()
    const { fs, promises } = createFs(deps) as { fs: Any; promises: Any }
    fs.mkdirSync('out', { recursive: true })
    fs.writeFileSync('out/hits.json', '[1')
    await promises.appendFile('./out/../out/hits.json', ',2]')
    fs.writeFileSync('/bytes.bin', new Uint8Array([1, 2]))
    expect(fs.readFileSync('out/hits.json', 'utf8')).toBe('[1,2]')
    expect([...fs.readFileSync('/bytes.bin')]).toEqual([1, 2])
    expect([...files]).toEqual([['/out/hits.json', '[1,2]'], ['/bytes.bin', new Uint8Array([1, 2])]])
    expect([fs.existsSync('out'), fs.existsSync('/etc/passwd'), fs.readdirSync('out')]).toEqual([true, false, ['hits.json']])
    for (const path of ['/etc/passwd', '../../etc/passwd', 'config.json']) expect(() => fs.readFileSync(path)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    await expect(promises.readFile('none')).rejects.toMatchObject({ code: 'ENOENT' })
    expect(() => fs.writeFileSync('x', { a: 1 })).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }))
    expect(() => fs.readFileSync(3)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }))
  })

  it('tells callbacks, streams and the number of files there may be', async () => {
    const { deps, files } = standInWorld()
    const { fs } = createFs(deps) as { fs: Any }
    await new Promise<void>((done) => fs.writeFile('a.txt', 'a', (error: unknown) => (expect(error).toBeNull(), done())))
    const stream = fs.createWriteStream('log.csv')
    stream.write('a\n')
    await new Promise<void>((done) => stream.on('finish', done) && stream.end('b\n'))
    expect(files.get('/log.csv')).toBe('a\nb\n')
    expect(() => {
      for (let i = 0; i < 1_000; i++) fs.writeFileSync(`${i}.txt`, '')
    }).toThrow(expect.objectContaining({ code: 'EMFILE' }))
  })
})

describe('path', () => {
  it('is that of Node on Linux', () => {
    const path = createPath() as Any
    for (const text of ['/a/b.c/d.txt', 'a//b/../c', '..', '.', '', '/', 'a/.hidden', 'x.tar.gz', './a/./b/', '/../a']) {
      for (const name of ['basename', 'dirname', 'extname', 'normalize', 'isAbsolute'] as const) if (typeof path[name] === 'function') expect(path[name](text), `${name} ${text}`).toEqual(nodePath.posix[name](text))
    }
    expect(path.join('a', '..', '/b', 'c.txt')).toBe(nodePath.posix.join('a', '..', '/b', 'c.txt'))
    expect(path.resolve('/a', '../b', 'c')).toBe(nodePath.posix.resolve('/a', '../b', 'c'))
  })
})

describe('Buffer', () => {
  it('turns texts and bytes into each other as that of Node does', () => {
    const Own = StandInBuffer as Any
    for (const text of ['', 'abc', 'Grüße €', '\u{1F600}']) {
      for (const encoding of ['utf8', 'base64', 'hex'] as const) {
        const real = Buffer.from(text).toString(encoding)
        expect(Own.from(text).toString(encoding)).toBe(real)
        expect([...Own.from(real, encoding)]).toEqual([...Buffer.from(real, encoding)])
      }
      expect(Own.byteLength(text)).toBe(Buffer.byteLength(text))
    }
    expect(Own.concat([Own.from('a'), Own.from('b')]).toString()).toBe('ab')
    expect(Own.isBuffer(Own.from('a'))).toBe(true)
  })
})

describe('events and assert', () => {
  it('tell listeners in order, once where asked, and throw an error that nobody hears', () => {
    const { EventEmitter } = createNodeModules(standInWorld().deps).events as Any
    const emitter = new EventEmitter()
    const seen: string[] = []
    emitter.on('x', (value: string) => seen.push(`on ${value}`))
    emitter.once('x', (value: string) => seen.push(`once ${value}`))
    emitter.emit('x', 1)
    emitter.emit('x', 2)
    expect(seen).toEqual(['on 1', 'once 1', 'on 2'])
    expect(() => emitter.emit('error', new Error('unheard'))).toThrow('unheard')
  })
})
