import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

const entry = fileURLToPath(new URL('../../../sdk/index.ts', import.meta.url))

describe('the SDK outside Node', () => {
  it('runs in a bare context: the language alone, no Node, no Intl, no web interfaces', async () => {
    const bundle = await build({ entryPoints: [entry], bundle: true, write: false, format: 'iife', globalName: 'sdk', platform: 'neutral', metafile: true })
    expect(Object.values(bundle.metafile.inputs).flatMap(({ imports }) => imports.filter(({ external }) => external))).toEqual([])
    expect(Object.keys(bundle.metafile.inputs).filter((path) => !/(^|\/)sdk\//.test(path))).toEqual([])
    const context = createContext(Object.create(null))
    runInContext('for (const name of ["Intl", "WebAssembly", "SharedArrayBuffer", "Atomics", "console"]) delete globalThis[name]', context)
    runInContext(bundle.outputFiles[0]!.text, context)
    const result = runInContext(
      `(() => {
        const close = Array.from({ length: 40 }, (_, index) => 50 + Math.sin(index))
        const bars = close.map((price) => ({ high: price + 1, low: price - 1, close: price, volume: 10, open: price }))
        const scanner = sdk.defineScanner({ params: { period: 14 }, scan: ({ params }) => sdk.ta.rsi(close, params.period)[39] })
        const params = sdk.resolveParams(scanner, { period: '10' })
        return JSON.stringify([scanner.scan({ params }), sdk.ta.atr(bars, 14)[39], sdk.ta.bollinger(close).upper[39], sdk.isScanner(scanner)])
      })()`,
      context,
    ) as string
    expect(JSON.parse(result)).toEqual([expect.any(Number), expect.any(Number), expect.any(Number), true])
  })
})
