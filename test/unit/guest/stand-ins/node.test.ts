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

describe('http and https', () => {
  const world = standInWorld()
  const { https } = createNodeModules(world.deps) as { https: Any }
  const URL_OF = 'https://api.polygon.io/v2/aggs/ticker/AAPL/range/1/day/2026-03-09/2026-03-13?apiKey=x'
  const bodyOf = (start: (done: (response: Any) => void) => Any): Promise<Any> =>
    new Promise((resolve, reject) => {
      start((response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk)).on('end', () => resolve({ code: response.statusCode, type: response.headers['content-type'], ...JSON.parse(text) }))
      }).on('error', reject)
    })

  it.each<[string, (done: (response: Any) => void) => Any]>([
    ['an address', (done) => https.get(URL_OF, done)],
    ['an address with options', (done) => https.get(new URL(URL_OF), { headers: { Accept: 'application/json' } }, done)],
    ['options', (done) => https.get({ hostname: 'api.polygon.io', path: URL_OF.slice('https://api.polygon.io'.length) }, done)],
    ['a request that is ended', (done) => https.request(URL_OF, { method: 'GET' }, done).end()],
  ])('answers %s', async (_, start) => {
    expect(await bodyOf(start)).toMatchObject({ code: 200, type: expect.stringContaining('json'), ticker: 'AAPL', resultsCount: 5 })
  })

  it('is read as bytes, and by steps', async () => {
    const response: Any = await new Promise((resolve) => https.get(URL_OF, resolve))
    const chunks: Any[] = []
    for await (const chunk of response) chunks.push(chunk)
    expect(JSON.parse(StandInBuffer.concat(chunks).toString())).toMatchObject({ ticker: 'AAPL' })
  })

  it('refuses other hosts as an error event, and serves nothing', async () => {
    await expect(bodyOf((done) => https.get('https://example.com/', done))).rejects.toThrow(/example\.com/)
    expect(() => https.createServer()).toThrow('a scan serves nothing')
  })
})

describe('readline', () => {
  it('moves no cursor and answers nothing', async () => {
    const { readline, 'readline/promises': promises } = createNodeModules(standInWorld().deps) as Any
    expect([readline.clearLine({}, 0), readline.cursorTo({}, 0)]).toEqual([true, true])
    expect(() => readline.createInterface({}).question('Symbol? ', () => {})).toThrow('nobody is there to answer "Symbol? "')
    await expect(promises.createInterface({}).question('Symbol? ')).rejects.toThrow('read it from process.env')
    for await (const line of readline.createInterface({})) expect(line).toBeUndefined()
  })
})
