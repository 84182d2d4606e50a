/** One entry of the registry. Templates name the offending values as `{name}`. */
export interface ErrorDefinition {
  readonly fault: 'user' | 'script' | 'system'
  /** HTTP status where the error answers a request. */
  readonly status: number
  readonly message: string
  readonly hint: string
}
