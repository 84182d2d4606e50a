import type { Driver } from './driver.ts'
import type { HitPlace } from '../../isolate/hit-places.ts'
import type { HitSearch } from '../hits/hit-search.ts'
import { ReflectApply, regExpExec } from '../language/intrinsics.ts'
import { hiddenIntrinsics, rememberPristine } from './pristine.ts'

type Bindings = Record<string, () => unknown>

export interface RepeatableDeps {
  driver: Driver
  search: HitSearch
  /** All objects that a script can reach, and through which it could leave something behind. */
  roots(): object[]
  /** What a CommonJS file gets as its arguments. */
  arguments(): unknown[]
}

/**
 * A self-running script as one function, run again for each of its lists: what the engine has learned and compiled stays, and
 * every top-level variable is a new one. What a script leaves behind outside of these, `isPristine` finds out.
 */
export class Repeatable {
  readonly #deps: RepeatableDeps
  #unit: ((...args: unknown[]) => unknown) | null = null
  #isPristine: () => boolean = () => false
  #bindings: Bindings | null = null

  constructor(deps: RepeatableDeps) {
    this.#deps = deps
  }

  /** Takes the script's function, see repeatableFunction, where it may run again how the world looks before it does, and whether assigning is its only way to change that. */
  keep(unit: (...args: unknown[]) => unknown, mayRunAgain: boolean, onlyAssigns: boolean): void {
    this.#unit = unit
    if (mayRunAgain) this.#isPristine = rememberPristine([...hiddenIntrinsics(), ...this.#deps.roots()], onlyAssigns)
  }

  /** Whether the next run finds everything as the first did. */
  isPristine(): boolean {
    return this.#isPristine()
  }

  /** PENDING, or the text of a fault, or empty when done. */
  run(symbols: string[], dates: string[]): string {
    this.#bindings = null
    // `RegExp.lastMatch` and its fellows hold texts of the last match.
    regExpExec(/^/, '')
    const offer = (bindings: Bindings): void => void (this.#bindings = bindings)
    const given = this.#deps.arguments()
    return this.#deps.driver.runRepeatable(() => ReflectApply(this.#unit, given[0], [{ __proto__: null, symbols, dates }, offer, given[0], given[1], given[2], given[3], given[4]]))
  }

  /** Offers top-level values of the last run; one that its declaration was never reached for is none. */
  offerBindings(places: HitPlace[]): void {
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!
      try {
        this.#deps.search.binding(this.#bindings![place.name]!(), place)
      } catch {
        // In its dead zone to the end.
      }
    }
  }
}
