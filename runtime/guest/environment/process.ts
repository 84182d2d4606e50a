import { ErrorConstructor, NumberIsInteger } from '../language/intrinsics.ts'
import { ProcessEvents } from './process-events.ts'
import { defineGlobal } from '../language/properties.ts'

/** Thrown by `process.exit`: ends the script's turn, not the host's process. */
class ScriptExit extends ErrorConstructor {
  constructor(exitCode: number) {
    super(`the script ended itself with process.exit(${exitCode})`)
  }
}

const SECRET_NAME = /key|token|secret|password/i
const exec = RegExp.prototype.exec
const apply = Reflect.apply

/** What the host has of a script's process. */
export interface ProcessHandle {
  readonly events: ProcessEvents
  /** The code by which the script says what came of it, as far as it is one. */
  exitCode(): number
}

/** `process` as scripts use it: an environment of placeholders, arguments, `exit`, `nextTick`, what is to be done at its end; no authority at all. */
export function installProcess(scope: object, deps: { write(text: string): void; queueMicrotask(callback: () => void): void; filename: string; elapsedMs(): number; onExit(code: number): void }): ProcessHandle {
  const environment = new Proxy({ NODE_ENV: 'production', TZ: 'UTC' } as Record<string, string>, {
    get: (target, name) => {
      if (typeof name !== 'string') return undefined
      return target[name] ?? (apply(exec, SECRET_NAME, [name]) === null ? undefined : 'strikescan-placeholder')
    },
    has: (target, name) => typeof name === 'string' && (name in target || apply(exec, SECRET_NAME, [name]) !== null),
  })
  const nothing = (): void => {}
  // What moves a cursor is there, as on a terminal, and does nothing.
  const stream: Record<string, unknown> = { isTTY: false, clearLine: () => true, cursorTo: () => true, moveCursor: () => true }
  stream.write = (text: unknown, ...rest: unknown[]) => {
    deps.write(`${text as string}`)
    const done = rest[rest.length - 1]
    if (typeof done === 'function') deps.queueMicrotask(done as () => void)
    return true
  }
  stream.on = stream.once = stream.off = stream.end = () => stream
  const self = {
    title: 'node',
    env: environment,
    argv: ['/usr/bin/node', `/${deps.filename}`],
    execArgv: [],
    platform: 'linux',
    arch: 'x64',
    pid: 1,
    exitCode: undefined as unknown,
    version: 'v26.0.0',
    versions: { node: '26.0.0' },
    stdout: stream,
    stderr: stream,
    cwd: () => '/',
    uptime: () => deps.elapsedMs() / 1000,
    memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }),
    hrtime: Object.assign(() => [Math.floor(deps.elapsedMs() / 1000), (deps.elapsedMs() % 1000) * 1e6], {
      bigint: () => BigInt(Math.round(deps.elapsedMs())) * 1_000_000n,
    }),
    nextTick: (callback: (...args: unknown[]) => void, ...args: unknown[]) => deps.queueMicrotask(() => callback(...args)),
    exit: (given?: unknown) => {
      const code = codeOf(given === undefined ? self.exitCode : given)
      events.exit(code)
      deps.onExit(code)
      throw new ScriptExit(code)
    },
    on: (event: unknown, callback: unknown) => (events.add(event, callback, false), self),
    once: (event: unknown, callback: unknown) => (events.add(event, callback, true), self),
    off: (event: unknown, callback: unknown) => (events.remove(event, callback ?? null), self),
    removeAllListeners: (event: unknown) => (events.remove(event), self),
    emitWarning: nothing,
  }
  const events = new ProcessEvents(self)
  Object.assign(self, { addListener: self.on, removeListener: self.off })
  defineGlobal(scope, 'process', self)
  return { events, exitCode: () => codeOf(self.exitCode) }
}

const codeOf = (given: unknown): number => (typeof given === 'number' && NumberIsInteger(given) ? given : 0)
