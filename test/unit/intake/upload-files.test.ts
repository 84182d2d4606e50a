import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { unpackFiles } from '../../../runtime/intake/archive.ts'
import { analyze } from '../../../runtime/intake/analyze.ts'
import { gatherScript } from '../../../runtime/intake/gather.ts'
import { MODULES } from './support.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('files of data beside a script', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'strikescan-gather-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const put = (path: string, text: string): string => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
    return join(folder, path)
  }
  const gathered = (source: string): string[] => {
    const path = put('own/scan.js', source)
    const bytes = gatherScript(path, encode(source))
    return (unpackFiles(bytes) ?? [{ path: 'alone' }]).map((file) => file.path)
  }

  it('come along where the script reads them by name', () => {
    put('own/symbols.json', '[]')
    put('own/lists/watch.txt', 'AAPL')
    expect(gathered("const fs = require('fs')\nconst FILE = './symbols.json'\nfs.readFileSync(FILE)\nfs.readFileSync(path.join(__dirname, 'lists', 'watch.txt'))")).toEqual(['scan.js', 'lists/watch.txt', 'symbols.json'])
  })

  it.each<[string, string]>([
    ['a stream', "readline.createInterface({ input: fs.createReadStream('watch.csv') })"],
    ['an open file', "const file = await fs.promises.open('./watch.csv')"],
    ['a URL beside the module', "readFileSync(new URL('./watch.csv', import.meta.url))"],
    ['a joined path', "const FILE = path.join(__dirname, 'watch.csv')\nreadFileSync(FILE)"],
    ['a name that the command line may replace', "const file = process.argv[2] || 'watch.csv'\nreadFileSync(file)"],
  ])('come along where they are read by %s', (_, source) => {
    put('own/watch.csv', 'AAPL')
    expect(gathered(source)).toEqual(['scan.js', 'watch.csv'])
  })

  it.each<[string, string]>([
    ["fs.createReadStream('watch.csv')", 'info file_came_along: `fs.createReadStream` reads watch.csv'],
    ["const file = process.argv[2] || 'watch.csv'\nfs.readFileSync(file)", 'info file_came_along: `fs.readFileSync` reads watch.csv'],
    ["const FILE = require('path').join(__dirname, 'watch.csv')\nfs.readFileSync(FILE)", 'info file_came_along: `fs.readFileSync` reads watch.csv'],
    ["const load = (file) => fs.readFileSync(file)\nload('watch.csv')", 'info file_came_along: `fs.readFileSync` reads watch.csv'],
    ["fs.createReadStream('other.csv')", 'warning file_read: `fs.createReadStream` finds no file: a scan has no disk, and other.csv did not come with the script'],
    ['fs.readFileSync(process.env.LIST)', 'warning file_read: `fs.readFileSync` finds no file: a scan has no disk, and which one this means, only running tells'],
  ])('are named by what the report says of %s', (reading, said) => {
    const sources = [{ path: 'watch.csv', code: 'AAPL', sourceMap: null }]
    const { diagnostics } = analyze({ bytes: encode(`const fs = require('fs')\n${reading}\nexports.scan = (symbol, bars) => bars.length > 1`), filename: 'scan.js', modules: MODULES, companions: { entryPath: 'scan.js', sources } })
    const [found] = diagnostics.filter(({ code }) => /^file_/.test(code))
    expect(`${found?.severity} ${found?.code}: ${found?.message}`).toContain(said)
  })

  it('stay where they are if nothing is read, or if the script writes them', () => {
    put('own/symbols.json', '[]')
    expect(gathered("const name = 'symbols.json'")).toEqual(['alone'])
    expect(gathered("const OUT = 'symbols.json'\nif (fs.existsSync(OUT)) fs.readFileSync(OUT)\nfs.writeFileSync(OUT, '[]')")).toEqual(['alone'])
  })

  it('are never those of another folder, hidden ones, other kinds, or too many of them', () => {
    put('secret.txt', 'x')
    put('own/.env', 'KEY=x')
    put('own/.aws/keys.json', '{}')
    put('own/id.pem', 'x')
    put('own/large.csv', 'x'.repeat(500_000))
    symlinkSync(join(folder, 'secret.txt'), join(folder, 'own/link.txt'))
    expect(gathered("for (const f of ['../secret.txt', '.env', '.aws/keys.json', 'id.pem', 'large.csv', 'link.txt', '/etc/hosts.txt', 'none.txt']) fs.readFileSync(f)")).toEqual(['alone'])
    const names = Array.from({ length: 30 }, (_, i) => `list${i}.txt`)
    for (const name of names) put(`own/${name}`, 'AAPL')
    expect(gathered(names.map((name) => `fs.readFileSync('${name}')`).join('\n'))).toHaveLength(21)
  })

  it('are told by the report: the symbols in them, and which call reads which', () => {
    const source = "const fs = require('fs')\nconst SYMBOLS = JSON.parse(fs.readFileSync('../lists/watch.json', 'utf8'))\nconst other = fs.readFileSync('/etc/passwd')\nfunction main() { return SYMBOLS.map((symbol) => ({ symbol })) }\nmain()"
    const sources = [{ path: 'lists/watch.json', code: '["AAPL", "MSFT"]', sourceMap: null }]
    const { report, plan, diagnostics } = analyze({ bytes: encode(source), filename: 'scan.js', modules: MODULES, companions: { entryPath: 'src/scan.js', sources } })
    expect(report?.symbols).toEqual({ count: 2, sample: ['AAPL', 'MSFT'], declaredAs: 'SYMBOLS' })
    expect(plan?.dataFiles?.map(({ path }) => path)).toEqual(['/lists/watch.json'])
    expect(diagnostics.filter(({ code }) => /^file_/.test(code)).map(({ code, line }) => `${code} ${line}`)).toEqual(['file_read 3', 'file_came_along 2'])
  })

  it('that hold no JSON tell nothing and break nothing', () => {
    const source = "const SYMBOLS = JSON.parse(require('fs').readFileSync('watch.json'))\nfunction main() { return SYMBOLS.map((symbol) => ({ symbol })) }\nmain()"
    for (const code of ['', '{', '"AAPL', '['.repeat(100_000), '{"__proto__": ["AAPL"]}', '[null, 1]']) {
      const { report } = analyze({ bytes: encode(source), filename: 'scan.js', modules: MODULES, companions: { entryPath: 'scan.js', sources: [{ path: 'watch.json', code, sourceMap: null }] } })
      expect(report?.pattern ?? 'refused').toMatch(/script|refused/)
    }
  })
})
