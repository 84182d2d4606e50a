/* {"tries": "Takes what an object's own way to be shown is lent for a way into the runtime.", "log": {"lacks": "REACHED"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
const custom = Symbol.for('nodejs.util.inspect.custom')
const kept = []
const look = (lent) => {
  if (typeof lent?.constructor === 'function' && lent.constructor('return typeof process.binding + typeof require')() !== 'undefinedundefined') console.error('REACHED')
}
function shown(depth, options, inspect) {
  kept.push(options, inspect)
  for (const lent of [inspect, options.stylize]) look(lent)
  for (const name of ['caller', 'arguments', 'callee']) {
    try {
      if (inspect[name] || shown[name]) console.error('REACHED')
    } catch {}
  }
  Error.prepareStackTrace = (_, sites) => sites
  const sites = new Error('sites').stack
  Error.prepareStackTrace = undefined
  for (const site of Array.isArray(sites) ? sites : []) if (site.getThis() !== undefined || site.getFunction() !== undefined) console.error('REACHED')
  options.depth = options.breakLength = -Infinity
  Object.setPrototypeOf(options, null)
  return inspect({ again: 1 }, { __proto__: { get depth() { for (;;) {} } }, maxArrayLength: -1, maxStringLength: NaN, compact: -1e9, breakLength: 'x' })
}
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  console.log({ [custom]: shown })
  const endless = { [custom]: () => ({ ...endless }) }
  try {
    console.log(endless)
  } catch {}
  Object.prototype[custom] = Function.prototype[custom] = Array.prototype[custom] = Error.prototype[custom] = function () { return { [custom]: () => 'x'.repeat(1e6) } }
  console.log({}, [], () => {}, new Error('shown'), new Map([[{}, []]]))
  for (const inspect of kept) if (typeof inspect === 'function') inspect({ a: [] }, { depth: Infinity })
  return honest(bars)
}
