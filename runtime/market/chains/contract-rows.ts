import { newYorkDay } from '../../../sdk/options/time.ts'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { dayFromIso } from '../days.ts'
import { culpritAt } from '../import/culprit.ts'
import type { Companion } from './companion.ts'
import type { CollectedRecording, ContractCollector } from './contract-collector.ts'
import { RECORD_WIDTH } from './contract-record.ts'
import type { FileNameFacts } from './file-name.ts'
import type { ChainField, ChainPlan } from './formats.ts'
import { cachedInstant, isUnderlyingBar, normaliseRow, textOf, type NormalRow } from './normalise.ts'
import type { StatedRecording } from './recording.ts'
import type { ChainRejectReason } from './report.ts'

const FIRST_DAY = dayFromIso('2000-01-01')
const LAST_DAY = dayFromIso('2099-12-31')

/** Takes the rows of one file, whatever it is written in, and hands them to the collector by recording. */
export class ContractRows {
  readonly #file: string
  readonly #collector: ContractCollector
  readonly #name: FileNameFacts
  readonly #companion: Companion | null
  readonly #record = new Float64Array(RECORD_WIDTH)
  readonly #row: NormalRow = { ticker: '', root: '', tradedAt: Number.NaN, underlyingPrice: Number.NaN, culprit: 'ticker' }
  #group: CollectedRecording | null = null
  #groupTicker = ''
  #groupTime = '\0'
  /** The underlying's price from a bar of its own in the file. */
  #barPrice = Number.NaN

  constructor(file: string, collector: ContractCollector, name: FileNameFacts, companion: Companion | null) {
    this.#file = file
    this.#collector = collector
    this.#name = name
    this.#companion = companion
  }

  /** Throws `import_chain_name` where neither the file's columns nor its name say what a recording must. */
  check({ format, positions }: ChainPlan): void {
    const saysTime = positions.asOf >= 0
    const lacksInstant = format.needs.includes('instant') && this.#name.instant === null && !saysTime
    const lacksDay = this.#name.day === null && !saysTime
    const lacksTicker = this.#name.ticker === '' && positions.occ < 0 && positions.root < 0 && positions.ticker < 0
    const lacking = lacksInstant ? 'the time at which it was recorded' : lacksDay ? 'the day on which it was recorded' : lacksTicker ? 'the ticker' : ''
    if (lacking !== '') throw new StrikescanError('import_chain_name', { file: this.#file, lacking, named: format.named })
  }

  /** Takes a row. @param cell its value of a field, undefined where there is no such column */
  take(plan: ChainPlan, cell: (field: ChainField) => unknown, line: number, text: () => string): void {
    if (plan.format.name === 'lean_eod_greeks' && isUnderlyingBar(cell)) {
      const close = Number(textOf(cell('last')))
      if (close > 0 && close < Infinity) this.#barPrice = close
      return
    }
    const reason = normaliseRow(cell, this.#name.ticker, this.#record, this.#row)
    if (reason !== '') return this.#reject(plan, cell, line, reason, text())
    const { ticker, root, tradedAt, underlyingPrice } = this.#row
    const time = textOf(cell('asOf'))
    if (this.#group === null || ticker !== this.#groupTicker || time !== this.#groupTime) {
      const stated = this.#stated(plan, ticker, time)
      if (stated === null) {
        this.#row.culprit = 'asOf'
        return this.#reject(plan, cell, line, 'unparsable_date', text())
      }
      this.#group = this.#collector.recording(stated)
      this.#groupTicker = ticker
      this.#groupTime = time
    }
    this.#collector.add(this.#group, this.#record, root, line, tradedAt, underlyingPrice)
  }

  /** Ends the file. */
  end(): void {
    if (this.#group !== null) this.#collector.addPrice(this.#group, this.#barPrice)
  }

  #reject({ header, positions }: ChainPlan, cell: (field: ChainField) => unknown, line: number, reason: ChainRejectReason, text: string): void {
    const { culprit } = this.#row
    const isOfName = culprit === 'ticker' && cell('ticker') === undefined
    this.#collector.reject(line, reason, text, isOfName ? { column: null, value: this.#name.ticker } : culpritAt(header, positions[culprit], textOf(cell(culprit))))
  }

  #stated({ format }: ChainPlan, ticker: string, time: string): StatedRecording | null {
    const parsed = time === '' ? null : cachedInstant(time)
    if (time !== '' && parsed === null) return null
    // A layout that is named by its time in UTC has it in the name; in other names a time is no more than part of a name.
    const capturedAt = parsed === null ? (format.needs.includes('instant') || format.name === 'contracts' ? this.#name.instant : null) : parsed.instant
    const day = capturedAt !== null ? newYorkDay(capturedAt) : (parsed?.day ?? this.#name.day)
    if (day === null || day < FIRST_DAY || day > LAST_DAY) return null
    const { delayMinutes, name: source } = format
    const companion = source === 'yahoo_etfs' ? this.#companion : null
    return { ticker, source, capturedAt, day, delayMinutes, recordedAt: companion?.recordedAt ?? null, newestTrade: null, statedPrice: null, livePrice: companion?.prices.get(ticker) ?? null }
  }
}
