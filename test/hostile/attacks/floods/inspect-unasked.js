/* {"tries": "Prints objects whose ways to be shown loop, by all ways that Node does not ask."} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
const custom = Symbol.for('nodejs.util.inspect.custom')
const loop = () => { for (;;) {} }
export function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  console.log({ toString: loop, valueOf: loop, toJSON: loop, inspect: loop, [Symbol.toPrimitive]: loop, [Symbol.iterator]: loop })
  console.log({ get [custom]() { loop() } }, { get [Symbol.toStringTag]() { loop() } }, { get constructor() { loop() } })
  console.log(new Proxy({ [custom]: loop }, { get: loop, has: loop, ownKeys: loop, getPrototypeOf: loop, getOwnPropertyDescriptor: loop }))
  console.log(Object.create(new Proxy({}, { get: loop, getPrototypeOf: loop, getOwnPropertyDescriptor: loop })))
  console.table([{ [custom]: 1 }, new Proxy([], { get: loop, ownKeys: loop })])
  console.dir({ a: { b: 1 } }, new Proxy({}, { get: loop }))
  return honest(bars)
}
