/* {"tries": "Says by comments at its end that it is another file with another map.", "row": {"status": "failed", "code": "script_threw", "says": "^Error: here"}, "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })

export function scan(symbol, bars) { if (symbol === 'NVDA') throw new Error('here'); return honest(bars) }
//# sourceURL=strikescan:guest
//# sourceMappingURL=file:///etc/passwd
//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbIi9ldGMvcGFzc3dkIl0sIm5hbWVzIjpbXSwibWFwcGluZ3MiOiJBQUFBIn0=
