import type { Command } from 'commander'
import { closeSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import { shownPath, systemProblem } from '../../runtime/errors/system-problem.ts'
import type { Host, HostOptions, Runtime } from './host-types.ts'
import type { Terminal } from './terminal.ts'

export interface CommandContext {
  terminal: Terminal
  /** Set by the command that ran. */
  exitCode: number
}

/** A command's file: adds arguments, options, examples and the action to a command that has its name and summary. */
export interface CommandModule {
  define(command: Command, context: CommandContext): void
}

/** Options that every command has. */
export interface GlobalFlags {
  home?: string
  set?: string[]
}

/** The state folder, environment and settings that a command line names. @throws flag_bad_value for a --set without `=` */
export function hostOptions(runtime: Runtime, terminal: Terminal, flags: GlobalFlags, overrides: Record<string, unknown> = {}): HostOptions {
  const set = (flags.set ?? []).map((text) => splitPair('--set', text, 'a setting and its value, as in prefilter.limit=50'))
  return {
    home: runtime.resolveHome({ flag: flags.home, env: terminal.env, cwd: terminal.cwd }),
    env: terminal.env,
    set: Object.fromEntries(set),
    overrides,
    // On a line of its own, above a progress bar that is redrawn soon.
    warn: (message) => void terminal.err.write(`${terminal.err.isTerminal ? '\r\u001b[2K' : ''}warning: ${message}\n`),
  }
}

/** Opens the host, runs `action` and closes the host whatever happens. */
export async function withHost<T>(runtime: Runtime, options: HostOptions, action: (host: Host) => Promise<T>): Promise<T> {
  const host = await runtime.openHost(options)
  try {
    return await action(host)
  } catch (error) {
    throw host.explain(error)
  } finally {
    await host.close()
  }
}

/** `key=value` as a pair; the value may hold further `=`. @throws flag_bad_value */
export function splitPair(flag: string, text: string, allowed: string): [string, string] {
  const at = text.indexOf('=')
  const key = text.slice(0, at).trim()
  if (at > 0 && key !== '') return [key, text.slice(at + 1)]
  throw new StrikescanError('flag_bad_value', { flag, value: JSON.stringify(text), allowed, hint: 'Quote it where it holds blanks.' })
}

/** A text that names something; a variable that a shell had no value for must not pass for one. @throws flag_bad_value */
export function named(flag: string, text: string, allowed: string): string {
  if (text.trim() !== '') return text
  throw new StrikescanError('flag_bad_value', { flag, value: JSON.stringify(text), allowed, hint: 'Was it meant to be the value of a variable that is not set?' })
}

/** Far more than any script or list of symbols has; what a script may have is a setting. */
const MAX_INPUT_BYTES = 128 * 2 ** 20
const PIECE_BYTES = 1 << 20

/** Bytes of a file that the user named. @throws input_file_unreadable, input_file_empty */
export function readInput(terminal: Terminal, what: string, path: string): Uint8Array {
  if (path.trim() === '') throw new StrikescanError('input_file_unreadable', { what, path: JSON.stringify(path), problem: 'its name is empty' })
  return readOrExplain(what, shownPath(path), () => {
    const descriptor = openSync(resolve(terminal.cwd, path), 'r')
    try {
      return readUpTo(descriptor, MAX_INPUT_BYTES)
    } finally {
      closeSync(descriptor)
    }
  })
}

/** Bytes of standard input to its end. By its descriptor: where it is a socket, its path opens nothing. @throws input_file_unreadable */
export const readStandardInput = (what: string): Uint8Array => readOrExplain(what, 'on standard input', () => readUpTo(0, MAX_INPUT_BYTES))

function readOrExplain(what: string, path: string, read: () => Uint8Array): Uint8Array {
  try {
    return read()
  } catch (cause) {
    const problem = systemProblem(cause, { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EFBIG: `it has more than ${MAX_INPUT_BYTES / 2 ** 20} MB` })
    throw new StrikescanError('input_file_unreadable', { what, path, problem }, { cause })
  }
}

/** Bytes of an open file, read piece by piece: a pipe has no size beforehand, and a device no end. Fails with EFBIG beyond `most` bytes. */
function readUpTo(descriptor: number, most: number): Uint8Array {
  const pieces: Buffer[] = []
  for (let total = 0; ; ) {
    const piece = Buffer.allocUnsafe(PIECE_BYTES)
    const read = readSync(descriptor, piece)
    if (read === 0) return Buffer.concat(pieces)
    total += read
    if (total > most) throw Object.assign(new Error('too large'), { code: 'EFBIG' })
    pieces.push(piece.subarray(0, read))
  }
}

/** The lines of help that show a command in use. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ strikescan ${line}`).join('\n')}\n`
}

/** A document for machines, with a line end. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
