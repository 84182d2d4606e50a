import type { BarField, ColumnPlan } from './columns.ts'
import { DECIMAL_POINT } from './number-form.ts'
import type { RejectReason } from './report.ts'

const VALUE_LENGTH = 60

/** What a row was refused for: nulls where that is the row as a whole. A null column beside a value: the file's name. */
export interface Culprit {
  readonly column: string | null
  readonly value: string | null
}

/** A row that cannot be taken apart is refused as a whole. */
export const WHOLE_ROW: Culprit = { column: null, value: null }

/** The culprit at a place of a header; a column without a name goes by its number, from 1. */
export function culpritAt(header: readonly string[], position: number, value: string): Culprit {
  const name = header[position]?.trim() ?? ''
  return { column: position < 0 ? null : name || `number ${position + 1}`, value: value.slice(0, VALUE_LENGTH) }
}

/** The first field of a refused bar that has what it was refused for. @param textOf the row's text of a field @param numbers how they were read */
export function culpritOfBar({ positions, header }: ColumnPlan, reason: RejectReason, textOf: (field: BarField) => string, numbers = DECIMAL_POINT): Culprit {
  const field = FIELDS_OF[reason]?.find((name) => isToBlame(name, reason, (name === 'volume' ? numbers.volume : numbers.price)(textOf(name))))
  return field === undefined ? WHOLE_ROW : culpritAt(header, positions[field], textOf(field))
}

/** Fields of a bar that are prices. */
export const PRICES = ['open', 'high', 'low', 'close'] as const
const FIELDS_OF: Partial<Record<RejectReason, readonly BarField[]>> = {
  invalid_symbol: ['symbol'],
  unparsable_date: ['date'],
  unparsable_number: [...PRICES, 'volume'],
  non_finite_price: PRICES,
  non_positive_price: PRICES,
  negative_volume: ['volume'],
}

function isToBlame(field: BarField, reason: RejectReason, value: number | undefined): boolean {
  if (reason === 'unparsable_number') return value === undefined || (field === 'volume' && !Number.isFinite(value))
  if (reason === 'non_finite_price') return !Number.isFinite(value)
  return reason !== 'non_positive_price' || value! <= 0
}
