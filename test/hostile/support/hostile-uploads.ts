import { packFiles, type ScriptFile } from '../../../runtime/intake/archive.ts'

/** A file that is handed in, and what the report says of it: codes of its errors, none where it is taken. */
export interface HostileUpload {
  tries: string
  filename?: string
  bytes: () => Uint8Array
  refused: string[]
  /** True for those that the long suite hands in. */
  isLong?: boolean
}

const text = (source: string): Uint8Array => Buffer.from(source)
const SCAN = 'export const scan = () => 1\n'
const file = (path: string, source: string | Uint8Array): ScriptFile => ({ path, bytes: typeof source === 'string' ? text(source) : source })

/** A tar with its headers changed, and their checksums set right again. */
function tampered(files: ScriptFile[], change: (header: Buffer, at: number) => void): Uint8Array {
  const tar = Buffer.from(packFiles(files))
  let at = 0
  for (let number = 0; number < files.length; number++) {
    const header = tar.subarray(at, at + 512)
    const size = Number.parseInt(header.toString('latin1', 124, 135), 8)
    change(header, number)
    header.write('        ', 148)
    header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
    at += 512 + Math.ceil(size / 512) * 512
  }
  return tar
}

const named = (name: string) => (header: Buffer, at: number): void => {
  if (at === 1) header.fill(0, 0, 100).write(name, 0)
}

