import { closest } from '../closest.ts'

/**
 * Throws TypeError unless `options` is an object with no keys but those known: one that is misspelt would leave a test with
 * other bars than it is about.
 * @param owner what takes the options, as messages name it
 */
export function checkOptions(owner: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(
      `${owner} takes an object of ${known.join(', ')}, not ${options === null ? 'null' : typeof options === 'object' ? 'a list' : String(options)}`,
    )
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    const meant = closest(key, known)
    throw new TypeError(
      `${owner} has no option ${key}${meant === null ? '; it takes' : `; did you mean ${meant}? It takes`} ${known.join(', ')}`,
    )
  }
}
