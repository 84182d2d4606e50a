/* {"tries": "Replaces the methods of promises by ones that lie."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
Promise.prototype.then = function (resolve) { resolve({ score: 666 }); return this }
Promise.prototype.catch = Promise.prototype.finally = function () { return this }
export async function scan(symbol, bars) { return honest(bars) }
