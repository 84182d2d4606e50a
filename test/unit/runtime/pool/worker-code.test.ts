import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

import { inspectScript } from '../../../../runtime/intake/inspect.ts'
import { workerCode } from '../../../../runtime/pool/worker-code.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

describe('the code of a worker', () => {
  it.each(['scan', 'intake'] as const)('is one file for %s, and all that it may read beside its native package', (entry) => {
    const { file, readable } = workerCode(entry)
    expect(file).toMatch(new RegExp(`${entry}-worker-[0-9a-f]{16}\\.cjs$`))
    expect(readable[0]).toBe(file)
    const others = readable.slice(1)
    expect(others.length).toBe(entry === 'scan' ? 2 : 0)
    for (const path of others) expect(path).toMatch(/node_modules.(isolated-vm|node-gyp-build).\*$/)
  })

  it('holds no module by name but those of Node and the native package', () => {
    for (const entry of ['scan', 'intake'] as const) {
      const imported = [...readFileSync(workerCode(entry).file, 'utf8').matchAll(/\brequire\("([^"]+)"\)/g)].map((match) => match[1]!)
      expect(imported.length).toBeGreaterThan(0)
      for (const name of imported) expect(name === 'isolated-vm' ? entry : name).toMatch(entry === 'scan' ? /^(scan$|node:|fs$|module$)/ : /^(node:|fs$|module$)/)
    }
  })

  it('lets a worker read nothing else of the package, even before it gives up its rights', () => {
    const { readable } = workerCode('scan')
    const flags = ['--permission', ...readable.map((path) => `--allow-fs-read=${path}`)]
    const look = (path: string): string => `try { require('node:fs').readFileSync(${JSON.stringify(path)}); console.log('read') } catch (error) { console.log(error.code) }`
    const answer = execFileSync(process.execPath, [...flags, '-e', [`${ROOT}package.json`, `${ROOT}runtime/host.ts`, '/etc/passwd', readable[0]!].map(look).join(';')], { encoding: 'utf8' })
    expect(answer.trim().split('\n')).toEqual(['ERR_ACCESS_DENIED', 'ERR_ACCESS_DENIED', 'ERR_ACCESS_DENIED', 'read'])
  })

  it('takes a script apart', async () => {
    const source = "import { defineScanner } from 'strikescan'\nexport default defineScanner({ name: 'One', scan() { return true } })\n"
    const analysis = await inspectScript({ filename: 'one.js', bytes: Buffer.from(source), modules: { strikescan: 'sdk' }, maxBytes: 10_000, deadlineMs: 10_000 })
    expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(analysis.plan?.pattern).toBe('defineScanner')
  })
})
