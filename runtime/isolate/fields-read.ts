import type { InjectionPlan } from '../intake/plan.ts'

/** Fields of vendors' answers that scripts live by and daily bars do not hold. */
const FIELDS = [
  'vw', 'n', 'lastQuote', 'latestQuote', 'minuteBar', 'marketCap', 'market_cap', 'trailingPE', 'forwardPE', 'priceToBook', 'bookValue', 'epsTrailingTwelveMonths', 'epsForward',
  'dividendYield', 'trailingAnnualDividendYield', 'dividendRate', 'sharesOutstanding', 'floatShares', 'averageAnalystRating', 'earningsTimestamp', 'preMarketPrice', 'postMarketPrice',
  'share_class_shares_outstanding', 'weighted_shares_outstanding', 'sic_code', 'sic_description', 'total_employees',
]
const NAMES = FIELDS.join('|')
/** `bar.vw`, `bar['vw']`, and `{ c, vw } = bar`, also as what a function takes. */
const READS = new RegExp(`\\.\\s*(${NAMES})\\b(?!\\s*(?:\\(|=[^=]))|\\[\\s*['"\`](${NAMES})['"\`]\\s*\\]`, 'g')
const TAKEN_APART = /\{([^{}]*)\}\s*(?:=(?!=)|\)\s*(?:=>|\{)|of\b)/g
/** A letter that may as well be a field of the script's own. */
const OWN_COUNT = /[{,]\s*n\s*[:,}]/

/** Which of them the text of a script reads. */
export function fieldsRead({ code, companions = [] }: InjectionPlan): string[] {
  const found = new Set<string>()
  for (const text of [code, ...companions.map((file) => file.code)]) {
    for (const [, member, key] of text.matchAll(READS)) found.add((member ?? key)!)
    for (const [, names] of text.matchAll(TAKEN_APART)) for (const name of names!.split(',')) found.add(/^\s*(\w+)/.exec(name)?.[1] ?? '')
    if (OWN_COUNT.test(text)) found.delete('n')
  }
  return FIELDS.filter((name) => found.has(name))
}
