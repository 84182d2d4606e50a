import { EXPLORED_STATUSES } from '../../schemas/explored-order.ts'
import type { ExplorationReport } from '../host-types.ts'
import { count, counted, duration, oneLine } from '../text.ts'

/** Where its chains are from, and whether a market ever made them. */
export function sourceLine({ provider, simulated }: ExplorationReport): string {
  if (provider === '') return 'no option chains'
  return simulated ? `SIMULATED option chains, no quote below was ever made by a market (${oneLine(provider)})` : `option chains: ${oneLine(provider)}`
}

/** What an exploration came to: rows by status, what was planned, and the calls and cache it took. */
export function reportLines(explore: ExplorationReport, isPaused: boolean): string[] {
  return [...rowLines(explore, isPaused), planLine(explore), callLine(explore), cacheLine(explore)]
}

function rowLines({ rows, tickers, byStatus }: ExplorationReport, isPaused: boolean): string[] {
  const parts = EXPLORED_STATUSES.flatMap((status) => (byStatus[status] === undefined ? [] : [[status, byStatus[status]] as const]))
  const sum = parts.reduce((total, [, number]) => total + number, 0)
  const line = `Rows: ${count(rows)} of ${counted(tickers, 'ticker')} = ${parts.map(([status, number]) => `${count(number)} ${status}`).join(' + ') || '0'}`
  if (sum === rows) return [line]
  // One that waits to be resumed has open rows, and no others are missing.
  if (isPaused && sum < rows) return [`${line} + ${count(rows - sum)} not reached yet`]
  return [line, `ERROR: these make ${count(sum)} rows, not ${count(rows)}`]
}

const LIMIT_WORDS: Record<string, string> = { requestsPerSecond: 'by the pace of calls', callsPerMinute: "by the provider's calls a minute" }

function planLine({ plan }: ExplorationReport): string {
  const limit = LIMIT_WORDS[plan.limitedBy]
  return `Plan: ${counted(plan.calls, 'call')}${plan.durationMs > 0 ? `, about ${duration(plan.durationMs)}` : ''}${limit === undefined ? '' : `, limited ${limit}`}`
}

function callLine({ calls, priceCalls, retries, failures, durationMs }: ExplorationReport): string {
  const failed = Object.entries(failures).filter(([, number]) => number > 0).map(([cause, number]) => `${count(number)} ${oneLine(cause)}`)
  return `Calls: ${[`${count(calls)} sent${priceCalls > 0 ? `, ${count(priceCalls)} of them for prices of many tickers` : ''}`, ...(retries > 0 ? [`${counted(retries, 'retry', 'retries')}`] : []), ...(failed.length > 0 ? [`failed: ${failed.join(', ')}`] : [])].join('; ')}; ${duration(durationMs)}`
}

const TIER_WORDS = { memory: 'from memory', disk: 'from disk', redis: 'from Redis', fetched: 'fetched' } as const

function cacheLine({ cache }: ExplorationReport): string {
  const tiers = Object.entries(TIER_WORDS).map(([tier, words]) => ({ words, answers: cache[tier as keyof typeof TIER_WORDS] }))
  const all = tiers.reduce((total, { answers }) => total + answers, 0)
  const parts = tiers.filter(({ answers }) => answers > 0).map(({ words, answers }) => `${count(answers)} ${words}${all > 0 ? ` (${Math.round((100 * answers) / all)}%)` : ''}`)
  const faults = [cache.failed > 0 ? `${count(cache.failed)} without an answer` : '', cache.corrupt > 0 ? `${counted(cache.corrupt, 'damaged entry', 'damaged entries')} fetched again` : ''].filter((text) => text !== '')
  return `Cache: ${[`${counted(all, 'answer')}${parts.length > 0 ? ` = ${parts.join(' + ')}` : ''}`, ...faults].join('; ')}`
}
