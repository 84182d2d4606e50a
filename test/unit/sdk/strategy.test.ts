import { describe, expect, it } from 'vitest'

import { defineStrategy, isStrategy, StrategyDefinitionError, type StrategyDefinition } from '../../../sdk/index.ts'
import { rightsFor, strategyKey } from '../../../sdk/strategy.ts'

const definition: StrategyDefinition = {
  name: 'Call Debit Spread',
  aliases: ['Bull Call Spread'],
  description: 'A long call and a short one above it.',
  suits: ['bullish'],
  rights: ['call'],
  expirations: 1,
  premium: 'debit',
  select: () => ({ legs: null, reason: 'no call at all' }),
  capital: ({ netPremium }) => netPremium,
}

/** The error of a definition with one thing changed. */
function errorOf(change: Record<string, unknown>): StrategyDefinitionError {
  try {
    defineStrategy({ ...definition, ...change })
  } catch (error) {
    return error as StrategyDefinitionError
  }
  throw new Error(`${JSON.stringify(change)} was taken`)
}

describe('defineStrategy', () => {
  it('keeps the definition, frozen', () => {
    const strategy = defineStrategy({ ...definition, minimumDte: 180, holdsShares: true })
    expect(strategy).toMatchObject({ ...definition, kind: 'strategy', minimumDte: 180, holdsShares: true })
    for (const part of [strategy, strategy.aliases, strategy.suits, strategy.rights]) expect(Object.isFrozen(part)).toBe(true)
  })

  it('is not changed by what happens to the definition later', () => {
    const mine = { ...definition, aliases: ['Bull Call Spread'], later: { minimumDays: 7, targetDays: 30 }, expirations: 2 as const }
    const strategy = defineStrategy(mine)
    mine.aliases.push('Other')
    mine.later.targetDays = 1
    expect(strategy).toMatchObject({ aliases: ['Bull Call Spread'], later: { minimumDays: 7, targetDays: 30 } })
  })

  it('asks once for the types of contracts of each direction', () => {
    let asked = 0
    const strategy = defineStrategy({ ...definition, rights: (bias) => (asked++, [bias === 'bearish' ? 'put' : 'call']) })
    const before = asked
    expect([null, 'bullish', 'bearish', 'neutral'].map((bias) => rightsFor(strategy, bias as 'bearish'))).toEqual([['call'], ['call'], ['put'], ['call']])
    expect(asked).toBe(before)
    expect(rightsFor(defineStrategy(definition), 'bearish')).toEqual(['call'])
  })

  it('lets methods call each other through `this`', () => {
    const strategy = defineStrategy({
      ...definition,
      select() {
        return { legs: null, reason: `no ${this.name}` }
      },
    })
    expect(strategy.select({} as never)).toEqual({ legs: null, reason: 'no Call Debit Spread' })
  })

  it('is recognised across copies of the SDK, and nothing else is', () => {
    expect(isStrategy(defineStrategy(definition))).toBe(true)
    for (const value of [null, undefined, definition, { ...defineStrategy(definition) }, 'strategy', () => null]) expect(isStrategy(value)).toBe(false)
  })

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['name', { name: undefined }, /^name must be text with a letter or digit: write what rows say, such as name: 'Call Debit Spread', not nothing\.$/],
    ['name', { name: ' - ' }, /^name must be .*not " - "\.$/],
    ['name', { name: 7 }, /^name must be .*not 7\.$/],
    ['aliases', { aliases: 'CSP' }, /^aliases must be a list of names.*not "CSP"\.$/],
    ['aliases', { aliases: ['!'] }, /^aliases must be a list of names.*not a list\.$/],
    ['aliases', { aliases: ['call-debit SPREAD'] }, /^The alias "call-debit SPREAD" means the same as "Call Debit Spread".*leave it out\.$/],
    ['aliases', { aliases: ['Bull Call', 'bull call'] }, /^The alias "bull call" means the same as "Bull Call"/],
    ['description', { description: 'two\nlines' }, /^description must be one line of text/],
    ['suits', { suits: ['up'] }, /^suits must be a list of 'bullish', 'bearish' and 'neutral', each once at most/],
    ['suits', { suits: ['bullish', 'bullish'] }, /^suits must be/],
    ['rights', { rights: [] }, /^rights must be a list of 'call', 'put' or both.*not an empty list\.$/],
    ['rights', { rights: (bias: unknown) => (bias === 'bearish' ? ['put'] : []) }, /^rights must be .*a function that gives one for each direction/],
    ['expirations', { expirations: 3 }, /^expirations must be 1 or 2.*not 3\.$/],
    ['premium', { premium: 'free' }, /^premium must be 'debit'.*'credit'.*not "free"\.$/],
    ['holdsShares', { holdsShares: 1 }, /^holdsShares must be true or false/],
    ['minimumDte', { minimumDte: -1 }, /^minimumDte must be a whole number of days, 0 or more.*not -1\.$/],
    ['minimumDte', { minimumDte: Number.NaN }, /^minimumDte must be .*not NaN\.$/],
    ['later', { expirations: 2 }, /^later is missing: with expirations: 2, write how far/],
    ['later', { later: { minimumDays: 7, targetDays: 30 } }, /^later is for strategies on two expirations: leave it out, or write expirations: 2\.$/],
    ['later', { expirations: 2, later: { minimumDays: 30, targetDays: 7 } }, /^later must be whole days, 1 <= minimumDays <= targetDays/],
    ['later', { expirations: 2, later: { minimumDays: 7, targetDays: 30, most: 60 } }, /^later must be/],
    ['select', { select: null }, /^select must be a function: write select\(market\).*not null\.$/],
    ['capital', { capital: 100 }, /^capital must be a function.*not 100\.$/],
    ['holdShares', { holdShares: true }, /^The definition has an unknown key "holdShares"; did you mean holdsShares\? It takes name, aliases/],
  ])('refuses a wrong %s: %j', (path, change, message) => {
    const error = errorOf(change)
    expect(error).toBeInstanceOf(StrategyDefinitionError)
    expect(error).toMatchObject({ path, code: 'strategy_definition' })
    expect(error.message).toMatch(message)
  })

  it.each([[null], [undefined], ['Long Call'], [[definition]], [() => null]])('refuses %s in place of a definition', (value) => {
    expect(() => defineStrategy(value as never)).toThrow(/^defineStrategy takes an object, not .*: write defineStrategy\(\{ name, /)
  })
})

describe('strategyKey', () => {
  it('leaves case, spaces and punctuation out', () => {
    expect(['Buy-Write', 'buy write', ' BUY/WRITE ', 'buy\u2010write'].map(strategyKey)).toEqual(Array(4).fill('buywrite'))
    expect(["Poor Man's Covered Call", 'poor mans covered call', 'Poor Man\u2019s Covered Call'].map(strategyKey)).toEqual(Array(3).fill('poormanscoveredcall'))
    expect(strategyKey(' –!? ')).toBe('')
  })
})
