import { describe, expect, it } from 'vitest'

import { analyze } from '../../../runtime/intake/analyze.ts'
import { parseInspectReply } from '../../../runtime/intake/inspect-reply.ts'
import type { ModuleTable } from '../../../runtime/intake/modules.ts'
import { REPLY } from '../../../runtime/worker/protocol.ts'

const modules: ModuleTable = { strikescan: 'sdk', technicalindicators: 'bundled', fs: 'standin' }
const SCRIPT = `import { SMA } from 'technicalindicators'\nimport fs from 'node:fs'\nconst DATES = ['2026-11-20']\nexport const params = { fast: { default: 5 } }\nexport function scan(symbol, bars) { return SMA.length }`
const analysis = () => analyze({ filename: 'scan.js', bytes: Buffer.from(SCRIPT), modules, limits: { maxBytes: 10_000 } })
const frame = (value: unknown, type: number = REPLY.inspected) => ({ type, payload: Buffer.from(JSON.stringify(value)) })
const changed = (change: (value: ReturnType<typeof analysis>) => void) => {
  const value = structuredClone(analysis())
  change(value)
  return frame({ analysis: value })
}

describe('what the process that parses says', () => {
  it('is taken as it is where it is honest', () => {
    const honest = analysis()
    expect(honest.plan).not.toBeNull()
    expect(parseInspectReply(frame({ analysis: honest }), modules)).toEqual({ analysis: JSON.parse(JSON.stringify(honest)) })
    const need = { loader: 'ts', because: 'extension', text: 'x' }
    expect(parseInspectReply(frame({ need }), modules)).toEqual({ need })
  })

  it.each<[string, ReturnType<typeof frame>]>([
    ['of another kind', frame({ analysis: analysis() }, REPLY.rows)],
    ['that is both', frame({ analysis: analysis(), need: { loader: 'ts', because: 'syntax', text: '' } })],
    ['that is none', frame({ analysis: null })],
    ['with a compiler setting for a loader', frame({ need: { loader: 'ts --outfile=x', because: 'syntax', text: '' } })],
    ['with a package that is a path', changed(({ plan }) => void (plan!.imports[0] = { ...plan!.imports[0]!, specifier: '../../secrets.json', resolution: 'bundled' }))],
    ['with a package that is not allowed', changed(({ plan }) => void plan!.requires.push({ specifier: 'esbuild', resolution: 'bundled', line: 1, column: 0 }))],
    ['with a stand-in for a package', changed(({ plan }) => void plan!.dynamicImports.push({ start: 0, specifier: 'fs', resolution: 'bundled' }))],
    ['with a package named as keys of prototypes are', changed(({ plan }) => void plan!.requires.push({ specifier: 'constructor', resolution: 'bundled', line: 1, column: 0 }))],
    ['with a diagnostic of no code', changed(({ diagnostics }) => void diagnostics.push({ severity: 'error', code: '__proto__', message: '', hint: '', line: null, column: null }))],
    ['with a report of another shape', changed(({ report }) => void ((report as unknown as { symbols: unknown }).symbols = 'all'))],
    ['nested a thousand deep', changed(({ report }) => void report!.params.push({ name: 'a', default: JSON.parse('['.repeat(1_000) + ']'.repeat(1_000)) }))],
  ])('is refused: an analysis %s', (_, forged) => {
    expect(() => parseInspectReply(forged, modules)).toThrow(RangeError)
  })
})
