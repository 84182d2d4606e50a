import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { gatherScript, readArtifact } from '../../../runtime/host.ts'
import { openTestHost, type TestHost } from './hosting.ts'
import { barsOf } from './market-bars.ts'
import { startVendorServer, type VendorServer } from './vendor-server.ts'

const preload = pathToFileURL(fileURLToPath(new URL('plain-preload.mjs', import.meta.url))).href
const packages = fileURLToPath(new URL('../../../node_modules', import.meta.url))
const run = promisify(execFile)

/** What a script said on its standard output, and the files it wrote, by name, a byte a sign. */
interface Outward {
  readonly said: string
  readonly files: Record<string, string>
}

/** Adds a test for each script of a folder of `test/fixtures/compared`, and gives the host that they run on, open while the tests run. */
export function compareScripts(folder: string): () => TestHost {
  let test: TestHost
  let vendors: VendorServer
  beforeAll(async () => {
    test = await openTestHost()
    vendors = await startVendorServer(await barsOf(test))
  })
  afterAll(async () => {
    await vendors.close()
    await test.close()
  })
  const path = fileURLToPath(new URL(`../../fixtures/compared/${folder}/`, import.meta.url))
  const names = readdirSync(path)
  if (names.length === 0) throw new Error(`${path} has no scripts to compare`)
  it.each(names)('%s says and writes what it does in plain Node', async (name) => {
    expect(await hosted(test, join(path, name))).toEqual(await inPlainNode(vendors.port, join(path, name)))
  })
  return () => test
}

/** Runs a script here, whole and byte for byte unmodified. */
async function hosted(test: TestHost, path: string): Promise<Outward> {
  const { run: result, logs } = await test.run(gatherScript(path, readFileSync(path)), { filename: basename(path), split: 'never' })
  if (result.error !== null) throw new Error(result.error.message)
  const files = (result.files ?? []).map((file) => [file.path, Buffer.from(readArtifact(test.home, result, file.path)).toString('latin1')])
  return { said: logs.map(({ text }) => `${text}\n`).join(''), files: Object.fromEntries(files.toSorted()) as Record<string, string> }
}

/** Runs a script as its author does, in a folder of its own; the server of vendors answers its requests. */
async function inPlainNode(port: number, path: string): Promise<Outward> {
  const cwd = mkdtempSync(join(tmpdir(), 'strikescan-compared-'))
  try {
    const copy = join(cwd, basename(path))
    copyFileSync(path, copy)
    symlinkSync(packages, join(cwd, 'node_modules'))
    // Levels of the log are not compared, so both streams are one, in the order of writing.
    const { stdout } = await run('/bin/sh', ['-c', '"$0" --no-warnings --import "$1" "$2" 2>&1', process.execPath, preload, copy], { cwd, env: { TZ: 'UTC', LANG: 'en_US.UTF-8', VENDOR_PORT: String(port), VENDOR_SLEEPS: '0', VENDOR_TABLES: '0' } })
    const names = readdirSync(cwd).filter((name) => name !== 'node_modules' && name !== basename(path))
    const files = names.flatMap((name) => (statSync(join(cwd, name)).isFile() ? [name] : readdirSync(join(cwd, name), { recursive: true, encoding: 'utf8' }).map((file) => join(name, file)))).filter((file) => statSync(join(cwd, file)).isFile())
    return { said: stdout, files: Object.fromEntries(files.map((file) => [file, readFileSync(join(cwd, file), 'latin1')]).toSorted()) as Record<string, string> }
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}
