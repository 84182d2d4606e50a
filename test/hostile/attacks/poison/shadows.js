/* {"tries": "Declares names of the language, and of the host, as its own.", "quick": true} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
const Math = null, JSON = null, Object = null, Promise = null, Reflect = null, console = null, fetch = null, process = null, structuredClone = null
class Map {}
function Set() {}
let Array = null
var Date = null
export function scan(symbol, bars) { return honest(bars) }
