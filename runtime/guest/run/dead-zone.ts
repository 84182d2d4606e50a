import {
  ErrorCaptureStackTrace,
  MapConstructor,
  mapDelete,
  mapGet,
  mapHas,
  mapSet,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ReferenceErrorConstructor,
  ReflectDeleteProperty,
} from '../language/intrinsics.ts'

/** Names of a file that runs statement by statement, before the statement that declares them has run. */
export interface DeadZone {
  /** From here on, to read or write one of the names is the ReferenceError that it is in a file run at once. */
  enter(names: readonly string[]): void
  /** Their declaration runs next: what the global object had under these names is back. */
  leave(names: readonly string[]): void
}

/**
 * The temporal dead zone of `let`, `const` and `class` that are yet to be compiled. Until then their names would not be
 * defined at all, or worse, mean what the runtime has under that name.
 */
export function createDeadZone(scope: object): DeadZone {
  const before = new MapConstructor<string, PropertyDescriptor | undefined>()

  function enter(name: string): void {
    const found = ObjectGetOwnPropertyDescriptor(scope, name)
    if (found?.configurable === false || mapHas(before, name)) return
    mapSet(before, name, found)
    const refuse = (): never => {
      const error = new ReferenceErrorConstructor(`Cannot access '${name}' before initialization`)
      ErrorCaptureStackTrace(error, refuse)
      throw error
    }
    ObjectDefineProperty(scope, name, { __proto__: null, get: refuse, set: refuse, enumerable: false, configurable: true } as PropertyDescriptor)
  }

  function leave(name: string): void {
    if (!mapHas(before, name)) return
    const found = mapGet(before, name)
    mapDelete(before, name)
    if (found === undefined) ReflectDeleteProperty(scope, name)
    else ObjectDefineProperty(scope, name, found)
  }

  return {
    enter: (names) => {
      for (let i = 0; i < names.length; i++) enter(names[i]!)
    },
    leave: (names) => {
      for (let i = 0; i < names.length; i++) leave(names[i]!)
    },
  }
}
