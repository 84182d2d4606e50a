import type { Writable } from 'node:stream'
import type { Runtime } from './host-types.ts'
import type { loadRuntime } from './runtime-door.ts'

/** A stream that text goes to; a reader that goes away (`| head`) closes it and is no error. */
export interface Sink {
  readonly isTerminal: boolean
  /** Width in characters. */
  readonly columns: number
  readonly closed: boolean
  /** Why what was written did not arrive, where that is no reader's doing: a full disk behind a redirection. */
  readonly failure?: Error | null
  /** False where the reader is behind: wait for `drained` before writing much more. */
  write(text: string): boolean
  /** Resolves when more may be written, or the reader is gone. */
  drained(): Promise<void>
  /** Resolves when everything written has left this process: to be awaited before it exits. */
  flushed(): Promise<void>
  onClosed(listener: () => void): void
}

/** All that a command touches of the process it runs in. */
export interface Terminal {
  out: Sink
  err: Sink
  env: Record<string, string | undefined>
  cwd: string
  /** Milliseconds of a clock that only ticks forward. */
  now(): number
  /** Calls `listener` on interrupts (SIGINT, SIGTERM) until the returned function is called; the latest listener alone is called. */
  onInterrupt(listener: () => void): () => void
  /** Ends the process at once. */
  exit(code: number): void
  /** The runtime, loaded when it is first needed: help and usage errors need none of it. @param runIn where a run is to follow, the --home it is to be in */
  runtime(runIn?: { home: string | undefined }): Promise<Runtime>
}

/** A press of Ctrl-C reaches the launcher and this process both, and the launcher hands its own on: within this time they are one. */
const SAME_PRESS_MS = 250

/** The real process. */
export function nodeTerminal(runtime: typeof loadRuntime): Terminal {
  const listeners: (() => void)[] = []
  let last = -Infinity
  const interrupt = (): void => {
    const now = performance.now()
    if (now - last < SAME_PRESS_MS) return
    last = now
    const listener = listeners.at(-1)
    if (listener) listener()
    else process.exit(130)
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)

  return {
    out: streamSink(process.stdout),
    err: streamSink(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    now: () => performance.now(),
    onInterrupt(listener) {
      listeners.push(listener)
      return () => void listeners.splice(listeners.indexOf(listener), 1)
    },
    exit: (code) => process.exit(code),
    runtime: (runIn) => runtime(runIn && { flag: runIn.home, env: process.env, cwd: process.cwd() }),
  }
}

const PIPE_COLUMNS = 120
/** What a pipe says whose reader has seen enough. */
const READER_GONE: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'EIO'])

function streamSink(stream: Writable & { isTTY?: boolean; columns?: number }): Sink {
  let closed = false
  let failure: Error | null = null
  const onClosed: (() => void)[] = []
  const close = (): void => {
    if (closed) return
    closed = true
    for (const listener of onClosed) listener()
  }
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!READER_GONE.has(error.code ?? '')) failure ??= error
    close()
  })
  stream.on('close', close)
  return {
    get isTerminal() {
      return stream.isTTY === true
    },
    get columns() {
      return stream.columns || PIPE_COLUMNS
    },
    get closed() {
      return closed
    },
    get failure() {
      return failure
    },
    write: (text) => closed || stream.write(text),
    drained() {
      if (closed || !stream.writableNeedDrain) return Promise.resolve()
      return new Promise((resolve) => {
        stream.once('drain', resolve)
        onClosed.push(resolve)
      })
    },
    flushed() {
      if (closed || stream.writableLength === 0) return Promise.resolve()
      return new Promise((resolve) => {
        // An empty write is done when all before it is.
        stream.write('', () => resolve())
        onClosed.push(resolve)
      })
    },
    onClosed(listener) {
      if (closed) listener()
      else onClosed.push(listener)
    },
  }
}
