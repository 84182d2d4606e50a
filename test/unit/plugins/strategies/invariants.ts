import { expect } from 'vitest'

import type { ExpirationSlice, OptionContract, Strategy, StrategyLeg, StrategyMarket } from '../../../../sdk/index.ts'
import { evaluatePosition } from '../../../../sdk/options/position.ts'

/** Structure of each strategy's legs as `side right` in their order, near expiration first letter `n`, later `l`. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  'Long Call': /^long call n$/,
  'Long Put': /^long put n$/,
  'LEAP Call': /^long call n$/,
  'LEAP Put': /^long put n$/,
  'Cash-Secured Put': /^short put n$/,
  'Covered Call': /^short call n$/,
  'Buy-Write': /^short call n$/,
  'Long Straddle': /^long call n, long put n$/,
  'Long Strangle': /^long call n, long put n$/,
  'Call Debit Spread': /^long call n, short call n$/,
  'Put Debit Spread': /^long put n, short put n$/,
  'Call Credit Spread': /^short call n, long call n$/,
  'Put Credit Spread': /^short put n, long put n$/,
  'Iron Condor': /^short put n, long put n, short call n, long call n$/,
  Calendar: /^short (call|put) n, long \1 l$/,
  Diagonal: /^short call n, long call l$/,
}

/** Checks that a selection is a reason or a position that its strategy may take; gives the legs, null for a reason. */
export function expectSound(strategy: Strategy, market: StrategyMarket): readonly StrategyLeg[] | null {
  const selection = strategy.select(market)
  if (selection.legs === null) {
    expect(selection.reason).toMatch(/^[^\n]{15,400}$/)
    expect(selection.reason).not.toMatch(/undefined|null|NaN|Infinity|\.$/)
    expect(selection.lack).toMatch(/^(expiration|strikes|quotes)$/)
    return null
  }
  const { legs, note } = selection
  expect(note).toMatch(/^[^\n]{10,400}$/)
  expectLegs(strategy, legs, market)
  expectStrikes(strategy, legs, market)
  expectNumbers(strategy, legs, market)
  return legs
}

function expectLegs({ name }: Strategy, legs: readonly StrategyLeg[], { near, later }: StrategyMarket): void {
  const shape = legs.map(({ side, contract }) => `${side} ${contract.right} ${contract.expiration === near.expiration ? 'n' : 'l'}`).join(', ')
  expect(shape).toMatch(SHAPES[name]!)
  for (const { contract, quantity } of legs) {
    expect(quantity).toBe(1)
    const slice = [near, ...later].find(({ expiration }) => expiration === contract.expiration)!
    const listed = (contract.right === 'call' ? slice.calls : slice.puts).find((entry) => entry.contract === contract)
    expect(listed?.tradable).toBe(true)
    expect(contract.adjusted).toBe(false)
  }
}

