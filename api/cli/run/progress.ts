import { simulatedWord, type SimulatedPart } from '../../schemas/simulated-part.ts'
import type { Run, RunEvent } from '../host-types.ts'
import type { Sink } from '../terminal.ts'
import { count, cut, duration, harmless, widthOf } from '../text.ts'

const REDRAW_MS = 100
const PLAIN_MS = 15_000
const BAR_WIDTH = 24
/** Log lines of the script that are shown; the journal has them all. */
const LOG_LINES = 50
/** Stages that take their time. */
const WORKING: ReadonlySet<string> = new Set(['executing', 'exploring'])

export interface Progress {
  event(event: RunEvent): void
  /** A line of our own above the bar. */
  say(text: string): void
  /** Clears the bar and says what was not shown. */
  end(): void
}

export interface ProgressOptions {
  /** Lines where standard error is no terminal. */
  plain: boolean
  /** What of it is simulated, null where nothing is. */
  simulated: () => SimulatedPart | null
  /** Counts that stand behind the message. */
  tallies: (event: RunProgress) => string[]
}

/**
 * Progress of a run on standard error: on a terminal a bar that redraws itself, else one line at the start of the work,
 * one every 15 seconds, and one that says how it ended. Script logs go above it.
 */
export function showProgress(sink: Sink, now: () => number, options: ProgressOptions): Progress {
  let latest: Extract<RunEvent, { type: 'run' }> | null = null
  /** How it ended, once it has. */
  let ended: RunProgress | null = null
  let drawn = -Infinity
  let barShown = false
  let logs = 0

  const clear = (): void => {
    if (barShown) sink.write('\r\u001b[2K')
    barShown = false
  }
  const draw = (): void => {
    if (!latest || sink.closed) return
    clear()
    sink.write(cut(barLine(latest, options), sink.columns - 1))
    barShown = true
    drawn = now()
  }
  const say = (text: string): void => {
    clear()
    sink.write(`${text}\n`)
    if (sink.isTerminal) draw()
  }
  const plainLine = (event: Extract<RunEvent, { type: 'run' }>): void => {
    if (!options.plain || !WORKING.has(event.stage) || now() - drawn < PLAIN_MS) return
    sink.write(`${plainText(event, options)}\n`)
    drawn = now()
  }

  return {
    event(event) {
      if (event.type === 'run') {
        const moved = latest?.stage !== event.stage
        latest = event
        if (!sink.isTerminal) plainLine(event)
        else if (moved || now() - drawn >= REDRAW_MS) draw()
      }
      if (event.type === 'end' && latest !== null) ended = endOf(latest, event.run)
      if (event.type === 'log' && ++logs <= LOG_LINES) say(logLine(event))
    },
    say,
    end() {
      clear()
      if (ended !== null && !sink.isTerminal && drawn > -Infinity) sink.write(`${lastText(ended, options)}\n`)
      if (logs > LOG_LINES) sink.write(`… ${count(logs - LOG_LINES)} more log lines; --events shows every one\n`)
      latest = null
      ended = null
    },
  }
}

function logLine({ level, symbol, text }: Extract<RunEvent, { type: 'log' }>): string {
  const prefix = `[${level}${symbol ? ` ${symbol}` : ''}] `
  return prefix + harmless(text).replaceAll('\n', `\n${' '.repeat(widthOf(prefix))}`)
}

type RunProgress = Extract<RunEvent, { type: 'run' }>

function barLine(event: RunProgress, options: ProgressOptions): string {
  const filled = Math.round((Math.max(0, Math.min(100, event.percent)) / 100) * BAR_WIDTH)
  return `${label(options)}[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${facts(event, options)}`
}

const plainText = (event: RunProgress, options: ProgressOptions): string => `${label(options)}${facts(event, options)}`
/** The last of its progress. What went wrong is said with its code, apart from this. */
function endOf(latest: RunProgress, { status, percent, message, ledger, error }: Run): RunProgress {
  return { ...latest, status, percent, message: error?.message === message || status === message ? '' : message, ledger, etaMs: null }
}

const lastText = (event: RunProgress, options: ProgressOptions): string => `${label(options)}${event.status === 'completed' ? '' : `${event.status} at `}${facts(event, options)}`

function label({ simulated }: ProgressOptions): string {
  const part = simulated()
  return part === null ? '' : `${simulatedWord(part)} `
}

function facts(event: RunProgress, { tallies }: ProgressOptions): string {
  const { percent, message, etaMs } = event
  return [
    `${Math.floor(percent)}% ${message}`.trimEnd(),
    ...tallies(event),
    ...(etaMs !== null && etaMs > 0 ? [`${duration(etaMs)} to go`] : []),
  ].join(', ')
}
