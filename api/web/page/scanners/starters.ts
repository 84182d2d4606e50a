/** A scanner to start from: its file, and whether it came built in or as an example. */
export interface Starter {
  readonly name: string
  readonly text: string
  readonly kind: 'built-in' | 'example'
}

/** Loaded when somebody looks at them. */
export async function starters(): Promise<readonly Starter[]> {
  return (await import('#carried/starters')).default
}
