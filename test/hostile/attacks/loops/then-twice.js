/* {"tries": "Resolves twice and then throws: the first answer counts.", "row": {"status": "hit", "score": 1}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  return { then(resolve, reject) { resolve({ score: 1 }); resolve({ score: 2 }); reject(new Error('late')); throw new Error('later') } }
}
