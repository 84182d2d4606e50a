/** Columns that exploration adds behind those of the input, in order, as CSV and Parquet name them. */
export const OUTPUT_COLUMNS = [
  'Sampled_Expiration',
  'Sampled_DTE',
  'Sampled_ATM_Strike',
  'Sampled_Liquidity_Class',
  'Exploration_Status',
  'Exploration_Reason',
  'Exploration_Skipped',
  'Skip_Reason',
  'Escalated_To_Full_Chain',
  'Escalation_Reason',
  'Selected_Strike',
  'Selected_Strikes',
  'Selected_Expiration',
  'Final_DTE',
  'Legs',
  'Bid',
  'Ask',
  'Mid',
  'Spread_Pct',
  'Open_Interest',
  'Volume',
  'Implied_Vol',
  'Greeks_Delta',
  'Greeks_Gamma',
  'Greeks_Theta',
  'Greeks_Vega',
  'Greeks_Rho',
  'Greeks_Source',
  'Capital_Required',
  'Max_Profit',
  'Max_Loss',
  'Breakevens',
  'Final_Liquidity_Context',
  'Data_Quality',
  'Chain_Cache_Hit',
  'API_Calls',
  'Phase1_Duration_Ms',
  'Phase2_Duration_Ms',
  'Parallel_Worker_ID',
  'Parallel_Processing_Time',
  'Parallel_Batch_Size',
  'Parallel_Error',
] as const
export type OutputColumn = (typeof OUTPUT_COLUMNS)[number]

/** Where the chains come from; behind all others, as in row files of scans. */
export const SOURCE_COLUMN = 'Market_Source'

/** Fields of JSON alone: CSV and Parquet have no columns for them. */
export const JSON_FIELDS = ['positionShares', 'underlyingPriceUsed'] as const

/** A column's name without case and punctuation: `Sampled_DTE`, `sampledDte` and `sampled dte` are one. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

const PLAIN_OUTPUTS: ReadonlySet<string> = new Set([...OUTPUT_COLUMNS, SOURCE_COLUMN, ...JSON_FIELDS].map(plainName))

/** Whether a plain name is that of a column which exploration writes. */
export const isOutputColumn = (plain: string): boolean => PLAIN_OUTPUTS.has(plain)
