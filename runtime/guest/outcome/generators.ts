import { listFromIterable, listPush, newList, RangeErrorConstructor, ReflectApply, SymbolAsyncIterator, SymbolIterator } from '../language/intrinsics.ts'

/** Values that are taken from one generator or Set at most; as many as hits are. */
export const MAX_VALUES = 100_000

/** Whether a value is a generator, or steps through its values as one does. */
export const isGenerator = (value: unknown): boolean => steps(value) && typeof (value as { [SymbolIterator]?: unknown })[SymbolIterator] === 'function'

/** Whether a value is an async generator: it does nothing until it is gone through. */
export const isAsyncGenerator = (value: unknown): boolean => steps(value) && !isGenerator(value) && typeof (value as { [SymbolAsyncIterator]?: unknown })[SymbolAsyncIterator] === 'function'

/** All values of a Set or a generator. */
export const valuesOf = (value: unknown): unknown[] => listFromIterable(value, MAX_VALUES)

/** All values of an async generator, gone through as far as anybody waits for them. */
export async function valuesOfAsync(value: unknown, isAwaited: () => boolean): Promise<unknown[]> {
  const list = newList<unknown>()
  const iterator = (value as AsyncIterable<unknown>)[SymbolAsyncIterator]() as AsyncIterator<unknown>
  const next = iterator.next
  while (list.length < MAX_VALUES && isAwaited()) {
    const step = (await ReflectApply(next, iterator, [])) as IteratorResult<unknown>
    if (step.done) return list
    listPush(list, step.value)
  }
  throw new RangeErrorConstructor(`more than ${MAX_VALUES} items in an async generator`)
}

const steps = (value: unknown): boolean => typeof value === 'object' && value !== null && typeof (value as { next?: unknown }).next === 'function'
