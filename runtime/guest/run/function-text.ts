import { FunctionPrototype, functionToString, listPush, newList, stringIndexOf, stringSlice } from '../language/intrinsics.ts'
import { defineHidden } from '../language/properties.ts'

interface Replaced {
  original: string
  replaced: string
  /** Characters that both have before and after what differs. */
  before: number
  after: number
}

/**
 * Where the text of a list was replaced inside a function, the function still shows the text of its author. Gives the way
 * to say what was replaced; `Function.prototype.toString` stays the engine's own until something is.
 */
export function createFunctionTexts(): (original: string, replaced: string) => void {
  const known = newList<Replaced>()

  function install(): void {
    const { toString } = {
      toString(this: unknown): string {
        if (this === toString) return functionToString(functionToString)
        const text = functionToString(this)
        for (let i = 0; i < known.length; i++) {
          const found = authorsText(known[i]!, text)
          if (found !== null) return found
        }
        return text
      },
    }
    defineHidden(FunctionPrototype, 'toString', toString)
  }

  return (original, replaced) => {
    if (original === replaced) return
    let before = 0
    while (before < original.length && before < replaced.length && original[before] === replaced[before]) before++
    let after = 0
    const most = (original.length < replaced.length ? original.length : replaced.length) - before
    while (after < most && original[original.length - 1 - after] === replaced[replaced.length - 1 - after]) after++
    if (known.length === 0) install()
    listPush(known, { original, replaced, before, after })
  }
}

/** The author's text for one that holds the part that differs, null for any other. */
function authorsText({ original, replaced, before, after }: Replaced, text: string): string | null {
  for (let at = stringIndexOf(replaced, text); at !== -1; at = stringIndexOf(replaced, text, at + 1)) {
    const end = at + text.length
    if (at <= before && end >= replaced.length - after) return stringSlice(original, at, original.length - (replaced.length - end))
  }
  return null
}
