import { basename } from 'node:path'
import type { ChainImportReport, ImportReport, NewsImportReport } from './host-types.ts'
import { wordsFor } from './import-reasons.ts'
import { count, counted, cut, oneLine } from './text.ts'

/** Further rows that are shown for each reason. */
const FURTHER_SHOWN = 2
const LINE_WIDTH = 200
const DECIMAL_COMMAS = 'Decimal commas are read only where semicolons divide and all prices of a row have them, and 1,250 could be either: write prices with a point.'
const DECIMAL_POINTS = 'Other numbers of the file have decimal commas, so this one could be either: write all of them alike.'

/** What an import of bars did, as lines for a reader. */
export function barReportLines(report: ImportReport): string[] {
  const samples = report.conflictSamples.map(({ symbol, date, ...conflict }) => ({ of: `${symbol} ${date}`, ...conflict }))
  return [
    ...rowLines(report),
    ...conflictLines(report, samples, { stored: 'stored bar', files: 'bars', same: 'for a symbol and date' }),
    `These files: ${counted(report.symbols, 'symbol')}${rangeOf(report)}`,
    againstStore(report),
    storeLine(report),
  ]
}

/** What an import of option chains did, as lines for a reader. */
export function chainReportLines(report: ChainImportReport): string[] {
  const formats = new Map<string, number>()
  for (const { format, rowsRead } of report.files) formats.set(format, (formats.get(format) ?? 0) + rowsRead)
  const samples = report.conflictSamples.map(({ ticker: _, date, occ, ...conflict }) => ({ of: `${occ} ${date}`, ...conflict }))
  return [
    ...rowLines(report),
    ...conflictLines(report, samples, { stored: 'stored contract', files: 'contracts', same: 'for a contract and time' }),
    ...[...formats].map(([format, rows]) => `  ${format}: ${counted(rows, 'row')}`),
    `These files: ${counted(report.tickers, 'ticker')}, ${counted(report.recordings, 'recording')}${rangeOf(report)}`,
    againstStore(report),
    storeLine(report),
  ]
}

/** What an import of news did, as lines for a reader. */
export function newsReportLines(report: NewsImportReport): string[] {
  return [
    ...rowLines(report),
    ...conflictLines(report, [], { stored: 'stored article', files: 'articles', same: 'for an article’s id' }),
    ...report.conflictSamples.map(({ id, title }) => `    ${cut(oneLine(`${id}: ${title}`), LINE_WIDTH)}`),
    `These files: ${counted(report.rowsKept, 'article')}${rangeOf(report)}`,
    againstStore(report),
    storeLine(report),
  ]
}

type Flag = keyof (ImportReport['flagged'] & ChainImportReport['flagged'] & NewsImportReport['flagged'])

/** What is odd about rows that are kept. */
const FLAG_WORDS: Record<Flag, string> = {
  zeroVolume: 'with a volume of zero',
  highLowOrder: 'a price lies outside its high and low',
  nonSession: 'on a day without a session',
  zeroFilled: 'nothing but zeros where quotes belong',
  crossed: 'the bid is above the ask',
  zeroImpliedVol: 'the implied volatility is zero',
  closedDay: 'recorded on a day without a session',
  cut: 'a text or list was cut, being too long',
  cleaned: 'control characters were taken out of a text',
  dayOnly: 'dated without a time, so known from the end of that day in New York',
  noZone: 'the time has no zone and was read as New York’s',
  noTicker: 'without a ticker',
  badTicker: 'something among the tickers is none and was left out',
}

type AnyReport = ImportReport | ChainImportReport | NewsImportReport

function rowLines(report: AnyReport): string[] {
  return [
    `Rows: ${count(report.rowsRead)} read, ${count(report.rowsKept)} kept, ${count(report.rowsRejected)} rejected`,
    ...Object.entries(report.reasons).flatMap(([reason, rows]) => rejectedLines(reason, rows, report.samples.filter((sample) => sample.reason === reason))),
    ...report.warnings.map((warning) => `  ${oneLine(warning)}`),
    ...tally('kept, but', Object.fromEntries(Object.entries(report.flagged).map(([flag, rows]) => [FLAG_WORDS[flag as Flag], rows]))),
    ...(report.duplicates > 0 ? [`  duplicates: ${count(report.duplicates)}`] : []),
  ]
}

