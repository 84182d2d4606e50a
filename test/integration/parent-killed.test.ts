import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, it } from 'vitest'

const LAUNCHER = fileURLToPath(new URL('../../api/cli/strikescan.js', import.meta.url))
const FINDER = new URL('../../api/cli/node-finder.js', import.meta.url).href
const folder = mkdtempSync(join(tmpdir(), 'strikescan-parent-'))
const begun: ChildProcess[] = []
afterAll(() => {
  for (const child of begun) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** What an older Node does, on whichever there is: hands over to the Node of the dependencies. */
const handsOver = join(folder, 'hands-over.mjs')
writeFileSync(handsOver, `import { handOver } from ${JSON.stringify(FINDER)}\nhandOver(${JSON.stringify(LAUNCHER)})\n`)
/** What npm does, as far as processes go: a shell that waits for the command. */
const asNpm = join(folder, 'as-npm.mjs')
writeFileSync(asNpm, `import { spawn } from 'node:child_process'
const shell = spawn('sh', ['-c', '"$0" "$@"; exit $?', process.execPath, ...process.argv.slice(2)], { stdio: 'inherit', env: { ...process.env, npm_lifecycle_event: 'npx' } })
shell.on('exit', () => process.exit())
console.log('shell ' + shell.pid)
`)

interface Started {
  readonly child: ChildProcess
  readonly shell: number
  readonly url: string
  /** Resolves when nobody holds the output any more: all processes behind it are gone. */
  readonly gone: Promise<void>
}

/** Starts the simulated market, the lightest server that there is, and waits until it listens. */
async function started(script: string, ...before: string[]): Promise<Started> {
  const child = spawn(process.execPath, [script, ...before, 'simulate', '--port', '0', '--home', join(folder, 'home'), '--set', 'market.simulatedSymbols=20'], { stdio: ['ignore', 'pipe', 'ignore'] })
  begun.push(child)
  let said = ''
  const gone = new Promise<void>((resolve) => child.stdout.on('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => /listening on/.test((said += data)) && resolve())
    void gone.then(() => reject(new Error(`It ended and said ${JSON.stringify(said)}`)))
  })
  return { child, shell: Number(/shell (\d+)/.exec(said)?.[1]), url: /listening on (\S+)/.exec(said)![1]!, gone }
}

const answers = (url: string): Promise<boolean> => fetch(url).then(() => true, () => false)

describe.skipIf(process.platform === 'win32')('a server', { concurrent: true }, () => {
  it('ends when the launcher of another Node is killed, of which it is a child', async ({ expect }) => {
    const { child, url, gone } = await started(handsOver)
    expect(await answers(url)).toBe(true)
    child.kill('SIGKILL')
    await gone
    expect(await answers(url)).toBe(false)
  })

  it('ends when npm’s shell is ended, behind which it stands', async ({ expect }) => {
    const { shell, url, gone } = await started(asNpm, LAUNCHER)
    expect(await answers(url)).toBe(true)
    process.kill(shell, 'SIGTERM')
    await gone
    expect(await answers(url)).toBe(false)
  })

  it.skipIf(process.platform !== 'linux')('ends when npm itself is killed, launcher, shell and all', async ({ expect }) => {
    const { child, url, gone } = await started(asNpm, handsOver)
    child.kill('SIGKILL')
    await gone
    expect(await answers(url)).toBe(false)
  })

  it('outlives the shell that it was started from, where that is not npm’s', async ({ expect }) => {
    const alone = join(folder, 'alone.mjs')
    writeFileSync(alone, `import { spawn } from 'node:child_process'
const child = spawn(process.execPath, process.argv.slice(2), { stdio: 'inherit', detached: true, env: { ...process.env, npm_lifecycle_event: undefined } })
console.log('shell ' + child.pid)
`)
    const { child, shell: server, url, gone } = await started(alone, LAUNCHER)
    child.kill('SIGKILL')
    // Longer than it takes to notice, had it looked.
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    expect(await answers(url)).toBe(true)
    process.kill(server, 'SIGTERM')
    await gone
  })
})
