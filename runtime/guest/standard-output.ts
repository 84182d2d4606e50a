import { stringLastIndexOf, stringSlice } from './intrinsics.ts'
import { cutLine } from './console.ts'

/** Characters of an unfinished line that are held back at most. */
const LONGEST_HELD = 8_192

/**
 * A script's standard output as lines of its log: what `process.stdout.write` leaves unfinished waits for the rest of its line,
 * from another write or from `console.log`, as on a terminal.
 */
export class StandardOutput {
  readonly #say: (level: string, text: string) => void
  #held = ''

  constructor(say: (level: string, text: string) => void) {
    this.#say = say
  }

  write(text: string): void {
    const whole = this.#held + text
    const end = stringLastIndexOf(whole, '\n')
    this.#held = stringSlice(whole, end + 1)
    if (end !== -1) this.#say('info', cutLine(stringSlice(whole, 0, end)))
    if (this.#held.length > LONGEST_HELD) this.flush()
  }

  /** A record of the console: one on standard output ends the line that is under way. */
  record(level: string, text: string): void {
    const isError = level === 'error' || level === 'warn'
    if (isError) this.flush()
    const line = this.#held + text
    this.#held = ''
    this.#say(level, line)
  }

  /** Says what is held, as a line of its own. */
  flush(): void {
    const line = this.#held
    this.#held = ''
    if (line !== '') this.#say('info', cutLine(line))
  }

  clear(): void {
    this.#held = ''
  }
}
