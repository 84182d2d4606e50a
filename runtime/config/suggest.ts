/** The known name closest to `name` (letters added, lost or changed, whatever the case), or null where none is near. */
export function closest(name: string, known: readonly string[]): string | null {
  const wanted = name.toLowerCase()
  const wantedEnd = lastPart(wanted)
  let best: string | null = null
  let bestDistance = Infinity
  for (const candidate of known) {
    const whole = editDistance(wanted, candidate.toLowerCase())
    // `minVolume` or `filter.minVolume` means `prefilter.minVolume`.
    const end = lastPart(candidate.toLowerCase()) === wantedEnd ? 1 : Infinity
    const distance = Math.min(whole, end)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return bestDistance <= Math.max(2, Math.floor(wanted.length / 3)) ? best : null
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** Levenshtein distance over UTF-16 code units; texts over 100 units are as good as unrelated. */
function editDistance(a: string, b: string): number {
  if (a.length > 100 || b.length > 100) return Infinity
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(changed, previous[j]! + 1, row[j - 1]! + 1))
    }
    previous = row
  }
  return previous[b.length]!
}
