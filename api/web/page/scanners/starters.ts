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

/** What a scanner says of itself: its description, else the first sentence of its first comment. */
export function aboutOf(text: string): string {
  const said = /description:\s*(['"`])(.*?)\1/s.exec(text)?.[2]
  if (said !== undefined) return said
  const comment =
    /\/\*+\s*(.*?)\*\//s.exec(text)?.[1]?.replaceAll(/\n\s*\*\s?/g, ' ') ??
    (/^((?:\/\/.*\n)+)/m.exec(text)?.[1] ?? '').replaceAll(/^\/\/\s?/gm, '').replaceAll('\n', ' ')
  return /^.*?[.:](?=\s|$)/s.exec(comment.trim())?.[0].replace(/:$/, '.') ?? comment.trim()
}
