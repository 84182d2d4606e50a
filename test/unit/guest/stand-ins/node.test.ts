import nodeCrypto from 'node:crypto'
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

  it('keeps as many files as there is memory for, and forgets those written first', () => {
    const { deps } = standInWorld()
    const said: string[] = []
    const { fs } = createFs({ ...deps, files: [{ path: '/list.json', text: '[]' }], note: (code) => said.push(code) }) as { fs: Any }
    for (let i = 0; i < 1_000; i++) fs.writeFileSync(`cache/${i}.json`, `${i}`)
    expect([fs.readFileSync('cache/0.json', 'utf8'), fs.readFileSync('cache/999.json', 'utf8'), said]).toEqual(['0', '999', []])
    fs.writeFileSync('cache/0.json', 'again')
    for (let i = 0; i < 7; i++) fs.writeFileSync('large.txt', 'x'.repeat(60 * 2 ** 20))
    expect([fs.existsSync('cache/1.json'), said]).toEqual([true, []])
    fs.writeFileSync('larger.txt', 'x'.repeat(4 * 2 ** 20))
    expect(['cache/1.json', 'cache/999.json', 'large.txt', 'larger.txt', 'list.json'].map((path) => fs.existsSync(path))).toEqual([false, false, false, true, true])
    expect([fs.readdirSync('/'), new Set(said)]).toEqual([['larger.txt', 'list.json'], new Set(['files_forgotten'])])
  })

  it('tells callbacks and streams', async () => {
    const { deps, files } = standInWorld()
    const { fs } = createFs(deps) as { fs: Any }
    await new Promise<void>((done) => fs.writeFile('a.txt', 'a', (error: unknown) => (expect(error).toBeNull(), done())))
    const stream = fs.createWriteStream('log.csv')
    stream.write('a\n')
    await new Promise<void>((done) => stream.on('finish', done) && stream.end('b\n'))
    expect(files.get('/log.csv')).toBe('a\nb\n')
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

describe('crypto', () => {
  const { crypto } = createNodeModules(standInWorld().deps) as Any

  it('has the digests of Node, of texts and bytes, at once and in parts', () => {
    for (const name of ['md5', 'sha1', 'SHA256', 'sha-256']) {
      for (const size of [0, 1, 55, 56, 63, 64, 65, 1_000]) {
        const text = 'aé€'.repeat(size)
        for (const encoding of ['hex', 'base64', 'base64url'] as const) {
          const expected = nodeCrypto.createHash(name.replace('-', '')).update(text).digest(encoding)
          expect(crypto.createHash(name).update(text.slice(0, 7)).update(Buffer.from(text.slice(7))).digest(encoding), `${name} ${size}`).toBe(expected)
        }
      }
    }
    expect([...crypto.createHash('md5').update('6162', 'hex').digest()]).toEqual([...nodeCrypto.createHash('md5').update('ab').digest()])
    expect(crypto.hash('sha1', 'x')).toBe(nodeCrypto.hash('sha1', 'x'))
  })

  it('names what it has where another is asked for', () => {
    expect(() => crypto.createHash('sha512')).toThrow('"sha512" is not among those of a scan: md5, sha1, sha256')
    expect(() => crypto.createHmac('sha256', 'key')).toThrow('crypto.createHmac: a scan has no keys')
    const hash = crypto.createHash('md5')
    expect(() => (hash.digest(), hash.digest())).toThrow(expect.objectContaining({ code: 'ERR_CRYPTO_HASH_FINALIZED' }))
    expect(crypto.randomUUID()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    expect([crypto.randomBytes(4).toString('hex').length, crypto.randomInt(5, 6)]).toEqual([8, 5])
    expect(() => crypto.randomInt(3, 3)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }))
  })
})

describe('stream', () => {
  const { stream, 'stream/promises': promises, readline } = createNodeModules(standInWorld().deps) as Any
  const upper = () => new stream.Transform({ transform: (chunk: Any, _: unknown, done: Any) => done(null, String(chunk).toUpperCase()), flush: (done: Any) => done(null, '!') })

  it('gives, changes and takes one chunk after the other', async () => {
    const taken: string[] = []
    const slow = new stream.Writable({ write: (chunk: Any, _: unknown, done: Any) => void setTimeout(() => (taken.push(chunk), done()), 1), final: (done: Any) => (taken.push('end'), done()) })
    await promises.pipeline(stream.Readable.from(['a', 'b']), upper(), slow)
    expect(taken).toEqual(['A', 'B', '!', 'end'])
    const given: unknown[] = []
    for await (const chunk of stream.Readable.from((async function* () { yield* [1, 2] })()).pipe(new stream.PassThrough())) given.push(chunk)
    expect(given).toEqual([1, 2])
    class Own extends stream.Transform { _transform(chunk: Any, _: unknown, done: Any) { (this as Any).push(chunk + 1); done() } }
    const own = new Own() as Any
    own.write(1)
    own.end(2)
    const seen: unknown[] = []
    await new Promise((done) => own.on('data', (chunk: unknown) => seen.push(chunk)).on('end', done))
    expect(seen).toEqual([2, 3])
  })

  it('tells of what fails, by the promise, the callback and the loop', async () => {
    const failing = () => stream.Readable.from((function* () { yield 1; throw new Error('no more') })())
    await expect(promises.pipeline(failing(), new stream.PassThrough())).rejects.toThrow('no more')
    expect(await new Promise((done) => stream.pipeline(failing(), new stream.PassThrough(), done))).toMatchObject({ message: 'no more' })
    await expect((async () => { for await (const _ of failing()); })()).rejects.toThrow('no more')
    await expect(promises.pipeline(failing(), async () => {})).rejects.toThrow('a function as a stage')
    expect(() => new stream.Duplex()).toThrow('stream.Duplex: a scan has Readable')
    expect(() => failing().on('readable', () => {})).toThrow('nothing tells of "readable"')
  })

  it('reads files that came along, whole and by lines', async () => {
    const { deps } = standInWorld()
    const { fs } = createFs({ ...deps, files: [{ path: '/lists/watch.csv', text: 'AAPL,€\r\nMSFT,2\n\nKO' }, { path: '/none.csv', text: '' }] }) as { fs: Any }
    const linesOf = async (path: string) => {
      const lines: string[] = []
      for await (const line of readline.createInterface({ input: fs.createReadStream(path), crlfDelay: Infinity })) lines.push(line)
      return lines
    }
    expect([await linesOf('lists/watch.csv'), await linesOf('none.csv')]).toEqual([['AAPL,€', 'MSFT,2', '', 'KO'], []])
    await expect(linesOf('other.csv')).rejects.toMatchObject({ code: 'ENOENT' })
    const heard: unknown[] = []
    await new Promise((done) => readline.createInterface(fs.createReadStream('lists/watch.csv')).on('line', (line: string) => heard.push(line)).on('close', done))
    expect(heard).toHaveLength(4)
    expect(await new Promise((done) => fs.createReadStream('other.csv', 'utf8').on('data', () => {}).on('error', done))).toMatchObject({ code: 'ENOENT' })
    let text = ''
    for await (const chunk of fs.createReadStream('lists/watch.csv', { encoding: 'utf8', start: 2, end: 3 })) text += chunk
    expect(text).toBe('PL')
    const file = await fs.promises.open('lists/watch.csv')
    const read: string[] = []
    for await (const line of file.readLines()) read.push(line)
    expect([read, (await file.readFile('utf8')).slice(0, 4), await file.close()]).toEqual([['AAPL,€', 'MSFT,2', '', 'KO'], 'AAPL', undefined])
    await expect(fs.promises.open('other.csv')).rejects.toMatchObject({ code: 'ENOENT' })
    for await (const chunk of fs.createReadStream('lists/watch.csv', 'utf8')) text += typeof chunk === 'string' ? chunk : 'bytes'
    expect(text).toContain('€')
  })
})
