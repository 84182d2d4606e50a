/** What is known of a run that waits for its turn. */
export interface WaitingRun {
  readonly id: string
  /** Who takes turns: the scanner's id, or one name for all explorations. */
  readonly party: string
  /** Rises in the order in which runs came. */
  readonly place: number
}

/**
 * Whose turn it is: of the parties that wait, the one whose last turn lies longest back (never comes before that), among
 * equals the one that waits longest; then the first of that party's runs. Hence a run waits, behind the earlier ones of its
 * own scanner, for at most one run of every other scanner each, however many those have queued.
 * Pure. Null where none waits.
 * @param lastTurns number of the last turn of each party that had one
 */
export function nextTurn<Waiting extends WaitingRun>(waiting: Iterable<Waiting>, lastTurns: ReadonlyMap<string, number>): Waiting | null {
  const heads = new Map<string, Waiting>()
  for (const run of waiting) {
    const head = heads.get(run.party)
    if (head === undefined || run.place < head.place) heads.set(run.party, run)
  }
  let next: Waiting | null = null
  for (const head of heads.values()) if (next === null || isBefore(head, next, lastTurns)) next = head
  return next
}

function isBefore(one: WaitingRun, other: WaitingRun, lastTurns: ReadonlyMap<string, number>): boolean {
  const [turn, otherTurn] = [lastTurns.get(one.party) ?? -1, lastTurns.get(other.party) ?? -1]
  return turn === otherTurn ? one.place < other.place : turn < otherTurn
}
