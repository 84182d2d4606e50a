import { closest } from './closest.ts'
import type { OptionContract, OptionRight } from './options/chain.ts'
import { describe, isPlainObject } from './parameters.ts'

/** A contract as a strategy looks at it. */
export interface StrategyContract {
  readonly contract: OptionContract
  /** Both sides quoted, not crossed, the bid above zero. */
  readonly tradable: boolean
  /** Middle of the quote, null where it is not two-sided. Dollars per share. */
  readonly mid: number | null
  /** `(ask - bid) / mid`, null without a middle. */
  readonly spreadPct: number | null
}

/** One expiration of a chain. */
export interface ExpirationSlice {
  readonly expiration: string
  /** Calendar days from the chain's day to the expiration. */
  readonly dte: number
  /** Years (ACT/365F) from the quotes' instant to the expiration's settlement. */
  readonly years: number
  /** Standard contracts (not adjusted) of one root, ascending by strike, each strike once. */
  readonly calls: readonly StrategyContract[]
  readonly puts: readonly StrategyContract[]
}

/** What a strategy chooses from. */
export interface StrategyMarket {
  readonly ticker: string
  /** Dollars per share. */
  readonly spot: number
  readonly bias: 'bullish' | 'bearish' | 'neutral' | null
  /** The expiration that the row's horizon asks for. */
  readonly near: ExpirationSlice
  /** Later expirations, ascending; empty unless the strategy needs two. */
  readonly later: readonly ExpirationSlice[]
  /** Delta of a contract, null where its price tells none. Memoised, computed on demand. */
  delta(contract: OptionContract): number | null
}

/** One leg of a position. */
export interface StrategyLeg {
  readonly side: 'long' | 'short'
  readonly contract: OptionContract
  /** Contracts per unit of the position. */
  readonly quantity: number
}

/**
 * What a selection without legs lacks: an expiration far enough or a second one; strikes where the strategy looks for
 * them; or, where strikes are there, quotes that can be traded.
 */
export type SelectionLack = 'expiration' | 'strikes' | 'quotes'

/**
 * Legs chosen, the leg that names the position first, and how they were found in `note`; or why there are none, in one
 * sentence with the numbers seen.
 */
export type StrategySelection =
  | { readonly legs: readonly StrategyLeg[]; readonly note?: string }
  | { readonly legs: null; readonly reason: string; readonly lack?: SelectionLack }

/** Prices of a position that its capital rule may use. Dollars per share of the underlying, before the contract size. */
export interface PositionPrices {
  readonly spot: number
  readonly legs: readonly StrategyLeg[]
  /** Middle of the whole position as it is opened: above zero paid (debit), below zero received (credit). Shares not included. */
  readonly netPremium: number
}

/** What `defineStrategy` takes. */
export interface StrategyDefinition {
  /** As rows name it, such as `Call Debit Spread`. */
  readonly name: string
  /** Other names that mean the same, compared without case, spaces and punctuation. */
  readonly aliases?: readonly string[]
  /** One line for listings. */
  readonly description: string
  /** Directions it suits: what the table of directions offers it for. */
  readonly suits: readonly ('bullish' | 'bearish' | 'neutral')[]
  /**
   * Types of contracts that it needs of a chain. Only these are sampled: others may be as illiquid as they like. A function where that
   * depends on the row's direction; it is asked once for each, when the strategy is defined.
   */
  readonly rights: readonly OptionRight[] | ((bias: StrategyMarket['bias']) => readonly OptionRight[])
  /** How many expirations its legs stand on. */
  readonly expirations: 1 | 2
  /**
   * Of a strategy on two expirations, and of no other: how many calendar days the later one lies behind the near one, at least and at
   * best. The listed expiration nearest to the best is fetched for it.
   */
  readonly later?: { readonly minimumDays: number; readonly targetDays: number }
  /** Whether opening it costs or brings money: which way its quote is shown. */
  readonly premium: 'debit' | 'credit'
  /** True where it holds one long share per share of the contracts. */
  readonly holdsShares?: boolean
  /** Least days to expiration of its near leg, where the strategy itself sets one. */
  readonly minimumDte?: number
  select(market: StrategyMarket): StrategySelection
  /** Dollars per share that the position ties up, as the exchange rules ask. */
  capital(position: PositionPrices): number
}

