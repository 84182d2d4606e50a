import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

import { errorLine } from '../errors.ts'
import type { Host, Run, RunHandle, RunRequest, Runtime } from '../host-types.ts'
import type { Terminal } from '../terminal.ts'
import { duration, harmless } from '../text.ts'
import { refusalLines, roundLines, typeLines } from './report.ts'
import { findTypeChecker } from './type-check.ts'
import type { Watched } from './watch-file.ts'

/** Log lines of the script that one round shows. */
const LOG_LINES = 20

export interface DevOptions {
  /** Absolute path of the scanner. */
  file: string
  request: Omit<RunRequest, 'filename' | 'source'>
  checkTypes: boolean
  /** Where the compiler is missing, told once. */
  say: (line: string) => void
}

/** The work of one save after the other: a new one breaks the one before off. */
export class DevLoop {
  readonly #terminal: Terminal
  readonly #runtime: Runtime
  readonly #host: Host
  readonly #options: DevOptions
  readonly #types: ReturnType<typeof findTypeChecker>
  #current: Round | null = null
  #rounds = 0

  constructor(terminal: Terminal, runtime: Runtime, host: Host, options: DevOptions) {
    this.#terminal = terminal
    this.#runtime = runtime
    this.#host = host
    this.#options = options
    this.#types = options.checkTypes ? findTypeChecker(options.file) : { missing: '' }
    if ('missing' in this.#types && this.#types.missing !== '') options.say(this.#types.missing)
  }

  /** Begins a round for new content; null where the file is gone. */
  saved(state: Watched | null): void {
    this.#current?.stop()
    this.#current = null
    this.#heading()
    if (state === null) return void this.#write([`${basename(this.#options.file)} is not there; waiting for it`])
    if (state.content.length === 0) return void this.#write([`${basename(this.#options.file)} is empty; waiting for its next save`])
    this.#current = new Round(this.#terminal.now())
    void this.#play(this.#current, state)
  }

  /** Breaks the round off that is under way. */
  async close(): Promise<void> {
    this.#current?.stop()
    await this.#current?.ended
  }

  async #play(round: Round, state: Watched): Promise<void> {
    const types = 'check' in this.#types ? this.#types.check(round.aborter.signal) : null
    try {
      await Promise.all([this.#run(round, state), types?.then((problems) => this.#showTypes(round, problems))])
    } catch (error) {
      if (!round.aborter.signal.aborted) this.#write([`error: ${error instanceof Error ? error.message : String(error)}`])
    } finally {
      round.finish()
    }
    if (!round.aborter.signal.aborted) this.#write([`watching ${basename(this.#options.file)}; Ctrl-C ends`])
  }

  async #run(round: Round, { content, script }: Watched): Promise<void> {
    const { file, request } = this.#options
    const handle = this.#host.startRun({ ...request, filename: basename(file), source: script })
    round.handle = handle
    if (round.aborter.signal.aborted) handle.cancel()
    let logs = 0
    const breaksOff: { culprit: string | null } = { culprit: null }
    handle.subscribe((event) => {
      if (event.type === 'symbols' && breaksOff.culprit === null) {
        breaksOff.culprit = event.symbols.find(({ status }) => status === 'timed_out' || status === 'out_of_memory')?.symbol ?? null
        // What hangs at one symbol mostly hangs at all, and each would take its whole time.
        if (breaksOff.culprit !== null) handle.cancel()
      }
      if (event.type !== 'log' || round.aborter.signal.aborted || ++logs > LOG_LINES) return
      this.#write([`[${event.level}${event.symbol ? ` ${event.symbol}` : ''}] ${harmless(event.text)}`])
    })
    const run = await handle.done
    if (round.aborter.signal.aborted) return
    if (logs > LOG_LINES) this.#write([`… ${logs - LOG_LINES} more log lines`])
    const ms = this.#terminal.now() - round.startedAt
    const refusal = wasScanned(run) ? [] : await this.#refusal(run, content, script)
    this.#write(refusal.length > 0 ? refusal : roundLines(this.#host, run, Math.max(40, this.#terminal.out.columns), ms))
    if (breaksOff.culprit !== null && run.ledger.cancelled > 0) this.#write([`left out what came after ${breaksOff.culprit}, which took too much: mend it, or leave it out with --symbols`])
  }

  /** What keeps a file from running at all, with the author's line. */
  async #refusal(run: Run, content: Uint8Array, script: Uint8Array): Promise<string[]> {
    const { file } = this.#options
    const inspection = await this.#host.inspect({ filename: basename(file), source: script })
    const lines = refusalLines(inspection, file, new TextDecoder().decode(content), this.#runtime.codeFrame)
    return lines.length > 0 || run.error === null ? lines : [errorLine(run.error)]
  }

  #showTypes(round: Round, problems: Awaited<ReturnType<Extract<ReturnType<typeof findTypeChecker>, { check: unknown }>['check']>>): void {
    if (problems === null || round.aborter.signal.aborted) return
    const ms = this.#terminal.now() - round.startedAt
    const { file } = this.#options
    this.#write(problems.length === 0 ? [`types: no errors (${duration(ms)})`] : [...typeLines(problems, file, textOf, this.#runtime.codeFrame), `types: ${problems.length === 1 ? '1 error' : `${problems.length} errors`} (${duration(ms)})`])
  }

  /** A terminal shows one round at a time; a file or a pipe gets one after the other. */
  #heading(): void {
    if (this.#terminal.out.isTerminal) this.#terminal.out.write('\u001b[2J\u001b[H')
    else if (this.#rounds > 0) this.#terminal.out.write('\n--- saved ---\n')
    this.#rounds++
  }

  #write(lines: readonly string[]): void {
    this.#terminal.out.write(lines.map((line) => `${line}\n`).join(''))
  }
}

/** One save's run and type check. */
class Round {
  readonly startedAt: number
  readonly aborter = new AbortController()
  readonly ended: Promise<void>
  readonly finish: () => void
  handle: RunHandle | null = null

  constructor(startedAt: number) {
    this.startedAt = startedAt
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ended = promise
    this.finish = resolve
  }

  stop(): void {
    this.aborter.abort()
    this.handle?.cancel()
  }
}

/** Whether any symbol was looked at: a run that fails before says so of every symbol, at no line. */
const wasScanned = ({ error, ledger }: Run): boolean => error === null || ledger.failed < ledger.detected

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
