import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { confined } from '../sandbox/confinement.ts'

export type Loader = 'ts' | 'tsx'

const MEMORY_MB = 1_024

/** Types gone and nothing else changed: no setting of the author's folders applies. Imports that only name types go, as with tsc. */
const TSCONFIG = JSON.stringify({ compilerOptions: { target: 'esnext', useDefineForClassFields: true, verbatimModuleSyntax: false } })

/** A compiler that waits for one text on its standard input, in an empty folder of its own and without an environment. */
export interface CompilerProcess {
  readonly child: ChildProcess
  readonly folder: string
}

/** Path of esbuild's program for this platform, null where it is not installed. */
export function findCompiler(): string | null {
  try {
    const require = createRequire(import.meta.resolve('esbuild'))
    const program = process.platform === 'win32' ? 'esbuild.exe' : 'bin/esbuild'
    return require.resolve(`@esbuild/${process.platform}-${process.arch}/${program}`)
  } catch {
    return null
  }
}

/** Rejects only where there can be no temporary folder. */
export async function startCompiler(binary: string, loader: Loader): Promise<CompilerProcess> {
  const settings = [`--loader=${loader}`, '--sourcemap=inline', '--sources-content=false', '--target=esnext', '--supported:decorators=false', '--charset=utf8']
  const [command, ...rest] = confined([binary, ...settings, '--log-level=error', '--log-limit=20', '--color=false', `--tsconfig-raw=${TSCONFIG}`], MEMORY_MB)
  // In one go with what removes it: a host that is killed meanwhile would leave it behind.
  const folder = mkdtempSync(join(tmpdir(), 'strikescan-compile-'))
  const child = spawn(command!, rest, { cwd: folder, env: {}, stdio: 'pipe', windowsHide: true })
  // It stays the compiler's own, also without a name: nothing is left behind by a process that is killed.
  if (process.platform !== 'win32') rmSync(folder, { recursive: true, force: true })
  return { child, folder }
}

export async function endCompiler({ child, folder }: CompilerProcess): Promise<void> {
  child.kill('SIGKILL')
  // At once: a server that ends waits for nothing, and would leave the folder behind.
  rmSync(folder, { recursive: true, force: true })
}

/** A taken one is replaced once whoever took it has had its first moments of the processors. */
const REFILL_MS = 400

/** One compiler that stands by: to start a process holds up a server that has much in memory for ten milliseconds. */
export class SpareCompiler {
  #kept: CompilerProcess | null = null
  #timer: NodeJS.Timeout | null = null
  #isOpen = false

  /** Keeps one from now on. */
  open(): void {
    this.#isOpen = true
    void this.#fill()
  }

  /** A compiler to be used once and ended; null where none is there. */
  take(loader: Loader): CompilerProcess | null {
    if (loader !== 'ts' || this.#kept === null) return null
    const taken = this.#kept
    this.#kept = null
    taken.child.removeAllListeners()
    this.#fillLater()
    return taken
  }

  close(): void {
    this.#isOpen = false
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#kept !== null) endCompiler(this.#kept).catch(() => {})
    this.#kept = null
  }

  #fillLater(): void {
    if (!this.#isOpen || this.#timer !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#fill()
    }, REFILL_MS)
    this.#timer.unref()
  }

  /** Without one, whoever compiles starts its own; one that ends by itself is not replaced before the next is wanted. */
  async #fill(): Promise<void> {
    const binary = findCompiler()
    if (!this.#isOpen || this.#kept !== null || binary === null) return
    const made = await startCompiler(binary, 'ts').catch(() => null)
    if (made === null) return
    const forget = (): void => {
      if (this.#kept === made) this.#kept = null
      endCompiler(made).catch(() => {})
    }
    made.child.once('error', forget).once('close', forget)
    if (!this.#isOpen || this.#kept !== null) return forget()
    this.#kept = made
    made.child.unref()
  }
}
