import { stringLastIndexOf, stringSlice } from '../language/intrinsics.ts'
import { cutLine } from './console.ts'

/** Characters of an unfinished line that are held back at most. */
const LONGEST_HELD = 8_192
/** Characters of an unfinished line that are shown before it is ended. */
const LONGEST_SHOWN = 500

/**
 * A script's standard output as lines of its log: what `process.stdout.write` leaves unfinished waits for the rest of its line,
 * from another write or from `console.log`, as on a terminal.
 */
export class StandardOutput {
  readonly #say: (level: string, text: string) => void
  /** Shows the beginning of a line that is not ended yet, to be found where the script never gets further; empty once it is. */
  readonly #show: (text: string) => void
  #held = ''

  constructor(say: (level: string, text: string) => void, show: (text: string) => void) {
    this.#say = say
    this.#show = show
  }

  write(text: string): void {
    const whole = this.#held + text
    const end = stringLastIndexOf(whole, '\n')
    if (end !== -1) this.#end('info', cutLine(stringSlice(whole, 0, end)))
    const shown = this.#held.length
    this.#held = stringSlice(whole, end + 1)
    if (this.#held.length > LONGEST_HELD) this.flush()
    else if (shown < LONGEST_SHOWN && this.#held !== '') this.#show(stringSlice(this.#held, 0, LONGEST_SHOWN))
  }

  /** A record of the console: one on standard output ends the line that is under way. */
  record(level: string, text: string): void {
    const isError = level === 'error' || level === 'warn'
    if (isError) this.flush()
    this.#end(level, this.#held + text)
  }

  /** Says what is held, as a line of its own. */
  flush(): void {
    if (this.#held !== '') this.#end('info', cutLine(this.#held))
  }

  clear(): void {
    if (this.#held !== '') this.#show('')
    this.#held = ''
  }

  #end(level: string, line: string): void {
    this.#say(level, line)
    this.clear()
  }
}
