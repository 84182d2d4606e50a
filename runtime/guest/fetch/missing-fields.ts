import { stringIndexOf } from '../language/intrinsics.ts'
import type { ApiMarket } from './types.ts'

/**
 * Says which fields the script reads of an answer that has none of them here.
 * @param what the vendor, and which of its answers
 * @param names the fields that are not there, between spaces
 */
export function noteMissingFields(market: ApiMarket, what: string, names: string): void {
  const { fieldsRead } = market
  let missing = ''
  for (let i = 0; i < fieldsRead.length; i++) if (stringIndexOf(names, ` ${fieldsRead[i]!} `) !== -1) missing += `${missing === '' ? '' : ', '}${fieldsRead[i]!}`
  if (missing !== '') market.note('fields_not_there', `${what} come from daily bars, and the script reads fields that these do not hold: ${missing}`)
}
