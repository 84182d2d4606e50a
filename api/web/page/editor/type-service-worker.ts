// The type service: TypeScript over the SDK's own sources, in a worker.
import ts from '@typescript/typescript6'
import { createSystem, createVirtualTypeScriptEnvironment } from '@typescript/vfs'
import { createWorker } from '@valtown/codemirror-ts/worker'
import { expose } from 'comlink'

import libraryTypes from '#carried/library-types'
import sdkTypes from '#carried/sdk-types'

/** What scripts find in their isolate beside the language. */
const GLOBALS = `
declare const console: Record<'log' | 'info' | 'warn' | 'error' | 'debug', (...values: unknown[]) => void>
interface Response {
  ok: boolean
  status: number
  headers: { get(name: string): string | null }
  json(): Promise<any>
  text(): Promise<string>
}
declare function fetch(url: string, options?: { method?: string; headers?: Record<string, string>; body?: string }): Promise<Response>
declare function setTimeout(work: (...values: any[]) => void, ms?: number, ...values: any[]): number
declare function setInterval(work: (...values: any[]) => void, ms?: number, ...values: any[]): number
declare function clearTimeout(timer?: number): void
declare function clearInterval(timer?: number): void
declare function structuredClone<T>(value: T): T
declare const performance: { now(): number }
declare const process: { env: Record<string, string | undefined> }
declare class URLSearchParams {
  constructor(from?: string | Record<string, string>)
  get(name: string): string | null
  set(name: string, value: string): void
  append(name: string, value: string): void
  toString(): string
}
declare class URL {
  constructor(url: string, base?: string)
  href: string
  searchParams: URLSearchParams
  pathname: string
  toString(): string
}
declare class TextEncoder { encode(text: string): Uint8Array }
declare class TextDecoder { decode(bytes: Uint8Array): string }
declare const module: { exports: any }
declare const exports: any
`

expose(
  createWorker(() => {
    const files = new Map<string, string>(Object.entries(libraryTypes).map(([name, text]) => [`/${name}`, text]))
    for (const [name, text] of Object.entries(sdkTypes)) files.set(`/node_modules/strikescan/${name}`, text)
    files.set(
      '/node_modules/strikescan/package.json',
      JSON.stringify({ name: 'strikescan', type: 'module', exports: { '.': './index.ts', './options': './options/index.ts' } }),
    )
    files.set('/globals.d.ts', GLOBALS)
    return createVirtualTypeScriptEnvironment(createSystem(files), ['/globals.d.ts'], ts as never, {
      target: ts.ScriptTarget.ES2025,
      lib: ['es2025'],
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
      allowJs: true,
      checkJs: false,
      noEmit: true,
      // Authors of scanners index columns all day: an index is not held to be missing.
      strict: true,
      noUncheckedIndexedAccess: false,
      skipLibCheck: true,
      types: [],
    })
  }),
)
