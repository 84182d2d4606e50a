import type { RunEvent } from '../host-types.ts'
import type { Sink } from '../terminal.ts'
import { count, cut, duration, harmless, widthOf } from '../text.ts'

const REDRAW_MS = 100
const PLAIN_MS = 15_000
const BAR_WIDTH = 24
/** Log lines of the script that are shown; the journal has them all. */
const LOG_LINES = 50

export interface Progress {
  event(event: RunEvent): void
  /** A line of our own above the bar. */
  say(text: string): void
  /** Clears the bar and says what was not shown. */
  end(): void
}

/**
 * Progress of a run on standard error: on a terminal a bar that redraws itself, else one line at the start of the work
 * and one every 15 seconds. Script logs go above it.
 */
export function showProgress(sink: Sink, now: () => number, options: { plain: boolean; simulated: () => boolean }): Progress {
  let latest: Extract<RunEvent, { type: 'run' }> | null = null
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
    sink.write(cut(barLine(latest, options.simulated()), sink.columns - 1))
    barShown = true
    drawn = now()
  }
  const say = (text: string): void => {
    clear()
    sink.write(`${text}\n`)
    if (sink.isTerminal) draw()
  }
  const plainLine = (event: Extract<RunEvent, { type: 'run' }>): void => {
    if (!options.plain || event.stage !== 'executing' || now() - drawn < PLAIN_MS) return
    sink.write(`${plainText(event, options.simulated())}\n`)
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
      if (event.type === 'log' && ++logs <= LOG_LINES) say(logLine(event))
    },
    say,
    end() {
      clear()
      if (logs > LOG_LINES) sink.write(`… ${count(logs - LOG_LINES)} more log lines; --events shows every one\n`)
      latest = null
    },
  }
}

function logLine({ level, symbol, text }: Extract<RunEvent, { type: 'log' }>): string {
  const prefix = `[${level}${symbol ? ` ${symbol}` : ''}] `
  return prefix + harmless(text).replaceAll('\n', `\n${' '.repeat(widthOf(prefix))}`)
}

type RunProgress = Extract<RunEvent, { type: 'run' }>

function barLine(event: RunProgress, simulated: boolean): string {
  const filled = Math.round((Math.max(0, Math.min(100, event.percent)) / 100) * BAR_WIDTH)
  return `${simulated ? 'SIMULATED ' : ''}[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${facts(event)}`
}

const plainText = (event: RunProgress, simulated: boolean): string => `${simulated ? 'SIMULATED ' : ''}${facts(event)}`

function facts({ percent, message, ledger, etaMs }: RunProgress): string {
  const bad = ledger.failed + ledger.timedOut + ledger.outOfMemory
  return [
    `${Math.floor(percent)}% ${message}`,
    `${count(ledger.hit)} ${ledger.hit === 1 ? 'hit' : 'hits'}`,
    ...(bad > 0 ? [`${count(bad)} with problems`] : []),
    ...(etaMs !== null && etaMs > 0 ? [`${duration(etaMs)} to go`] : []),
  ].join(', ')
}