/** A strategy that is known to be one. */
export interface Strategy extends StrategyDefinition {
  readonly kind: 'strategy'
}

/** A strategy definition that cannot stand. The message is one sentence: what is wrong and what to write instead. */
export class StrategyDefinitionError extends Error {
  readonly code = 'strategy_definition'
  readonly path: string

  constructor(path: string, message: string) {
    super(message)
    this.name = 'StrategyDefinitionError'
    this.path = path
  }
}

// Registered, so that a strategy is recognised across copies of the SDK.
const BRAND = Symbol.for('strikescan.strategy')

const DIRECTIONS = ['bullish', 'bearish', 'neutral'] as const
const BIASES = [...DIRECTIONS, null] as const
const RIGHTS = ['call', 'put'] as const

/** What each key must be: null where the value can stand, else what it must be and what to write. */
const CHECKS: Readonly<Record<keyof StrategyDefinition, (value: unknown) => string | null>> = {
  name: (value) => (isName(value) ? null : "text with a letter or digit: write what rows say, such as name: 'Call Debit Spread'"),
  aliases: (value) =>
    value === undefined || (Array.isArray(value) && value.every(isName))
      ? null
      : "a list of names: write aliases: ['Bull Call Spread'] or leave it out",
  description: (value) =>
    typeof value === 'string' && value.trim() !== '' && !/[\r\n]/.test(value)
      ? null
      : 'one line of text: write what the position is and when it pays',
  suits: (value) =>
    isListOf(value, DIRECTIONS, 0)
      ? null
      : "a list of 'bullish', 'bearish' and 'neutral', each once at most: write for example suits: ['bullish']",
  rights: (value) =>
    (typeof value === 'function' ? BIASES.map((bias) => (value as (bias: unknown) => unknown)(bias)) : [value]).every((list) => isListOf(list, RIGHTS, 1))
      ? null
      : "a list of 'call', 'put' or both, or a function that gives one for each direction and for null: write the types that select looks at",
  expirations: (value) => (value === 1 || value === 2 ? null : '1 or 2: write 2 where a leg stands on a later expiration'),
  later: (value) =>
    value === undefined || isLater(value)
      ? null
      : 'whole days, 1 <= minimumDays <= targetDays: write for example later: { minimumDays: 7, targetDays: 30 }',
  premium: (value) =>
    value === 'debit' || value === 'credit' ? null : "'debit' where opening costs money, or 'credit' where it brings some",
  holdsShares: (value) =>
    value === undefined || typeof value === 'boolean' ? null : 'true or false: write true where shares are held beside the contracts',
  minimumDte: (value) =>
    value === undefined || (Number.isInteger(value) && (value as number) >= 0)
      ? null
      : 'a whole number of days, 0 or more: write it or leave it out',
  select: (value) =>
    typeof value === 'function' ? null : 'a function: write select(market) { … } giving { legs } or { legs: null, reason }',
  capital: (value) =>
    typeof value === 'function' ? null : 'a function: write capital({ spot, legs, netPremium }) { … } giving dollars per share',
}

/**
 * A strategy from its definition, checked at once and frozen; other changes to the definition do not reach it.
 * Throws StrategyDefinitionError where something in it cannot stand; the message says what to change.
 */
