/* {"tries": "Changes the SDK under its own feet."} */
import * as sdk from 'strikescan'
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
for (const name of Object.keys(sdk)) try { sdk[name] = () => { throw new Error('poisoned') } } catch {}
export function scan(symbol, bars) { return honest(bars) }
