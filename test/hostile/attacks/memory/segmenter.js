/* {"tries": "Makes text segmenters and collators, whose memory no limit of the heap counts.", "row": {"status": "out_of_memory", "code": "script_out_of_memory"}, "limits": {"symbolTimeoutMs": 29000}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const kept = []; for (;;) kept.push(new Intl.Segmenter('th', { granularity: 'word' }).segment('x'.repeat(1000)), new Intl.Collator('de'))
}
