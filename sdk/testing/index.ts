export { BAR_SHAPES, makeBars, type BarOptions, type BarShape } from './make-bars.ts'
export { fakeMarket, type FakeMarket, type SymbolSource } from './fake-market.ts'
