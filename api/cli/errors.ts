import { CommanderError } from 'commander'
import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import { withSourcePlaces } from '../source-places.ts'
import type { Terminal } from './terminal.ts'
import { oneLine } from './text.ts'

export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** An error in one line: what is wrong, and what to do about it. What a script says of itself may end without a full stop. */
export function errorLine({ code, message, hint }: { code: string; message: string; hint: string }): string {
  const text = oneLine(message)
  return `error [${code}]: ${text}${/[.!?:]$/.test(text) ? '' : '.'} ${oneLine(hint)}`.trimEnd()
}

/** The exit code of an error: what its caller or the author of the script mends is invalid input, all else a failure. */
export const exitOfFault = (fault: StrikescanError['fault']): number => (fault === 'system' ? EXIT.failed : EXIT.usage)

/** Says on standard error what went wrong, in one line where it is known, and gives the exit code. */
export function reportError(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done
    // Help that was shown because the command was missing has been written already.
    if (error.code !== 'commander.help') terminal.err.write(`${oneLine(error.message)} (--help shows what there is)\n`)
    return EXIT.usage
  }
  if (error instanceof StrikescanError) {
    terminal.err.write(`${errorLine(error)}\n`)
    return exitOfFault(error.fault)
  }
  const unexpected = error instanceof Error ? withSourcePlaces(error.stack ?? error.message) : String(error)
  terminal.err.write(`unexpected error: ${unexpected}\n`)
  return EXIT.failed
}
