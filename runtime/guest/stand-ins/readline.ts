import type { ModuleObject } from './types.ts'

/** Node's `readline` where nobody types and there is no screen: what moves a cursor does nothing, what asks is refused. */
export function createReadline(): Record<'readline' | 'readline/promises', ModuleObject> {
  const done = (): boolean => true
  const refusal = (question: unknown): Error => new Error(`readline: nobody is there to answer ${JSON.stringify(String(question))}: a scan asks for nothing while it runs; put the value into the script, or read it from process.env`)
  const refuse = (question: unknown): never => {
    throw refusal(question)
  }
  const line = (question: (text: unknown) => unknown) => (): ModuleObject => {
    const self: ModuleObject = { question, on: () => self, once: () => self, off: () => self, close: () => {}, setPrompt: () => {}, prompt: () => {}, write: () => {}, async *[Symbol.asyncIterator]() {} }
    return self
  }
  const cursor = { clearLine: done, cursorTo: done, moveCursor: done, clearScreenDown: done, emitKeypressEvents: () => {} }
  const later = async (question: unknown): Promise<never> => refuse(question)
  return { readline: { ...cursor, createInterface: line(refuse), promises: { createInterface: line(later) } }, 'readline/promises': { createInterface: line(later) } }
}
