import { INSPECT_CUSTOM } from '../console/options.ts'
import { listPush, newList } from '../language/intrinsics.ts'
import { defineHidden } from '../language/properties.ts'
import { joinText } from '../language/text.ts'

type Inspect = (value: unknown, options: unknown) => string
interface Asked {
  readonly breakLength: number
}

/** Makes the console show a class by fields that are no properties of its objects, as Node shows the web's classes: `URL { href: … }`. */
export function showFields<T extends object>(constructor: { readonly prototype: T }, name: string, fieldsOf: (self: T) => object): void {
  show(constructor, (self, options, inspect) => `${name} ${inspect(fieldsOf(self), options)}`)
}

/** Makes the console show a class as a list of pairs: `URLSearchParams { 'a' => '1' }`. */
export function showPairs<T extends object>(constructor: { readonly prototype: T }, name: string, eachPair: (self: T, visit: (key: string, value: string) => void) => void): void {
  show(constructor, (self, options, inspect) => {
    const pairs = newList<string>()
    let length = -2
    eachPair(self, (key, value) => {
      const pair = `${inspect(key, options)} => ${inspect(value, options)}`
      length += pair.length + 2
      listPush(pairs, pair)
    })
    if (pairs.length === 0) return `${name} {}`
    return length > options.breakLength ? `${name} {\n  ${joinText(pairs, ',\n  ')} }` : `${name} { ${joinText(pairs, ', ')} }`
  })
}

function show<T extends object>({ prototype }: { readonly prototype: T }, text: (self: T, options: Asked, inspect: Inspect) => string): void {
  defineHidden(prototype, INSPECT_CUSTOM, {
    inspect(this: T, depth: number, options: Asked, inspect: Inspect): unknown {
      return depth < 0 ? this : text(this, options, inspect)
    },
  }.inspect)
}
