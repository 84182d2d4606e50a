export function sma(values, length) {
  return values.slice(-length).reduce((sum, value) => sum + value, 0) / length
}

/** Change over the last `length` values, as a fraction. */
export const rateOfChange = (values, length) => values.at(-1) / values.at(-1 - length) - 1
