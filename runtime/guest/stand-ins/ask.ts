import { textOf } from '../web/body.ts'
import type { StandInDeps } from './types.ts'

export type Query = Record<string, unknown>

/** Asks an API for JSON, with the parameters that have a value. */
export function ask(deps: StandInDeps, address: string, query: Query = {}): { status: number; data: Record<string, never> } {
  const parts = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === null ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`]))
  const { status, content } = deps.request('GET', parts.length === 0 ? address : `${address}?${parts.join('&')}`, '')
  return { status, data: (content.kind === 'value' ? content.make() : JSON.parse(textOf(content))) as Record<string, never> }
}
