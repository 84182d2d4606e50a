import { EventEmitter } from './events.ts'
import type { ModuleObject } from './types.ts'

/** Node's `readline`, for lines of a stream; where nobody types and there is no screen, what moves a cursor does nothing, and what asks is refused. */
export function createReadline(): Record<'readline' | 'readline/promises', ModuleObject> {
  const done = (): boolean => true
  const refusal = (question: unknown): Error => new Error(`readline: nobody is there to answer ${JSON.stringify(String(question))}: a scan asks for nothing while it runs; put the value into the script, or read it from process.env`)
  const refuse = (question: unknown): never => {
    throw refusal(question)
  }
  const create = (question: (text: unknown) => unknown) => (given: unknown): ModuleObject => {
    const isStream = (value: unknown): value is EventEmitter => value instanceof EventEmitter
    const input = isStream(given) ? given : (given as { input?: unknown } | null | undefined)?.input
    const own = { question, setPrompt: () => {}, prompt: () => {}, write: () => {} }
    if (isStream(input)) return Object.assign(new Lines(input), own) as unknown as ModuleObject
    const self: ModuleObject = { ...own, on: () => self, once: () => self, off: () => self, close: () => {}, async *[Symbol.asyncIterator]() {} }
    return self
  }
  const cursor = { clearLine: done, cursorTo: done, moveCursor: done, clearScreenDown: done, emitKeypressEvents: () => {} }
  const later = async (question: unknown): Promise<never> => refuse(question)
  return { readline: { ...cursor, createInterface: create(refuse), promises: { createInterface: create(later) } }, 'readline/promises': { createInterface: create(later) } }
}

/** The lines of a stream, to be gone through. */
export const linesOf = (input: EventEmitter): Lines => new Lines(input)

/** Lines of a stream, as events or one after the other. */
class Lines extends EventEmitter {
  readonly #waiting: string[] = []
  #rest = ''
  #isClosed = false
  #isGoneThrough = false
  #error: unknown = null
  #wake: () => void = () => {}

  constructor(input: EventEmitter) {
    super()
    input.on('data', (chunk) => this.#read(String(chunk)))
    input.on('end', () => {
      if (this.#rest !== '') this.#say(this.#rest)
      this.close()
    })
    input.on('error', (error) => {
      this.#error = error
      this.#wake()
      // Nobody is told of it otherwise.
      if (input.listenerCount('error') === 1 && !this.#isGoneThrough) throw error
    })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#wake()
    this.emit('close')
  }
  pause(): this {
    return this
  }
  resume(): this {
    return this
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    this.#isGoneThrough = true
    for (;;) {
      if (this.#waiting.length > 0) yield this.#waiting.shift()!
      else if (this.#error !== null) throw this.#error
      else if (this.#isClosed) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/)
    this.#rest = lines.pop()!
    for (const line of lines) this.#say(line)
  }
  #say(line: string): void {
    if (this.#isClosed) return
    if (!this.emit('line', line)) this.#waiting.push(line)
    this.#wake()
  }
}
