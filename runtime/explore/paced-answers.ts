import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'

import { LRUCache } from 'lru-cache'

/** Characters of answers that are kept for whoever asks the same again. */
const KEPT_CHARACTERS = 8 * 1024 * 1024

/** The last answer that this process gave, and the rest after it: all runs share its one event loop. */
let last: Promise<unknown> = Promise.resolve()

/**
 * Answers the questions of the scripts of one run, one after another and after those of all other runs, and rests after each as long
 * as it took: whatever scripts ask, half of this process's time is everybody else's.
 */
export class PacedAnswers {
  readonly #answers = new LRUCache<string, string>({ maxSize: KEPT_CHARACTERS, sizeCalculation: (text) => Math.max(1, text.length) })
  /** How long the rest after the answer under way is to be. */
  #owedMs = 0

  /** The text that `make` gives, or gave for the same question. `make` never rejects. */
  answer(question: string, make: () => Promise<string>): Promise<string> {
    const answered = last.then(() => this.#answers.get(question) ?? this.#make(question, make))
    const rest = (): Promise<unknown> => this.#rest()
    last = answered.then(rest, rest)
    return answered
  }

  #rest(): Promise<unknown> {
    const owedMs = this.#owedMs
    this.#owedMs = 0
    return owedMs < 1 ? nextTurn() : pause(owedMs)
  }

  async #make(question: string, make: () => Promise<string>): Promise<string> {
    const began = performance.now()
    const text = await make()
    this.#answers.set(question, text)
    this.#owedMs = performance.now() - began
    return text
  }
}
