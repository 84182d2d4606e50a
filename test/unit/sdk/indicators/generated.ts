import type { Bar } from '../../../../sdk/index.ts'

/** Seeded numbers in [0, 1) (Park and Miller's minimal standard generator). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
}

/** A random walk of bars with highs and lows around open and close; the same for the same seed. */
export function walk(length: number, seed = 7): Bar[] {
  const random = seededRandom(seed)
  let close = 50
  return Array.from({ length }, (_, index) => {
    const open = close * (1 + (random() - 0.5) * 0.02)
    close = open * (1 + (random() - 0.5) * 0.06)
    const high = Math.max(open, close) * (1 + random() * 0.01)
    const low = Math.min(open, close) * (1 - random() * 0.01)
    const date = new Date(Date.UTC(2020, 0, 1) + index * 86_400_000).toISOString().slice(0, 10)
    return { date, open, high, low, close, volume: Math.floor(1e6 * random()) }
  })
}
