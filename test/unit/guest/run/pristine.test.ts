import vm from 'node:vm'
import { describe, expect, it } from 'vitest'

import { bundle } from '../harness.ts'

const ENTRY = "import { hiddenIntrinsics, rememberPristine } from './runtime/guest/run/pristine.ts'\nObject.defineProperty(globalThis, '__remember', { value: (onlyAssigns) => rememberPristine([globalThis, ...hiddenIntrinsics()], onlyAssigns) })"

/** Whether a fresh context is found as it was after a text ran in it; by a look at everything, or at what assignments can change. */
async function pristineAfter(text: string, onlyAssigns = false): Promise<boolean> {
  const context = vm.createContext({ setTimeout, clearTimeout })
  vm.runInContext(await bundle(ENTRY), context)
  vm.runInContext('const shared = { list: [1], read: Object.assign(() => 1, { kept: [] }), At: class { static most = 1 } }; globalThis.shared = shared', context)
  const isPristine = vm.runInContext(`__remember(${onlyAssigns})`, context) as () => boolean
  vm.runInContext(`(function () { ${text} })()`, context)
  return isPristine()
}

describe('what a script leaves behind', () => {
  it.each([
    'const a = [1, 2].map((x) => x * 2); new Map([[1, a]]); JSON.stringify(a); Promise.resolve(1).then(() => {})',
    'globalThis.here = 1; delete globalThis.here',
    'class A extends Array {} ; new A(); (() => {}).call.name; "x".replace(/x/g, "y")',
    '',
  ])('is nothing after %j', async (text) => expect(await pristineAfter(text)).toBe(true))

  it.each([
    'globalThis.here = 1',
    'undeclared = 1',
    'Array.prototype.last = function () { return this[this.length - 1] }',
    'Array.prototype.map = Array.prototype.filter',
    'Object.defineProperty(Math, "max", { value: Math.max, writable: false })',
    'Object.defineProperty(Math, "E2", { get: () => 1 })',
    'Object.freeze(JSON)',
    'Object.setPrototypeOf(Math.max, null)',
    'delete Array.prototype.at',
    'shared.list.push(2)',
    'shared.list[0] = NaN',
    'Object.getPrototypeOf(function* () {}).kept = 1',
    'Object.getOwnPropertyDescriptor(Map.prototype, "size").get.kept = 1',
    'Object.getPrototypeOf([].values()).next = () => ({ done: true })',
    'Object.getPrototypeOf(async () => {}).kept = 1',
    'Promise.prototype.then.kept = 1',
    '(async () => {}).constructor.prototype.kept = 1; globalThis[Symbol.for("kept")] = 1',
  ])('is found after %j', async (text) => expect(await pristineAfter(text)).toBe(false))

  it.each([
    'globalThis.here = 1',
    'Array.prototype.last = function () { return this[this.length - 1] }',
    'Array.prototype.map = Array.prototype.filter',
    'Array.from = Array.of',
    'shared.list.push(2)',
    'shared.read.kept = [1]',
    'shared.read.kept.push(1)',
    'shared.read.more = 1',
    'shared.At.most = 2',
    'shared.At.prototype.more = 1',
    'Math.max.kept = 1',
    'Math.max[Symbol.iterator] = 1',
    'Object.defineProperty(Math.max, "kept", { value: 1 })',
    'Object.setPrototypeOf(Math.max, { kept: 1 })',
    'Map.prototype.get.kept = 1',
    'Object.assign(Promise.prototype.then, { kept: 1 })',
    'Object.getPrototypeOf([].values()).next = () => ({ done: true })',
    '(async () => {}).constructor.prototype.kept = 1',
  ])('is found by looking only where assignments lead after %j', async (text) => {
    expect(await pristineAfter('', true)).toBe(true)
    expect(await pristineAfter(text, true)).toBe(false)
  })

  it('is looked for without running any of its code', async () => {
    expect(await pristineAfter('globalThis.calls = 0; for (const of of [Object.prototype, Array.prototype]) for (const name of ["0", "next"]) Object.defineProperty(of, name, { get() { throw new Error("ran") }, set() { throw new Error("ran") }, configurable: true })')).toBe(false)
  })
})