function expectStrikes({ name }: Strategy, legs: readonly StrategyLeg[], market: StrategyMarket): void {
  const { spot, near } = market
  const strikes = legs.map(({ contract }) => contract.strike)
  const [first, second, third, fourth] = strikes as [number, number, number, number]
  const mids = legs.map(({ contract }) => (contract.bid! + contract.ask!) / 2)
  const isBetween = (premium: number, width: number) => {
    expect(premium).toBeGreaterThan(0)
    expect(premium).toBeLessThan(width)
  }
  if (/^(Long Call|Long Put|LEAP Call|LEAP Put|Call Debit Spread|Put Debit Spread)$/.test(name)) expect(stepsFromMoney(legs[0]!.contract, near, spot)).toBeLessThanOrEqual(3)
  if (name.startsWith('LEAP')) expect(near.dte).toBeGreaterThanOrEqual(180)
  if (name === 'Cash-Secured Put') {
    expect(first).toBeGreaterThanOrEqual(0.85 * spot)
    expect(first).toBeLessThanOrEqual(1.05 * spot)
    if (first > spot) expect(near.puts.filter(({ contract, tradable }) => tradable && contract.strike <= spot && contract.strike >= 0.85 * spot)).toEqual([])
  }
  if (name === 'Covered Call') expect(first).toBeGreaterThan(spot)
  if (name === 'Buy-Write') expect(first).toBeGreaterThanOrEqual(spot)
  if (name === 'Long Straddle' || name === 'Calendar') expect(second).toBe(first)
  if (name === 'Long Strangle') {
    expect(first).toBeGreaterThan(spot)
    expect(second).toBeLessThan(spot)
  }
  if (name.startsWith('Call') && name.endsWith('Spread')) expect(second).toBeGreaterThan(first)
  if (name.startsWith('Put') && name.endsWith('Spread')) expect(second).toBeLessThan(first)
  if (name.endsWith('Credit Spread')) expect(name.startsWith('Call') ? first > spot : first < spot).toBe(true)
  if (name.endsWith('Debit Spread') || name.endsWith('Credit Spread')) isBetween(mids[0]! - mids[1]!, Math.abs(first - second))
  if (name === 'Iron Condor') {
    const ascending = [second, first, spot, third, fourth]
    expect(ascending).toEqual([...new Set(ascending)].sort((one, other) => one - other))
    isBetween(mids[0]! - mids[1]! + mids[2]! - mids[3]!, Math.max(first - second, fourth - third))
  }
  if (name === 'Calendar') isBetween(mids[1]! - mids[0]!, Infinity)
  if (name === 'Diagonal') {
    expect(first).toBeGreaterThan(spot)
    expect(second).toBeLessThan(spot)
    isBetween(mids[1]! - mids[0]!, first - second)
  }
  if (name === 'Calendar' || name === 'Diagonal') expect(legs[1]!.contract.expiration > legs[0]!.contract.expiration).toBe(true)
}

function stepsFromMoney(chosen: OptionContract, near: ExpirationSlice, spot: number): number {
  const strikes = (chosen.right === 'call' ? near.calls : near.puts).map(({ contract }) => contract.strike).sort((one, other) => one - other)
  const nearest = Math.min(...strikes.map((strike) => Math.abs(strike - spot)))
  const center = strikes.findIndex((strike) => Math.abs(strike - spot) === nearest)
  return Math.abs(strikes.indexOf(chosen.strike) - center)
}

function expectNumbers(strategy: Strategy, legs: readonly StrategyLeg[], { spot }: StrategyMarket): void {
  const position = evaluatePosition(strategy, legs, spot)
  expect(position.bid!).toBeLessThanOrEqual(position.mid!)
  expect(position.mid!).toBeLessThanOrEqual(position.ask!)
  expect(position.mid!).toBeGreaterThan(0)
  expect(position.spreadPct!).toBeGreaterThanOrEqual(0)
  expect(position.capital!).toBeGreaterThan(0)
  expect(Number.isInteger(Number((position.capital! * 100).toFixed(4)))).toBe(true)
  const isOverTwo = strategy.expirations === 2
  if (isOverTwo) expect([position.maxProfit, position.breakevens]).toEqual([null, null])
  else {
    expect(position.maxProfit === 'unlimited' || position.maxProfit! > 0).toBe(true)
    // One where the other would lie below a price of zero, or where a condor's credit covers its narrower wing.
    const most = /^Long Str|Condor/.test(strategy.name) ? 2 : 1
    expect(position.breakevens!.length).toBeGreaterThanOrEqual(1)
    expect(position.breakevens!.length).toBeLessThanOrEqual(most)
  }
  // What is tied up covers what can be lost; premium received is left out of the cash that secures a put, and of a condor's wing.
  const isUnbounded = isOverTwo && legs.some(({ contract }) => contract.style === 'european')
  if (isUnbounded) expect(position.maxLoss).toBeNull()
  else if (strategy.premium === 'debit') expect(position.maxLoss).toBe(position.capital)
  else expect(position.maxLoss as number).toBeLessThanOrEqual(position.capital!)
}