export const UPLOADS: HostileUpload[] = [
  { tries: 'brackets nested three thousand deep', bytes: () => text(`${SCAN}const x = ${'['.repeat(3_000)}${']'.repeat(3_000)}`), refused: ['nested_too_deeply'] },
  { tries: 'a hundred thousand signs before a number', bytes: () => text(`${SCAN}const x = ${'- '.repeat(100_000)}1`), refused: ['nested_too_deeply'], isLong: true },
  { tries: 'a sum of a hundred thousand numbers', bytes: () => text(`${SCAN}const x = ${'1+'.repeat(100_000)}1`), refused: ['nested_too_deeply'], isLong: true },
  { tries: 'a chain of fifty thousand properties', bytes: () => text(`${SCAN}const x = () => a${'.a'.repeat(50_000)}`), refused: [], isLong: true },
  { tries: 'templates within templates', bytes: () => text(`${SCAN}const x = ${'`${'.repeat(2_000)}1${'}`'.repeat(2_000)}`), refused: ['nested_too_deeply'], isLong: true },
  { tries: 'functions within functions', bytes: () => text(`${SCAN}const x = ${'()=>'.repeat(20_000)}1`), refused: ['nested_too_deeply'] },
  { tries: 'TypeScript types nested three thousand deep', filename: 'deep.ts', bytes: () => text(`${SCAN}type X = ${'Array<'.repeat(3_000)}1${'>'.repeat(3_000)}`), refused: [], isLong: true },
  { tries: 'a megabyte of names', bytes: () => text(SCAN + Array.from({ length: 19_000 }, (_, at) => `var v${at}=${at};`).join('\n')), refused: [], isLong: true },
  { tries: 'a regular expression of half a megabyte', bytes: () => text(`${SCAN}const x = /${'(a|'.repeat(100_000)}${')'.repeat(100_000)}/`), refused: ['nested_too_deeply'], isLong: true },
  { tries: 'more bytes than are taken', bytes: () => Buffer.alloc(1_100_000, 'x'), refused: ['file_too_large'], isLong: true },
  { tries: 'nothing', bytes: () => new Uint8Array(0), refused: ['file_empty'], isLong: true },
  { tries: 'a zero byte in the text', bytes: () => text(`${SCAN}const x = 'a\0b'`), refused: ['file_nul_byte'] },
  { tries: 'bytes that are no text', bytes: () => Buffer.concat([text(`${SCAN}// this is a comment of some length `), Buffer.from([0xc3, 0x28])]), refused: ['file_invalid_utf8'] },
  { tries: 'text in UTF-16', bytes: () => Buffer.from(`\ufeff${SCAN}`, 'utf16le'), refused: ['file_utf16'], isLong: true },
  { tries: 'a zip', filename: 'scan.js', bytes: () => Buffer.from('504b0304140000000800', 'hex'), refused: ['file_binary'] },
  { tries: 'a gzip', bytes: () => Buffer.from('1f8b0800000000000003', 'hex'), refused: ['file_binary'], isLong: true },
  { tries: 'a program', bytes: () => Buffer.from('7f454c46020101000000', 'hex'), refused: ['file_binary'], isLong: true },
  { tries: 'a page of a website', bytes: () => text('<!doctype html><script>alert(1)</script>'), refused: ['file_not_script'], isLong: true },
  { tries: 'syntax of the engine itself', bytes: () => text(`${SCAN};%DebugPrint(1)`), refused: ['syntax_error'], isLong: true },
  { tries: 'an import of a file of the machine', bytes: () => text(`import x from '../../../../etc/passwd'\n${SCAN}`), refused: ['import_relative'] },
  { tries: 'an import by an absolute path', bytes: () => text(`import x from '/etc/passwd'\n${SCAN}`), refused: ['import_relative'], isLong: true },
  { tries: 'an import of a file: address', bytes: () => text(`import x from 'file:///etc/passwd'\n${SCAN}`), refused: ['import_relative'], isLong: true },
  { tries: 'an import of a data: address', bytes: () => text(`import x from 'data:text/javascript,export default 1'\n${SCAN}`), refused: ['import_url'] },
  { tries: 'an import from the web', bytes: () => text(`import x from 'https://example.com/x.js'\n${SCAN}`), refused: ['import_url'], isLong: true },
  { tries: 'an import of processes', bytes: () => text(`import x from 'node:child_process'\n${SCAN}`), refused: ['import_unavailable'], isLong: true },
  { tries: 'an import of a key of prototypes', bytes: () => text(`import x from 'constructor'\nimport y from '__proto__'\n${SCAN}`), refused: ['import_unknown', 'import_unknown'] },
  { tries: 'an import of a package beside the one that is allowed', bytes: () => text(`import x from 'technicalindicators/../esbuild'\n${SCAN}`), refused: ['import_unknown'] },
  { tries: 'an import whose name has a zero byte', bytes: () => text(`import x from 'fs\\0'\n${SCAN}`), refused: ['import_unknown'], isLong: true },
  { tries: 'comments that tell compilers to read files', filename: 'pragma.tsx', bytes: () => text(`/// <reference path="/etc/passwd" />\n/** @jsxImportSource /etc */\n/** @jsxRuntime automatic */\n${SCAN}`), refused: [], isLong: true },
  { tries: 'JSX whose runtime is a file', filename: 'jsx.tsx', bytes: () => text(`/** @jsxImportSource /etc */\n/** @jsxRuntime automatic */\n${SCAN}export const x = <a/>`), refused: ['import_relative'] },
  { tries: 'a source map that is a file of the machine', filename: 'map.ts', bytes: () => text(`${SCAN}const s: string = '//# sourceMappingURL=data:application/json;base64,AAAA'\n//# sourceMappingURL=file:///etc/passwd`), refused: [], isLong: true },
  { tries: 'a tar whose second file lies outside', filename: 's.tar', bytes: () => tampered([file('a.js', SCAN), file('b.js', 'x')], named('../../../etc/cron.d/x')), refused: ['file_binary'] },
  { tries: 'a tar whose second file is absolute', filename: 's.tar', bytes: () => tampered([file('a.js', `import './etc/passwd.js'\n${SCAN}`), file('b.js', 'export {}')], named('/etc/passwd.js')), refused: [] },
  { tries: 'a tar with a link to a file of the machine', filename: 's.tar', bytes: () => tampered([file('a.js', `import './b.js'\n${SCAN}`), file('b.js', '')], (header, at) => void (at === 1 && (header.write('2', 156), header.write('/etc/passwd', 157)))), refused: ['import_relative'] },
  { tries: 'a tar with a hard link', filename: 's.tar', bytes: () => tampered([file('a.js', `import './b.js'\n${SCAN}`), file('b.js', '')], (header, at) => void (at === 1 && (header.write('1', 156), header.write('/etc/passwd', 157)))), refused: ['import_relative'], isLong: true },
  { tries: 'a tar that says it holds eight gigabytes', filename: 's.tar', bytes: () => tampered([file('a.js', SCAN)], (header) => void header.write('77777777777', 124)), refused: ['file_binary'] },
  { tries: 'a tar that says it holds less than nothing', filename: 's.tar', bytes: () => tampered([file('a.js', SCAN)], (header) => void header.write('-0000000001', 124)), refused: ['file_binary'], isLong: true },
  { tries: 'a tar of one name twice', filename: 's.tar', bytes: () => packFiles([file('a.js', SCAN), file('./a.js', 'x')]), refused: ['file_binary'], isLong: true },
  { tries: 'a tar of five hundred files', filename: 's.tar', bytes: () => packFiles(Array.from({ length: 500 }, (_, at) => file(`f${at}.js`, SCAN))), refused: ['file_binary'], isLong: true },
  { tries: 'a tar in a tar', filename: 's.tar', bytes: () => packFiles([file('a.tar', packFiles([file('a.js', SCAN)])), file('b.js', 'x')]), refused: ['file_binary'] },
  { tries: 'a tar with a zip to import', filename: 's.tar', bytes: () => packFiles([file('a.js', `import './b.js'\n${SCAN}`), file('b.js', Buffer.from('504b0304140000000800', 'hex'))]), refused: ['companion_refused'], isLong: true },
  { tries: 'a tar with a file named as a stand-in', filename: 's.tar', bytes: () => packFiles([file('a.js', `import fs from 'fs'\nimport './fs.js'\n${SCAN}`), file('fs.js', 'export default 1')]), refused: [] },
  { tries: 'a tar with names of prototypes', filename: 's.tar', bytes: () => packFiles([file('a.js', `import { x } from './__proto__.js'\nimport y from './constructor'\n${SCAN}`), file('__proto__.js', 'export const x = 1'), file('constructor', 'module.exports = 1')]), refused: [] },
  { tries: 'a tar whose file reads one outside', filename: 's.tar', bytes: () => packFiles([file('a.js', `import './b.js'\n${SCAN}`), file('b.js', `import '../../../etc/passwd'`)]), refused: ['companion_refused'] },
  { tries: 'a tar whose files import each other', filename: 's.tar', bytes: () => packFiles([file('a.js', `import './b.js'\n${SCAN}`), file('b.js', `import './c.js'\nimport './b.js'`), file('c.js', `import './b.js'`)]), refused: [], isLong: true },
  { tries: 'a tar with JSON nested a hundred thousand deep', filename: 's.tar', bytes: () => packFiles([file('a.js', `import x from './b.json' with { type: 'json' }\n${SCAN}`), file('b.json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`)]), refused: [], isLong: true },
  { tries: 'a tar with a hundred TypeScript files that take long to compile', filename: 's.tar', bytes: () => packFiles([file('a.js', `import './f0.ts'\n${SCAN}`), ...Array.from({ length: 100 }, (_, at) => file(`f${at}.ts`, Array.from({ length: 5 }, (_, line) => `export const x${line} = ${'(('.repeat(390)}1${'))'.repeat(390)}`).join('\n')))]), refused: [], isLong: true },
]

/** Names that are no paths of this machine, whatever they look like. */
export const NAMES = ['../../etc/passwd.js', '..\\..\\boot.js', '/etc/cron.d/x.js', 'a\u0000b.js', '\u202egpj.js', 'con.js', '<img src=x onerror=alert(1)>.js', 'a\r\nX-Injected: 1.js', `${'x'.repeat(300)}.js`, '.js', '', 'scan.js"; filename="other.js', '__proto__']
