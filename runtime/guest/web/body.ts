import {
  JSONParse,
  ObjectGetPrototypeOf,
  rejectedPromise,
  resolvedPromise,
  StringConstructor,
  TypeErrorConstructor,
  Uint8ArrayConstructor,
  typedArraySet,
  newList,
  typedArrayBuffer,
} from '../language/intrinsics.ts'
import { defineHidden } from '../language/properties.ts'
import { bytesOf, decodeUtf8, encodeUtf8 } from './encoding.ts'
import { writeJson } from './json.ts'

/** What a message carries. `make` gives a fresh value at each call, so that `json()` needs no text. */
export type Content =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'value'; readonly make: () => unknown }

export const NO_CONTENT: Content = { kind: 'none' }

/** The content that a script's `body` stands for, and the media type that goes with it. */
export function contentOf(body: unknown): { content: Content; type: string | null } {
  if (body === undefined || body === null) return { content: NO_CONTENT, type: null }
  const bytes = typeof body === 'object' ? bytesOf(body) : null
  if (bytes !== null) {
    const copy = new Uint8ArrayConstructor(bytes.length)
    typedArraySet(copy, bytes)
    return { content: { kind: 'bytes', bytes: copy }, type: null }
  }
  const isForm = typeof body === 'object' && nameOf(body) === 'URLSearchParams'
  return {
    content: { kind: 'text', text: StringConstructor(body) },
    type: isForm ? 'application/x-www-form-urlencoded;charset=UTF-8' : 'text/plain;charset=UTF-8',
  }
}

function nameOf(value: object): unknown {
  const prototype = ObjectGetPrototypeOf(value) as { constructor?: { name?: unknown } } | null
  return prototype?.constructor?.name
}

export function textOf(content: Content): string {
  if (content.kind === 'none') return ''
  if (content.kind === 'text') return content.text
  if (content.kind === 'bytes') return decodeUtf8(content.bytes, false, true, newList())
  return writeJson(content.make())
}

/** The part that requests and responses share: a content that can be read once. */
export class Message {
  readonly #content: Content
  #used = false

  constructor(content: Content) {
    this.#content = content
  }
  static contentOf(message: Message): Content {
    return message.#content
  }

  get body(): null {
    return null
  }
  get bodyUsed(): boolean {
    return this.#used
  }
  json(): Promise<unknown> {
    return this.#read((content) => (content.kind === 'value' ? content.make() : JSONParse(textOf(content))))
  }
  text(): Promise<string> {
    return this.#read(textOf)
  }
  bytes(): Promise<Uint8Array> {
    return this.#read(copyBytes)
  }
  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#read((content) => typedArrayBuffer(copyBytes(content)))
  }
  #read<T>(convert: (content: Content) => T): Promise<T> {
    if (this.#used) return rejectedPromise(new TypeErrorConstructor('Body is unusable: Body has already been read'))
    this.#used = this.#content.kind !== 'none'
    try {
      return resolvedPromise(convert(this.#content))
    } catch (error) {
      return rejectedPromise(error)
    }
  }
}

/** The content of a request or response, for the runtime alone. */
export const contentOfMessage = Message.contentOf
// Reachable by scripts as `Object.getPrototypeOf(Response)`, so the static door is shut behind us.
delete (Message as { contentOf?: unknown }).contentOf
defineHidden(Message, 'name', 'Body')

function copyBytes(content: Content): Uint8Array<ArrayBuffer> {
  if (content.kind !== 'bytes') return encodeUtf8(textOf(content))
  const copy = new Uint8ArrayConstructor(content.bytes.length)
  typedArraySet(copy, content.bytes)
  return copy
}
