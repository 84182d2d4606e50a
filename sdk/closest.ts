/** Characters of a name that are looked at. */
const LONGEST = 100

/**
 * The candidate that a misspelt name most likely means (edit distance up to `most`, by default a third of its length,
 * at least 1), or null.
 */
export function closest(
  name: string,
  candidates: readonly string[],
  most = Math.max(1, Math.floor(Math.min(name.length, LONGEST) / 3)),
): string | null {
  const written = name.slice(0, LONGEST).toLowerCase()
  let best: string | null = null
  let bestDistance = most + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - written.length) >= bestDistance) continue
    const distance = editDistance(written, candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Insertions, deletions, substitutions and swaps of neighbours from one text to the other (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const substitution = previous[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1)
      let distance = Math.min(substitution, previous[column]! + 1, current[column - 1]! + 1)
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      if (swapped) distance = Math.min(distance, beforePrevious[column - 2]! + 1)
      current.push(distance)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[to.length]!
}
