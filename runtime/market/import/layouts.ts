const MAX_LAYOUTS = 1000

/** What was made of the layouts of a file's records: made once for all that follow each other with the same names, and mostly for all of a file. */
export class Layouts<Plan> {
  readonly #plans = new Map<string, Plan>()
  #names: readonly string[] = []
  #last: Plan | undefined

  /** The plan for records with these names; `make` makes it where there was none like it. */
  of(names: readonly string[], make: () => Plan): Plan {
    if (this.#last !== undefined && sameNames(names, this.#names)) return this.#last
    // No separator would do: a name may hold anything.
    const key = JSON.stringify(names)
    const known = this.#plans.get(key)
    const plan = known === undefined ? make() : known
    if (known === undefined && this.#plans.size < MAX_LAYOUTS) this.#plans.set(key, plan)
    this.#names = names
    this.#last = plan
    return plan
  }
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false
  return true
}
