/** Loaded for the first body that is compressed. */
const zlib = () => process.getBuiltinModule('node:zlib')

/** More than any server ever applies one after the other. */
const MOST_CODINGS = 5
/** What all of these mean: there is more than was allowed for. */
const TOO_LARGE = 'ERR_BUFFER_TOO_LARGE'
/** A zlib stream begins with the method 8 in the low half of its first byte; what does not is a raw one, which some servers send as `deflate`. */
const ZLIB_METHOD = 8

/**
 * A body freed of the codings that its `Content-Encoding` lists; as it is where it lists one that nobody asked for. Null where that makes
 * more than `maxBytes`. One that breaks off is given as far as it goes.
 * @throws an error of zlib where it is not coded as it says
 */
export function decompress(body: Buffer, encoding: string | null, maxBytes: number): Buffer | null {
  const codings = (encoding ?? '').toLowerCase().split(',').map((name) => name.trim()).filter((name) => name !== '')
  if (body.length === 0 || codings.length > MOST_CODINGS || !codings.every((name) => Object.hasOwn(DECODERS, name))) return body
  try {
    return codings.reduceRight((coded, name) => DECODERS[name as Coding](coded, maxBytes), body)
  } catch (error) {
    if ((error as { code?: unknown }).code === TOO_LARGE) return null
    throw error
  }
}

type Coding = keyof typeof DECODERS
type Decode = (body: Buffer, maxOutputLength: number) => Buffer

const gzip: Decode = (body, maxOutputLength) => zlib().gunzipSync(body, { maxOutputLength, finishFlush: zlib().constants.Z_SYNC_FLUSH })
const deflate: Decode = (body, maxOutputLength) => {
  const { constants, inflateRawSync, inflateSync } = zlib()
  const inflate = (body[0]! & 0x0f) === ZLIB_METHOD ? inflateSync : inflateRawSync
  return inflate(body, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH })
}

const DECODERS = {
  gzip,
  'x-gzip': gzip,
  deflate,
  identity: (body) => body,
} satisfies Record<string, Decode>
