/**
 * Divides a number of workers among runs, oldest first: none gets more than it has use for, and what one leaves goes to
 * the others evenly (max-min fairness), the odd ones to the oldest. With no more runs than workers each gets at least one.
 * Pure.
 * @param wants workers that each run has use for, at least 1
 */
export function shareWorkers(total: number, wants: readonly number[]): number[] {
  const shares = wants.map(() => 0)
  let left = total
  while (left > 0) {
    const open = shares.flatMap((share, run) => (share < wants[run]! ? [run] : []))
    if (open.length === 0) break
    const each = Math.max(1, Math.floor(left / open.length))
    for (const run of open) {
      const more = Math.min(each, wants[run]! - shares[run]!, left)
      shares[run]! += more
      left -= more
    }
  }
  return shares
}
