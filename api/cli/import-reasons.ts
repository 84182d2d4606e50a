import type { ChainImportReport, ImportReport, NewsImportReport } from './host-types.ts'

type Reason = keyof ImportReport['reasons'] | keyof ChainImportReport['reasons'] | keyof NewsImportReport['reasons']

/** Why rows are refused, in words, and what to do about it. The codes are those of the report as JSON. */
const REJECTED: Record<Reason, { readonly why: string; readonly advice: string }> = {
  wrong_field_count: { why: 'the line has more or fewer fields than the header', advice: 'Quote texts with a separator in them, and look for lines that are cut short.' },
  unclosed_quote: { why: 'a quote is opened and never closed', advice: 'Close the quote, or double it where it belongs to the text.' },
  invalid_symbol: { why: 'there is no symbol, or what stands there is none', advice: 'Fill the column, or name the right one with --map symbol=COLUMN.' },
  unparsable_date: { why: 'the date cannot be read', advice: 'Write dates as 2026-11-20, or name the right column with --map date=COLUMN (asOf for option chains).' },
  unparsable_number: { why: 'what should be a number is none', advice: 'Write numbers with a point and without units, and leave lines with n/a and the like out.' },
  not_a_bar: { why: 'the record is no bar', advice: 'Give objects with symbol, date, open, high, low, close and volume, or name their fields with --map.' },
  non_finite_price: { why: 'a price is missing or no finite number', advice: 'Fill in the price, or leave the row out: a bar needs open, high, low and close.' },
  non_positive_price: { why: 'a price is zero or negative', advice: 'Correct the price, or leave the row out: nothing was traded at it.' },
  negative_volume: { why: 'the volume is negative', advice: 'Correct the volume, or write 0 where it is not known.' },
  not_a_contract: { why: 'the record is no option contract', advice: 'Give one object for each contract, or name its fields with --map.' },
  symbol_mismatch: { why: 'the contract’s symbol contradicts the other columns of its row', advice: 'See which of them is right; --map names the columns that count.' },
  invalid_ticker: { why: 'there is no ticker, or what stands there is none', advice: 'Fill the column, or name the right one with --map ticker=COLUMN.' },
  unknown_right: { why: 'the row says neither call nor put', advice: 'Write call or put (C or P), or name the right column with --map right=COLUMN.' },
  no_strike: { why: 'the row states no strike', advice: 'Fill the column, or name the right one with --map strike=COLUMN.' },
  invalid_strike: { why: 'the strike is no price', advice: 'Write strikes in dollars with a point, above zero.' },
  negative_price: { why: 'a price is negative', advice: 'Correct the price, or leave the field empty where it is not known.' },
  negative_count: { why: 'a volume or an open interest is negative', advice: 'Correct the number, or leave the field empty where it is not known.' },
  expired: { why: 'the contract had expired when it was recorded', advice: 'Check the time of the recording (--map asOf=COLUMN) and the expirations.' },
  not_an_article: { why: 'the record is no article', advice: 'Give one object for each article, or an answer such as {"results": […]}.' },
  no_title: { why: 'the article has no title', advice: 'Fill it in, or name its field with --map title=FIELD.' },
  no_time: { why: 'nothing says when the article was published', advice: 'Fill it in, or name its field with --map published=FIELD.' },
  unparsable_time: { why: 'the time of publication cannot be read', advice: 'Write times as 2026-11-20T14:30:00Z.' },
  no_identity: { why: 'the article has neither an id nor an address', advice: 'Give each an id or an article_url, by which it is known again.' },
}

/** The words for a reason of a report. */
export const wordsFor = (reason: string): { readonly why: string; readonly advice: string } => REJECTED[reason as Reason]
