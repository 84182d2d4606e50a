/** Malformed requests of every kind, made from the server's own description of itself. */

export interface Malformed {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string | Buffer | undefined
}

interface Schema {
  type?: string | string[]
  $ref?: string
  properties?: Record<string, Schema>
  items?: Schema
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  minimum?: number
  examples?: unknown[]
  additionalProperties?: Schema | boolean
}

interface Operation {
  parameters?: { in: string; name: string; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
}

export interface Description {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const KNOWN: Record<string, string> = { id: 'run-1', scannerId: 'scanner-1', symbol: 'AAPL' }
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND', 'TRACE']
const TYPES = ['application/json', 'application/json; charset=latin1', 'text/plain', 'application/xml', 'multipart/form-data', 'multipart/form-data; boundary=xx', 'application/x-www-form-urlencoded', '', ';;', 'application/json, text/html']

/** The same seed gives the same requests. */
export function* malformed(description: Description, seed: number, count: number): Generator<Malformed> {
  const random = generator(seed)
  const operations = Object.entries(description.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })))
  // Watching streams without an end has tests of its own.
  const plain = operations.filter(({ path }) => !path.endsWith('/live'))
  for (let n = 0; n < count; n++) yield oneRequest(description, plain[n % plain.length]!, random)
}

function oneRequest(description: Description, { path, method, operation }: { path: string; method: string; operation: Operation }, random: Random): Malformed {
  const parameters = operation.parameters ?? []
  let url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (random.chance(0.35) ? encodeURIComponent(random.pick(HOSTILE_TEXTS).toWellFormed()) : (KNOWN[name] ?? 'x')))
  const query = parameters.filter((one) => one.in === 'query' && random.chance(0.5)).map(({ name, schema }) => `${name}=${encodeURIComponent(text(random.chance(0.6) ? random.pick(HOSTILE)() : valueOf(description, schema, random)))}`)
  if (random.chance(0.2)) query.push(random.pick(['__proto__=1', 'constructor[prototype]=x', 'limit=1&limit=2', 'cursor=%00', 'x'.repeat(3_000), '%zz', 'status=hit%2Chot', '=', '&&&']))
  if (query.length > 0) url += `?${query.join('&')}`
  if (random.chance(0.04)) url = random.pick(['/%2e%2e/%2e%2e/etc/passwd', '//evil.example/api/runs', '/api/runs/../../x', `/${'a/'.repeat(400)}`, '/api/runs/%00', '/api//runs', '/API/RUNS', '/api/runs/%E0%A4%A', '/docs/static/..%2f..%2f..%2fpackage.json', '/docs/static/%2e%2e/%2e%2e/package.json', '/openapi.json/x'])
  const hasBody = operation.requestBody !== undefined || random.chance(0.1)
  return {
    method: random.chance(0.08) ? random.pick(METHODS) : method,
    url,
    headers: headersOf(hasBody, random),
    body: hasBody ? bodyOf(description, operation, random) : undefined,
  }
}

function headersOf(hasBody: boolean, random: Random): Record<string, string> {
  return {
    ...(hasBody && { 'content-type': random.chance(0.85) ? 'application/json' : random.pick(TYPES) }),
    ...(random.chance(0.05) && { host: random.pick(['evil.example', 'localhost:x', '[', '127.0.0.1:99999999', 'a'.repeat(300)]) }),
    ...(random.chance(0.05) && { origin: random.pick(['null', 'https://evil.example', 'http://127.0.0.1:7070', '::', 'file://']) }),
    ...(random.chance(0.05) && { authorization: random.pick(['Bearer', 'Bearer x y', 'Basic Zm9v', '\u00ff', 'Bearer '.repeat(300)]) }),
    ...(random.chance(0.05) && { cookie: random.pick(['strikescan_session=', 'strikescan_session=1.2.3', '=;=;', 'a'.repeat(5_000)]) }),
    ...(random.chance(0.05) && { accept: random.pick(['image/png', '*/*;q=x', 'application/xml']) }),
    ...(random.chance(0.03) && { range: 'bytes=0-1' }),
    ...(random.chance(0.03) && { 'if-none-match': '*' }),
    ...(random.chance(0.03) && { 'accept-encoding': 'gzip, nonsense;q=9' }),
  }
}

function bodyOf(description: Description, { requestBody }: Operation, random: Random): string | Buffer {
  const kind = random.next()
  if (kind < 0.12) return random.pick(BROKEN_BODIES)()
  const schema = requestBody?.content['application/json']?.schema ?? { type: 'object' }
  const body = mutated(valueOf(description, schema, random), random)
  return JSON.stringify(body) ?? ''
}

