import type { ChildProcess } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'

import { ProgressReader, type Progress, type Unsent } from '../worker/cell.ts'
import { encodeFrame, FrameSplitter, type Frame } from '../worker/frames.ts'
import { mostReplyBytes } from '../worker/protocol.ts'
import { spawnWorker, type LaunchWorker } from './spawn.ts'

/** Why a worker ended. `killed`: by this parent, for `cause`. `broke`: it sent something that no honest worker sends. */
export type WorkerEnd =
  { kind: 'killed'; cause: KillCause } | { kind: 'broke'; problem: string } | { kind: 'out_of_memory' } | { kind: 'exited'; detail: string }
export type KillCause = 'timeout' | 'memory' | 'stopped'

export interface WorkerListener {
  frame(frame: Frame): void
  ended(end: WorkerEnd): void
  /** Taking a frame failed for a reason that is not the worker's. */
  failed?(problem: unknown): void
}

/** Niceness: about a tenth of the share of an ordinary process where both want one processor. */
const GIVING_WAY = 10
const MAX_STDERR = 16 * 1024

/** One worker process as its parent sees it: requests in, frames out, its progress cell, and the only cure, SIGKILL. */
export class WorkerProcess {
  #id: number
  readonly #child: ChildProcess
  readonly #cellFd: number
  readonly #progress: ProgressReader
  readonly #splitter = new FrameSplitter(mostReplyBytes)
  #end: WorkerEnd | null = null
  #stderr = ''
  #isClosed = false
  #last: { progress: Progress; unsent: Unsent } | null = null
  #listener: WorkerListener

  /** @param files descriptors of the snapshot's bars and index, which stay the caller's */
  constructor(
    id: number,
    entry: 'scan' | 'intake',
    dataLimitMb: number,
    files: number[],
    listener: WorkerListener,
    spawn: LaunchWorker = spawnWorker,
  ) {
    this.#id = id
    this.#listener = listener
    this.#cellFd = openUnnamedFile()
    this.#progress = new ProgressReader(this.#cellFd)
    try {
      this.#child = spawn({ entry, dataLimitMb, descriptors: [this.#cellFd, ...files] })
    } catch (error) {
      closeSync(this.#cellFd)
      throw error
    }
    this.#listen()
  }

  get id(): number {
    return this.#id
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get isAlive(): boolean {
    return this.#end === null && !this.#isClosed
  }

  /**
   * Has the process wait where this one, which serves everybody, wants a processor. Best called at once: threads take
   * it over from the one that starts them.
   */
  giveWay(): void {
    // Number 0, of one that could not be started, would stand for this process itself.
    if (this.#child.pid === undefined) return
    try {
      setPriority(this.pid, GIVING_WAY)
    } catch {
      // A system that knows no priorities, or a process that is gone.
    }
  }

  /** Hands the process to a new owner, who hears all that comes from now on. */
  adopt(id: number, listener: WorkerListener): void {
    this.#id = id
    this.#listener = listener
  }

  /** Where the worker is, also of one that no longer answers; where it was, of one that is gone. */
  progress(): Progress {
    return this.#last?.progress ?? this.#progress.read()
  }

  /** Log lines of its script that it has not sent, also of one that is gone. */
  unsent(): Unsent {
    return this.#last?.unsent ?? this.#progress.unsent()
  }

  askYield(unit: number): void {
    this.#progress.askYield(unit)
  }

  send(type: number, value: unknown): void {
    this.sendText(type, JSON.stringify(value))
  }

  /** As `send`, of JSON that is text already. */
  sendText(type: number, json: string): void {
    if (this.isAlive) this.#child.stdin?.write(encodeFrame(type, Buffer.from(json)))
  }

  /** Bytes that were sent and that the system has not taken for it yet. */
  get unreadBytes(): number {
    return this.#child.stdin?.writableLength ?? 0
  }

  /** Ends the process and all it may have started, at once. `ended` follows. */
  kill(end: WorkerEnd): void {
    if (!this.isAlive) return
    this.#end = end
    // One that could not be started has no number, and a signal to group 0 would be one to this process's own.
    if (this.#child.pid === undefined) return void this.#child.kill('SIGKILL')
    try {
      // The worker leads a group of its own, so nothing that it started survives it.
      process.kill(process.platform === 'win32' ? this.pid : -this.pid, 'SIGKILL')
    } catch {
      this.#child.kill('SIGKILL')
    }
  }

  #listen(): void {
    this.#child.on('error', (error) => this.#close({ kind: 'exited', detail: error.message }))
    this.#child.on('close', (code, signal) => this.#close(endOf(code, signal, this.#stderr)))
    // Where no descriptor is left there are no pipes either, whatever the types say; the error comes in a moment.
    if ((this.#child.stdio as unknown) === undefined) return
    const replies = this.#child.stdio[3] as NodeJS.ReadableStream
    replies.on('data', (chunk: Buffer) => {
      if (this.#end !== null) return
      try {
        for (const frame of this.#splitter.push(chunk)) {
          if (this.#end === null) this.#listener.frame(frame)
        }
      } catch (error) {
        if (error instanceof RangeError || error instanceof SyntaxError) this.kill({ kind: 'broke', problem: error.message })
        else if (this.#listener.failed === undefined) throw error
        else this.#listener.failed(error)
      }
    })
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      if (this.#stderr.length < MAX_STDERR) this.#stderr += chunk.toString()
    })
    // A worker that died while a request was on its way: its end is reported by 'close'.
    this.#child.stdin!.on('error', () => {})
    replies.on('error', () => {})
  }

  #close(seen: WorkerEnd): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#last = { progress: this.#progress.read(), unsent: this.#progress.unsent() }
    closeSync(this.#cellFd)
    this.#listener.ended(this.#end ?? seen)
  }
}

function endOf(code: number | null, signal: string | null, stderr: string): WorkerEnd {
  if (/out of memory|Allocation failed|bad_alloc|Cannot allocate memory|is_heap_oom = 1|<--- Last few GCs --->/i.test(stderr)) {
    return { kind: 'out_of_memory' }
  }
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`
  // It ends up in rows and on terminals: no control character of a stranger's goes there.
  const said =
    stderr
      .trim()
      .split('\n')
      .at(-1)
      ?.slice(0, 300)
      .replace(/\p{Cc}|\p{Cf}/gu, ' ') ?? ''
  return { kind: 'exited', detail: said === '' ? how : `${how}: ${said}` }
}

/**
 * A descriptor of a file without a name: gone with the last process that holds it. In memory where the system has a
 * folder for that: the first write to a disk's file takes ten milliseconds.
 */
function openUnnamedFile(): number {
  const folder = makeFolder('/dev/shm') ?? makeFolder(tmpdir())!
  try {
    return openSync(join(folder, 'cell'), 'w+', 0o600)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function makeFolder(parent: string): string | null {
  try {
    return mkdtempSync(join(parent, 'strikescan-'))
  } catch (error) {
    if (parent === tmpdir()) throw error
    return null
  }
}
