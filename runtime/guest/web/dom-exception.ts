import { ErrorConstructor, SymbolToStringTag } from '../language/intrinsics.ts'
import { defineHidden } from '../language/properties.ts'

const CODES: Readonly<Record<string, number>> = {
  __proto__: null as never,
  InvalidCharacterError: 5,
  SyntaxError: 12,
  InvalidStateError: 11,
  NetworkError: 19,
  AbortError: 20,
  QuotaExceededError: 22,
  TimeoutError: 23,
  DataCloneError: 25,
}

/** The web's error class for aborts, timeouts and values that cannot be copied. */
export class DOMException extends ErrorConstructor {
  readonly #name: string
  constructor(message: unknown = '', name: unknown = 'Error') {
    super(`${message as string}`)
    this.#name = `${name as string}`
  }
  // @ts-expect-error Error declares a property; the web has an accessor on the prototype.
  get name(): string {
    return this.#name
  }
  get code(): number {
    return CODES[this.#name] ?? 0
  }
}
defineHidden(DOMException.prototype, SymbolToStringTag, 'DOMException')