export function defineStrategy(definition: StrategyDefinition): Strategy {
  if (!isPlainObject(definition)) {
    throw new StrategyDefinitionError(
      '',
      `defineStrategy takes an object, not ${describe(definition)}: write defineStrategy({ name, description, suits, rights, expirations, premium, select, capital }).`,
    )
  }
  checkKnown(definition)
  for (const key of Object.keys(CHECKS) as (keyof StrategyDefinition)[]) {
    const wanted = CHECKS[key](definition[key])
    if (wanted !== null) throw new StrategyDefinitionError(key, `${key} must be ${wanted}, not ${describe(definition[key])}.`)
  }
  checkTogether(definition)
  const { aliases = [], suits, rights, later } = definition
  const strategy: Strategy = {
    kind: 'strategy',
    ...definition,
    aliases: Object.freeze([...aliases]),
    suits: Object.freeze([...suits]),
    rights: frozenRights(rights),
    ...(later === undefined ? {} : { later: Object.freeze({ ...later }) }),
  }
  Object.defineProperty(strategy, BRAND, { value: true })
  return Object.freeze(strategy)
}

/** The types of contracts that a strategy needs for a row of a direction. */
export function rightsFor({ rights }: Pick<Strategy, 'rights'>, bias: StrategyMarket['bias']): readonly OptionRight[] {
  return typeof rights === 'function' ? rights(bias) : rights
}

function frozenRights(rights: StrategyDefinition['rights']): StrategyDefinition['rights'] {
  if (typeof rights !== 'function') return Object.freeze([...rights])
  const lists = new Map(BIASES.map((bias) => [bias, Object.freeze([...rights(bias)])]))
  return Object.freeze((bias: StrategyMarket['bias']) => lists.get(bias)!)
}

/** Whether a value is what `defineStrategy` of this or another copy of the SDK returned. */
export function isStrategy(value: unknown): value is Strategy {
  return typeof value === 'object' && value !== null && (value as { readonly [BRAND]?: unknown })[BRAND] === true
}

/** A name as names are compared: lower case, letters and digits alone; empty where it has none. */
export function strategyKey(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

function checkKnown(definition: object): void {
  const known = Object.keys(CHECKS)
  for (const key of Object.keys(definition)) {
    if (known.includes(key)) continue
    const meant = closest(key, known)
    throw new StrategyDefinitionError(
      key,
      `The definition has an unknown key ${describe(key)}${meant === null ? '.' : `; did you mean ${meant}?`} It takes ${known.join(', ')}.`,
    )
  }
}

/** What holds between keys that can each stand alone. */
function checkTogether({ name, aliases = [], expirations, later }: StrategyDefinition): void {
  const seen = new Map([[strategyKey(name), name]])
  for (const alias of aliases) {
    const same = seen.get(strategyKey(alias))
    if (same !== undefined) {
      throw new StrategyDefinitionError(
        'aliases',
        `The alias ${describe(alias)} means the same as ${describe(same)}, since case, spaces and punctuation do not count: leave it out.`,
      )
    }
    seen.set(strategyKey(alias), alias)
  }
  if (expirations === 2 && later === undefined) {
    throw new StrategyDefinitionError(
      'later',
      'later is missing: with expirations: 2, write how far the later leg is from the near one, such as later: { minimumDays: 7, targetDays: 30 }.',
    )
  }
  if (expirations === 1 && later !== undefined) {
    throw new StrategyDefinitionError('later', 'later is for strategies on two expirations: leave it out, or write expirations: 2.')
  }
}

const isName = (value: unknown): boolean => typeof value === 'string' && strategyKey(value) !== ''

function isListOf(value: unknown, members: readonly string[], least: number): boolean {
  return (
    Array.isArray(value) &&
    value.length >= least &&
    value.every((member) => members.includes(member)) &&
    new Set(value).size === value.length
  )
}

function isLater(value: unknown): boolean {
  if (!isPlainObject(value)) return false
  const { minimumDays, targetDays, ...rest } = value
  return (
    Number.isInteger(minimumDays) &&
    Number.isInteger(targetDays) &&
    (minimumDays as number) >= 1 &&
    (minimumDays as number) <= (targetDays as number) &&
    Object.keys(rest).length === 0
  )
}
