import { compareRanks, exploredRank, scoreOfCell, type ExploredRank } from '../../schemas/explored-order.ts'
import { decimalText, liquidityOf, percentText, strikesText } from '../../schemas/explored-text.ts'
import type { ExplorationRow } from '../host-types.ts'
import { table } from '../table.ts'
import { count, counted, oneLine } from '../text.ts'

/** Rows of each table at most. */
const SHOWN = 25
/** Width of a terminal below which spread and delta are left out: the liquidity class stands for the one, the strikes for the other. */
const ROOM_FOR_ALL = 90

/** Tables of explored rows, the best first: those with contracts and what they come to, then those that are no success and why. `rest` says where all are. */
export function explorationLines(rows: Iterable<ExplorationRow>, width: number, rest: string): string[] {
  const priced = new Shown()
  const others = new Shown()
  let both = 0
  for (const row of rows) {
    if (row.outcome.legs !== null) priced.add(row)
    if (row.outcome.explorationStatus === 'Success' && row.outcome.legs !== null) continue
    others.add(row)
    if (row.outcome.legs !== null) both++
  }
  if (priced.total + others.total === 0) return ['No rows.']
  return [...pricedLines(priced, width, rest), ...(priced.total > 0 && others.total > 0 ? [''] : []), ...otherLines(others, both, width, rest)]
}

/** The best rows, those of one rank in their order, and how many there are in all. */
class Shown {
  total = 0
  readonly #best: { row: ExplorationRow; rank: ExploredRank }[] = []

  get rows(): ExplorationRow[] {
    return this.#best.map(({ row }) => row)
  }

  add(row: ExplorationRow): void {
    this.total++
    const rank = rankOf(row)
    const at = this.#best.findIndex((other) => compareRanks(rank, other.rank) < 0)
    if (at >= 0) this.#best.splice(at, 0, { row, rank })
    else if (this.#best.length < SHOWN) this.#best.push({ row, rank })
    if (this.#best.length > SHOWN) this.#best.pop()
  }

  title(what: string, which = 'first'): string {
    return `${counted(this.total, 'row')} ${what}${this.total > this.#best.length ? `, the ${which} ${this.#best.length}` : ''}:`
  }

  end(rest: string): string[] {
    const hidden = this.total - this.#best.length
    return hidden > 0 ? [`… ${counted(hidden, 'more row')}; ${rest}`] : []
  }
}

/** A hit's rows have its score; those of a file may bring one along. */
function rankOf({ input, outcome }: ExplorationRow): ExploredRank {
  const name = Object.keys(input.columns).find((each) => each.toLowerCase() === 'score')
  return exploredRank(outcome, scoreOfCell(name === undefined ? null : input.columns[name]))
}

function pricedLines(priced: Shown, width: number, rest: string): string[] {
  if (priced.total === 0) return []
  const columns = [
    { title: 'Ticker', shrinks: true }, { title: 'Strategy', shrinks: true }, { title: 'Expiration', shrinks: true, yields: true }, { title: 'DTE', align: 'right' as const, yields: true }, { title: 'Strikes', shrinks: true },
    { title: 'Mid', align: 'right' as const, yields: true }, { title: 'Spread', align: 'right' as const }, { title: 'Delta', align: 'right' as const }, { title: 'Capital', align: 'right' as const },
    { title: 'Liquidity' }, { title: 'Status', shrinks: true }, { title: 'Flags', shrinks: true },
  ]
  return [priced.title('with contracts', 'best'), ...table(columns, priced.rows.map((row) => pricedCells(row, width >= ROOM_FOR_ALL)), width), ...priced.end(rest)]
}

function pricedCells({ input, outcome }: ExplorationRow, withAll: boolean): string[] {
  return [
    oneLine(input.ticker),
    oneLine(input.strategy),
    distinct((outcome.legs ?? []).map(({ expiration }) => expiration)) || (outcome.selectedExpiration ?? ''),
    shown(outcome.finalDte, String),
    strikesText(outcome),
    shown(outcome.mid, (mid) => decimalText(mid, 2)),
    withAll ? shown(outcome.spreadPct, (spread) => percentText(spread, 1)) : '',
    withAll ? shown(outcome.greeksDelta, (delta) => decimalText(delta, 2)) : '',
    shown(outcome.capitalRequired, (capital) => `$${count(Math.round(capital))}`),
    liquidityOf(outcome) ?? '',
    outcome.explorationStatus === 'Success' ? '' : outcome.explorationStatus,
    // That all is simulated stands above the table.
    outcome.dataQuality.filter((flag) => flag !== 'simulated').map(oneLine).join(' '),
  ]
}

/** @param both how many of them have contracts, so that they are among the rows before too */
function otherLines(others: Shown, both: number, width: number, rest: string): string[] {
  if (others.total === 0) return []
  const columns = [{ title: 'Ticker', shrinks: true }, { title: 'Strategy', shrinks: true }, { title: 'Status' }, { title: 'Reason', shrinks: true }]
  const cells = others.rows.map(({ input, outcome }) => [oneLine(input.ticker), oneLine(input.strategy), outcome.explorationStatus, oneLine(outcome.explorationReason)])
  return [others.title(`without success${both === 0 ? '' : ` (${count(both)} with contracts too)`}`), ...table(columns, cells, width), ...others.end(rest)]
}

const distinct = (texts: readonly string[]): string => [...new Set(texts)].join('/')
const shown = (value: number | null, text: (value: number) => string): string => (value === null ? '' : text(value))
