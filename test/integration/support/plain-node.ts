import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export type PlainOutcome = { data: unknown } | { error: { name: string; message: string; line: number; column: number } }

const runner = fileURLToPath(new URL('plain-node.mjs', import.meta.url))
const run = promisify(execFile)

/** What the file's scan gives in plain Node, in a process and a folder of its own, since the `package.json` around a file decides what it means. */
export async function runInNode(filename: string, source: string | Uint8Array): Promise<PlainOutcome> {
  return (await runAllInNode([{ filename, source }]))[0]!
}

/** The same of files that leave nothing behind which another could meet: one after the other in one process. */
export async function runAllInNode(files: readonly { filename: string; source: string | Uint8Array }[]): Promise<PlainOutcome[]> {
  const folders = files.map(() => mkdtempSync(join(tmpdir(), 'strikescan-plain-')))
  try {
    const paths = files.map(({ filename, source }, at) => {
      const path = join(folders[at]!, filename)
      writeFileSync(path, source)
      return path
    })
    const { stdout } = await run(process.execPath, ['--no-warnings', runner, ...paths], { env: { TZ: 'UTC' } })
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as PlainOutcome[]
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
}
