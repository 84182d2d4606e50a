import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  defineScanner,
  describeParams,
  isScanner,
  resolveParams,
  ScannerDefinitionError,
  ScannerParameterError,
  type BarColumns,
  type Scanner,
  type TechnicalAnalysis,
} from '../../../sdk/index.ts'

const scan = () => null

const gapAndGo = defineScanner({
  name: 'Gap and go',
  params: {
    minGap: { default: 0.03, min: 0.005, max: 0.5, help: 'gap over the previous close' },
    period: { default: 14, min: 2, integer: true },
    longOnly: { default: false },
    mode: { default: 'open', options: ['open', 'close'] },
    note: { default: 'none', help: 'any text' },
    threshold: 70,
    strict: true,
    label: 'x',
  },
  universe: { minVolume: 1_000_000, minPrice: 1, maxPrice: 500, limit: 300 },
  lookback: 60,
  scan({ symbol, bars, ta, params }) {
    const last = bars.close.length - 1
    const gap = bars.open[last]! / bars.close[last - 1]! - 1
    if (gap < params.minGap) return null
    return { score: gap, direction: 'bullish', data: { symbol, rsi: ta.rsi(bars.close, params.period)[last] }, strategies: ['Long Call'] }
  },
})

describe('defineScanner', () => {
  it('keeps the definition, frozen at every level', () => {
    expect(gapAndGo).toMatchObject({ name: 'Gap and go', lookback: 60, universe: { limit: 300 }, params: { minGap: { default: 0.03 } } })
    for (const part of [gapAndGo, gapAndGo.params, gapAndGo.params.minGap, gapAndGo.params.mode.options, gapAndGo.universe]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })
  it('is not changed by what happens to the definition later', () => {
    const params = { size: { default: 1, max: 5 } }
    const scanner = defineScanner({ params, scan })
    params.size.default = 99
    expect(scanner.params.size.default).toBe(1)
  })
  it('needs no more than a scan', () => {
    expect(defineScanner({ scan })).toMatchObject({ name: null, description: null, lookback: null, universe: null, params: {} })
  })
  it('is recognised across copies of the SDK, and nothing else is', () => {
    expect(isScanner(gapAndGo)).toBe(true)
    expect(isScanner({ [Symbol.for('strikescan.scanner')]: true })).toBe(true)
    for (const value of [null, undefined, scan, {}, { scan }, 'scanner', { ...gapAndGo }]) expect(isScanner(value)).toBe(false)
    expect(Object.keys(gapAndGo)).not.toContain('strikescan.scanner')
  })

  const refused: [what: string, definition: unknown, path: string, message: RegExp][] = [
    ['no object', scan, '', /takes an object with a scan function, not a function/],
    ['a list', [], '', /not an empty list/],
    ['nothing', undefined, '', /not nothing/],
    ['no scan', { name: 'x' }, 'scan', /scan must be a function, not nothing: write scan\(/],
    ['a scan that is text', { scan: 'x' }, 'scan', /not "x"/],
    ['a misspelt key', { parms: {}, scan }, 'parms', /unknown key "parms"; did you mean params\? It takes name, /],
    ['a foreign key', { schedule: 'daily', scan }, 'schedule', /unknown key "schedule"\. It takes/],
    ['an empty name', { name: ' ', scan }, 'name', /name must be text that is not empty/],
    ['a lookback of 0', { lookback: 0, scan }, 'lookback', /lookback must be a whole number of sessions from 1 to 1000000, not 0/],
    ['a lookback of 2.5', { lookback: 2.5, scan }, 'lookback', /not 2\.5/],
    ['a lookback in text', { lookback: '60', scan }, 'lookback', /not "60"/],
    ['params in a list', { params: [], scan }, 'params', /params must be an object/],
    ['params null', { params: null, scan }, 'params', /params must be an object/],
    ['a parameter without default', { params: { size: { min: 1 } }, scan }, 'params.size', /params\.size needs a default/],
    ['a default of null', { params: { size: { default: null } }, scan }, 'params.size.default', /not null/],
    ['a bare list', { params: { size: [1, 2] }, scan }, 'params.size', /needs a default that is a number, a boolean or text, not a list/],
    ['a bare NaN', { params: { size: Number.NaN }, scan }, 'params.size.default', /must be a finite number, not NaN/],
    ['a default below its range', { params: { size: { default: 0, min: 1, max: 5 } }, scan }, 'params.size.default', /is 0, but the parameter takes a number from 1 to 5/],
    ['a default above its range', { params: { size: { default: 6, max: 5 } }, scan }, 'params.size.default', /a number of 5 or less/],
    ['a broken integer', { params: { size: { default: 1.5, integer: true } }, scan }, 'params.size.default', /takes a whole number/],
    ['min above max', { params: { size: { default: 1, min: 2, max: 0 } }, scan }, 'params.size.min', /swap them/],
    ['a min in text', { params: { size: { default: 1, min: '0' } }, scan }, 'params.size.min', /must be a finite number, not "0"/],
    ['a key of another type', { params: { on: { default: true, min: 0 } }, scan }, 'params.on.min', /params\.on\.min cannot go with a default that is true or false: leave it out\./],
    ['options of a number', { params: { days: { default: 5, options: [5, 10] } }, scan }, 'params.days.options', /cannot go with a default that is a number: quote the default and the options/],
    ['a range of text', { params: { mode: { default: 'a', max: 3 } }, scan }, 'params.mode.max', /write the default as a number/],
    ['a misspelt default', { params: { size: { defalt: 1 } }, scan }, 'params.size.defalt', /did you mean default\?/],
    ['very many options', { params: { mode: { default: 'x', options: Array.from({ length: 2_000 }, (_, i) => `o${i}`) } }, scan }, 'params.mode.default', /"o19" and 1980 more\.$/],
    ['a misspelt parameter key', { params: { size: { default: 1, hlep: 'x' } }, scan }, 'params.size.hlep', /did you mean help\?/],
    ['help that is no text', { params: { size: { default: 1, help: 5 } }, scan }, 'params.size.help', /must be text/],
    ['no options', { params: { mode: { default: 'a', options: [] } }, scan }, 'params.mode.options', /not an empty list/],
    ['options that are numbers', { params: { mode: { default: 'a', options: [1] } }, scan }, 'params.mode.options', /list of one text or more/],
    ['an option twice', { params: { mode: { default: 'a', options: ['a', 'a'] } }, scan }, 'params.mode.options', /twice/],
    ['a default outside its options', { params: { mode: { default: 'c', options: ['a', 'b'] } }, scan }, 'params.mode.default', /"c", which is not one of its options: "a", "b"/],
    ['a name that is no name', { params: { 'min gap': 1 }, scan }, 'params.min gap', /start it with a letter/],
    ['a name from the prototype', { params: JSON.parse('{"__proto__": 1}'), scan }, 'params.__proto__', /cannot be used/],
    ['a universe that is a list', { universe: ['A'], scan }, 'universe', /must be an object such as/],
    ['a misspelt universe key', { universe: { minVol: 1 }, scan }, 'universe.minVol', /universe has an unknown key "minVol"/],
    ['a negative volume', { universe: { minVolume: -1 }, scan }, 'universe.minVolume', /number of 0 or more, not -1/],
    ['a broken limit', { universe: { limit: 1.5 }, scan }, 'universe.limit', /whole number of 1 or more/],
    ['prices crossed', { universe: { minPrice: 5, maxPrice: 1 }, scan }, 'universe.minPrice', /is above universe\.maxPrice \(1\)/],
  ]
  it.each(refused)('refuses %s', (_, definition, path, message) => {
    const attempt = () => defineScanner(definition as never)
    expect(attempt).toThrow(ScannerDefinitionError)
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(expect.objectContaining({ path, code: 'scanner_definition' }))
  })
})

describe('describeParams', () => {
  it('lists the parameters in order, with what a form needs', () => {
    expect(describeParams(gapAndGo)).toEqual([
      { name: 'minGap', type: 'number', default: 0.03, min: 0.005, max: 0.5, help: 'gap over the previous close' },
      { name: 'period', type: 'number', default: 14, min: 2, integer: true },
      { name: 'longOnly', type: 'boolean', default: false },
      { name: 'mode', type: 'enum', default: 'open', options: ['open', 'close'] },
      { name: 'note', type: 'string', default: 'none', help: 'any text' },
      { name: 'threshold', type: 'number', default: 70 },
      { name: 'strict', type: 'boolean', default: true },
      { name: 'label', type: 'string', default: 'x' },
    ])
    expect(describeParams({})).toEqual([])
  })
})

describe('resolveParams', () => {
  const defaults = { minGap: 0.03, period: 14, longOnly: false, mode: 'open', note: 'none', threshold: 70, strict: true, label: 'x' }

  it('fills in the defaults, in order, frozen', () => {
    const values = resolveParams(gapAndGo)
    expect(values).toEqual(defaults)
    expect(Object.keys(values)).toEqual(Object.keys(defaults))
    expect(Object.isFrozen(values)).toBe(true)
    expect(resolveParams(gapAndGo, { minGap: undefined })).toEqual(defaults)
  })
  it('reads text as the number or boolean that the parameter is', () => {
    const given = { minGap: '0.05', period: ' 20 ', longOnly: 'true', strict: 'FALSE', threshold: '-7e1', note: '5', label: '' }
    expect(resolveParams(gapAndGo, given)).toEqual({ ...defaults, minGap: 0.05, period: 20, longOnly: true, strict: false, threshold: -70, note: '5', label: '' })
  })
  it('takes the ends of a range', () => {
    expect(resolveParams(gapAndGo, { minGap: 0.005 }).minGap).toBe(0.005)
    expect(resolveParams(gapAndGo, { minGap: 0.5 }).minGap).toBe(0.5)
  })

  const refused: [given: Record<string, unknown>, parameter: string, message: string | RegExp][] = [
    [{ mingap: 1 }, 'mingap', 'There is no parameter "mingap"; did you mean minGap? This scanner takes minGap, period, longOnly, mode, note, threshold, strict, label.'],
    [{ zzz: 1 }, 'zzz', /no parameter "zzz"\. This scanner takes/],
    [{ toString: 1 }, 'toString', /no parameter "toString"/],
    [{ minGap: 0.6 }, 'minGap', 'The parameter minGap takes a number from 0.005 to 0.5, not 0.6.'],
    [{ minGap: '' }, 'minGap', /not ""/],
    [{ minGap: 'NaN' }, 'minGap', /not "NaN"/],
    [{ minGap: '0x1' }, 'minGap', /not "0x1"/],
    [{ minGap: '5%' }, 'minGap', /not "5%"/],
    [{ minGap: '1e999' }, 'minGap', /not "1e999"/],
    [{ minGap: Number.NaN }, 'minGap', /not NaN/],
    [{ minGap: null }, 'minGap', /not null/],
    [{ minGap: true }, 'minGap', /not true/],
    [{ minGap: [0.1] }, 'minGap', /not a list/],
    [{ period: 2.5 }, 'period', 'The parameter period takes a whole number of 2 or more, not 2.5.'],
    [{ longOnly: 'yes' }, 'longOnly', 'The parameter longOnly takes true or false, not "yes".'],
    [{ longOnly: 1 }, 'longOnly', /takes true or false, not 1/],
    [{ mode: 'clsoe' }, 'mode', 'The parameter mode takes one of "open", "close", not "clsoe". Did you mean "close"?'],
    [{ mode: 1 }, 'mode', /takes text, not 1/],
    [{ note: 5 }, 'note', /takes text, not 5/],
  ]
  it.each(refused)('refuses %o', (given, parameter, message) => {
    const attempt = () => resolveParams(gapAndGo, given)
    expect(attempt).toThrow(ScannerParameterError)
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(expect.objectContaining({ parameter, code: 'scanner_parameter' }))
  })
  it('refuses any parameter of a scanner without parameters', () => {
    expect(() => resolveParams(defineScanner({ scan }), { a: 1 })).toThrow('There is no parameter "a": this scanner takes none.')
  })
  it.each([null, 5, 'size=4', [1]])('refuses values that are %o', (given) => {
    expect(() => resolveParams({ params: { size: 3 } }, given as never)).toThrow(/given as an object of values by name/)
  })
  it('checks plain definitions too', () => {
    expect(resolveParams({ params: { size: 3 } }, { size: '4' })).toEqual({ size: 4 })
    expect(() => resolveParams({ params: { size: { default: 3, min: 9 } } })).toThrow(ScannerDefinitionError)
  })
})

describe('types', () => {
  it('follow from the definition', () => {
    expectTypeOf(resolveParams(gapAndGo)).toEqualTypeOf<{
      readonly minGap: number
      readonly period: number
      readonly longOnly: boolean
      readonly mode: 'open' | 'close'
      readonly note: string
      readonly threshold: number
      readonly strict: boolean
      readonly label: string
    }>()
    defineScanner({
      params: { size: 3, side: { default: 'long', options: ['long', 'short'] } },
      scan({ params, bars, ta, symbol, date, log }) {
        expectTypeOf(params.size).toEqualTypeOf<number>()
        expectTypeOf(params.side).toEqualTypeOf<'long' | 'short'>()
        expectTypeOf(bars).toEqualTypeOf<BarColumns>()
        expectTypeOf(ta).toEqualTypeOf<TechnicalAnalysis>()
        expectTypeOf(symbol).toEqualTypeOf<string>()
        expectTypeOf(date).toEqualTypeOf<string>()
        log('text', 1)
        log.warn('text')
        // @ts-expect-error there is no such parameter
        expectTypeOf(params.sizes).toBeAny()
        return params.size > 2
      },
    })
  })
  it('a scanner without parameters has none', () => {
    defineScanner({
      scan({ params }) {
        // @ts-expect-error there are no parameters
        return params.anything
      },
    })
  })
  it('results are what a scan may return', () => {
    const returns = [
      defineScanner({ scan: () => null }),
      defineScanner({ scan: () => {} }),
      defineScanner({ scan: () => 1.5 }),
      defineScanner({ scan: async () => true }),
      defineScanner({ scan: ({ bars }) => (bars.length > 5 ? { score: 1, reason: 'long enough' } : undefined) }),
    ]
    expectTypeOf(returns).toExtend<Scanner<{}>[]>()
    // @ts-expect-error a direction is one of three
    defineScanner({ scan: () => ({ direction: 'up' }) })
    // @ts-expect-error text is no result
    defineScanner({ scan: () => 'hit' })
    const attempt = () => {
      // @ts-expect-error unknown key
      defineScanner({ scan, lookbak: 5 })
    }
    expect(attempt).toThrow(/did you mean lookback/)
  })
  it('a scanner of any parameters is a Scanner', () => {
    expectTypeOf(isScanner).guards.toEqualTypeOf<Scanner>()
  })
})
