/** Characters of answers that are kept: the chains of several tickers with all their expirations. */
const MOST_CHARACTERS = 8 * 1024 * 1024

/**
 * What one row was told of option chains and news. A script that goes through pages of contracts asks for the same chains page by page:
 * that is neither counted nor asked twice. Nothing is kept from row to row, so that what a row may ask hangs on no other.
 */
export class KnownAnswers {
  readonly #texts = new Map<string, string>()
  #characters = 0

  /** The answer to a question, null where it is not known. */
  of(question: string): string | null {
    return this.#texts.get(question) ?? null
  }

  /** Keeps the answer to a question that is not known. */
  keep(question: string, answer: string): void {
    if (this.#characters + answer.length > MOST_CHARACTERS) this.forget()
    this.#characters += answer.length
    this.#texts.set(question, answer)
  }

  forget(): void {
    this.#texts.clear()
    this.#characters = 0
  }
}
