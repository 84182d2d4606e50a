import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('../../../api/cli/strikescan.js', import.meta.url))

export interface Finished {
  code: number | null
  signal: string | null
  out: string
  err: string
}

/** Starts the command line as a user does, on the Node that runs the tests. */
export function startCommand(args: string[], options: { cwd?: string; onOut?: (text: string) => void } = {}): { child: ChildProcess; done: Promise<Finished> } {
  const child = spawn(process.execPath, [launcher, ...args], { cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    options.onOut?.(text)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text))
  const done = new Promise<Finished>((resolve) => child.on('close', (code, signal) => resolve({ code, signal, out, err })))
  return { child, done }
}

export function command(args: string[], options: { cwd?: string } = {}): Promise<Finished> {
  return startCommand(args, options).done
}
