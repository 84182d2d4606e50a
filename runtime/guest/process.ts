import { ErrorConstructor, NumberIsInteger } from './intrinsics.ts'
import { defineGlobal } from './properties.ts'

/** Thrown by `process.exit`: ends the script's turn, not the host's process. */
class ScriptExit extends ErrorConstructor {
  constructor(exitCode: number) {
    super(`the script ended itself with process.exit(${exitCode})`)
  }
}

const SECRET_NAME = /key|token|secret|password/i
const exec = RegExp.prototype.exec
const apply = Reflect.apply

/** `process` as scripts use it: an environment of placeholders, arguments, `exit`, `nextTick`; no authority at all. Gives the question for its `exitCode`. */
export function installProcess(scope: object, deps: { write(text: string): void; queueMicrotask(callback: () => void): void; filename: string; elapsedMs(): number; onExit(code: number): void }): () => unknown {
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
      const asked = given === undefined ? self.exitCode : given
      const code = typeof asked === 'number' && NumberIsInteger(asked) ? asked : 0
      deps.onExit(code)
      throw new ScriptExit(code)
    },
    on: () => self,
    once: () => self,
    off: () => self,
    emitWarning: nothing,
  }
  defineGlobal(scope, 'process', self)
  return () => self.exitCode
}