/** A value that a schema allows, roughly. */
function valueOf(description: Description, schema: Schema, random: Random, depth = 0): unknown {
  if (schema.$ref !== undefined) return valueOf(description, description.components.schemas[schema.$ref.split('/').at(-1)!] ?? {}, random, depth)
  if (schema.anyOf !== undefined) return valueOf(description, random.pick(schema.anyOf), random, depth + 1)
  if (schema.enum !== undefined) return random.pick(schema.enum)
  if (schema.const !== undefined) return schema.const
  if (schema.examples !== undefined) return schema.examples[0]
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'object' && schema.properties !== undefined) {
    return Object.fromEntries(Object.entries(schema.properties).filter(([name]) => name in KNOWN || random.chance(0.5)).map(([name, inner]) => [name, KNOWN[name] ?? valueOf(description, inner, random, depth + 1)]))
  }
  if (type === 'object') return { a: 1, ticker: 'AAPL', strategy: 'Long Call' }
  if (type === 'array') return [valueOf(description, schema.items ?? {}, random, depth + 1)]
  if (type === 'integer' || type === 'number') return (schema.minimum ?? 0) + 1
  if (type === 'boolean') return random.chance(0.5)
  return 'text'
}

/** The value with one or more places of it changed for the worse. */
function mutated(value: unknown, random: Random): unknown {
  const change = random.next()
  if (change < 0.15) return random.pick(HOSTILE)()
  if (typeof value !== 'object' || value === null) return random.chance(0.5) ? random.pick(HOSTILE)() : value
  if (Array.isArray(value)) return change < 0.4 ? [...(value as unknown[]), random.pick(HOSTILE)()] : value.map((one) => mutated(one, random))
  const entries = Object.entries(value)
  const at = Math.floor(random.next() * entries.length)
  if (change < 0.3) return Object.fromEntries(entries.filter((_, place) => place !== at))
  if (change < 0.45) return Object.fromEntries([...entries, [random.pick(HOSTILE_TEXTS), random.pick(HOSTILE)()]])
  return Object.fromEntries(entries.map(([name, inner], place) => [name, place === at ? mutated(inner, random) : inner]))
}

const HOSTILE_TEXTS = [
  '', ' ', '\u0000', '__proto__', 'constructor', 'toString', '../../etc/passwd', '\u202ejs', '\ud800', '💥', 'a'.repeat(300), "'; DROP TABLE runs; --", '%00', '{{7*7}}', '<script>alert(1)</script>',
  'NaN', '-1', '1e999', '0x10', '2026-02-30', '9999-12-31', '0000-00-00', '2026-11-20T00:00:00Z', 'null', 'last', 'run-', '=cmd()', '\r\nSet-Cookie: a=1', 'run-1 ', 'RUN-1',
]
const HOSTILE: (() => unknown)[] = [
  ...HOSTILE_TEXTS.map((one) => () => one),
  () => null, () => true, () => false, () => 0, () => -1, () => 1e308, () => 1.5, () => Number.MAX_SAFE_INTEGER + 2, () => [], () => [[]], () => ({}), () => ({ a: { b: {} } }), () => [null], () => ['AAPL', 1],
  () => 'x'.repeat(20_000), () => Array.from({ length: 2_000 }, () => 'A'), () => nested(80), () => ({ length: 3, 0: 'A' }), () => Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`k${n}`, n])),
]
const BROKEN_BODIES: (() => string | Buffer)[] = [
  () => '', () => '{', () => '{"a":1,}', () => 'undefined', () => '[', () => '"', () => '{"__proto__":{"x":1}}', () => '{"constructor":{"prototype":{}}}', () => '1e999', () => '\ufeff{}', () => '{}{}',
  () => Buffer.from([0xff, 0xfe, 0x00]), () => Buffer.from([0x1f, 0x8b, 0x08, 0x00]), () => '['.repeat(50_000), () => `{"a":${'{"a":'.repeat(3_000)}1${'}'.repeat(3_001)}`, () => '{"scannerId":"scanner-1","scannerId":"x"}',
  () => '--xx\r\nContent-Disposition: form-data; name="file"; filename="a.js"\r\n\r\nx', () => '--xx\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\nx\r\n--xx--\r\n', () => '--xx--\r\n', () => '\r\n'.repeat(500),
  () => '--xx\r\nContent-Disposition: form-data; name="file"; filename="../../a.js"\r\n\r\nexport const scan = () => 1\r\n--xx--\r\n',
]

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let n = 0; n < depth; n++) value = [value]
  return value
}

const text = (value: unknown): string => (typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value).slice(0, 2_000))

interface Random {
  next(): number
  chance(share: number): boolean
  pick<T>(items: readonly T[]): T
}

/** Mulberry32. */
function generator(seed: number): Random {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return { next, chance: (share) => next() < share, pick: (items) => items[Math.floor(next() * items.length)]! }
}
