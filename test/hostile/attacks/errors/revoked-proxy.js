/* {"tries": "Throws a proxy that was revoked.", "row": {"status": "failed", "code": "script_threw", "says": "."}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const { proxy, revoke } = Proxy.revocable(new Error('x'), {}); revoke(); throw proxy
}