/** How many rows were refused for a reason and where the first of them stands, what to do about it, and some more of them. */
function rejectedLines(reason: string, rows: number, samples: readonly AnyReport['samples'][number][]): string[] {
  const { why, advice } = wordsFor(reason)
  const [first, ...others] = samples.slice(0, 1 + FURTHER_SHOWN).map((sample) => cut(oneLine(refusal(sample)), LINE_WIDTH))
  const rest = rows - 1 - others.length
  return [
    `  ${counted(rows, 'row')} rejected: ${why}${first === undefined ? '' : `, first at ${first}`}`,
    `    ${reason === 'unparsable_number' ? (numberAdvice(samples) ?? advice) : advice}`,
    ...others.map((other) => `    also ${other}`),
    ...(others.length > 0 && rest > 0 ? [`    and ${counted(rest, 'more row')}`] : []),
  ]
}

/** What to do about numbers that were refused for their commas or points; null where it was for something else. */
function numberAdvice(samples: readonly AnyReport['samples'][number][]): string | null {
  if (samples.some(({ value }) => /^-?\d+,\d+$/.test(value ?? ''))) return DECIMAL_COMMAS
  return samples.some(({ value }) => /^-?\d+\.\d+$/.test(value ?? '')) ? DECIMAL_POINTS : null
}

/** Where a row stands that was refused, what in it is to blame, and then the row. */
function refusal({ file, line, column, value, text }: AnyReport['samples'][number]): string {
  const culprit = value === null ? '' : `${column === null ? "the file's name" : `column ${column}`} has ${value === '' ? 'nothing' : JSON.stringify(value)} in `
  return `${basename(file)}:${line}: ${culprit}${text}`
}

type Values = Record<string, number | string | boolean | null>

interface Conflict {
  readonly of: string
  readonly outcome: ImportReport['conflictSamples'][number]['outcome']
  readonly kept: Values
  readonly dropped: Values
}

/** How many values contradicted others, by which rule which of them stand, a few of them, and how the files are made to stand. */
function conflictLines(report: AnyReport, samples: readonly Conflict[], words: { stored: string; files: string; same: string }): string[] {
  const { conflicts, conflictsInFiles, conflictRule, stored } = report
  if (conflicts === 0) return []
  const parts: [number, string][] = [
    [stored.conflictingKept, `${counted(stored.conflictingKept, words.stored)} kept`],
    [stored.replaced, `${counted(stored.replaced, words.stored)} replaced`],
    [conflictsInFiles, `${count(conflictsInFiles)} between rows of these files`],
  ]
  return [
    `  conflicts, other values ${words.same}: ${count(conflicts)} (${parts.filter(([rows]) => rows > 0).map(([, text]) => text).join(', ')})`,
    `    rule: ${conflictRule}`,
    ...samples.map((sample) => `    ${cut(oneLine(conflictLine(sample)), LINE_WIDTH)}`),
    ...(stored.conflictingKept > 0 ? [`    To let the ${words.files} of these files stand, import the files again with --replace.`] : []),
    ...(conflictsInFiles > 0 ? ['    Where the rule picks the wrong row of two files, import the right file again by itself with --replace.'] : []),
  ]
}

const SIDES: Record<Conflict['outcome'], [string, string]> = {
  stored_kept: ['kept the stored', 'dropped the new'],
  stored_replaced: ['took the new', 'dropped the stored'],
  within_files: ['took', 'dropped'],
}

function conflictLine({ of, outcome, kept, dropped }: Conflict): string {
  const names = Object.keys(kept).filter((name) => kept[name] !== dropped[name])
  const told = (values: Values) => names.map((name) => `${name} ${values[name] ?? 'none'}`).join(', ')
  const [stands, falls] = SIDES[outcome]
  return `${of}: ${stands} ${told(kept)}; ${falls} ${told(dropped)}`
}

function rangeOf({ firstDate, lastDate }: AnyReport): string {
  return firstDate ? `, ${firstDate} to ${lastDate}` : ''
}

function againstStore({ stored: { added, replaced, unchanged, conflictingKept } }: AnyReport): string {
  return `Against the store: ${count(added)} added, ${count(replaced)} replaced, ${count(unchanged)} unchanged${conflictingKept > 0 ? `, ${count(conflictingKept)} conflicting, the stored kept` : ''}`
}

function storeLine({ snapshot, unchanged, rowsKept, stored }: AnyReport): string {
  const why = rowsKept === 0 ? 'nothing could be used' : stored.conflictingKept > 0 ? 'what differs from it lost, by the rule above' : 'all of this was there already'
  return `Store: snapshot ${snapshot ?? 'none'}${unchanged ? `, unchanged: ${why}` : ''}`
}

function tally(title: string, reasons: Record<string, number>): string[] {
  return Object.entries(reasons)
    .filter(([, rows]) => rows > 0)
    .map(([reason, rows]) => `  ${title}, ${oneLine(reason)}: ${count(rows)}`)
}
