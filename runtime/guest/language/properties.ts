import { ObjectDefineProperty } from './intrinsics.ts'

/** Puts a name on the global object as hosts do: a script may overwrite it or declare its own `const` of that name. */
export function defineGlobal(target: object, name: string, value: unknown): void {
  defineHidden(target, name, value)
}

/** A configurable, writable property that enumeration skips. */
export function defineHidden(target: object, key: PropertyKey, value: unknown): void {
  ObjectDefineProperty(target, key, {
    __proto__: null,
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  } as PropertyDescriptor)
}

/** An ordinary property, made without triggering a setter further up the prototype chain. */
export function defineVisible(target: object, key: PropertyKey, value: unknown): void {
  ObjectDefineProperty(target, key, {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  } as PropertyDescriptor)
}
