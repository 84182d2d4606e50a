import { textOf } from '../web/body.ts'
import { statusText } from '../fetch/router.ts'
import type { ModuleObject, StandInDeps } from './types.ts'
import { Buffer } from './buffer.ts'

interface Config extends ModuleObject {
  url?: string
  method?: string
  baseURL?: string
  params?: unknown
  data?: unknown
  headers?: Record<string, unknown>
  responseType?: string
  validateStatus?: ((status: number) => boolean) | null
  transformResponse?: unknown
  paramsSerializer?: unknown
}

interface Reply {
  data: unknown
  status: number
  statusText: string
  headers: ModuleObject
  config: Config
  request: ModuleObject
}

type Handler = [fulfilled: ((value: never) => unknown) | null | undefined, rejected: ((error: unknown) => unknown) | null | undefined] | null
type Axios = ((url: string | Config, config?: Config) => Promise<unknown>) & ModuleObject

class AxiosError extends Error {
  readonly isAxiosError = true
  readonly code: string
  readonly config: Config | undefined
  readonly response: Reply | undefined
  readonly request: ModuleObject = {}
  readonly status: number | undefined

  constructor(message: string, code: string, config?: Config, _request?: unknown, response?: Reply) {
    super(message)
    this.name = 'AxiosError'
    this.code = code
    this.config = config
    this.response = response
    this.status = response?.status
  }

  toJSON(): ModuleObject {
    return { name: this.name, message: this.message, code: this.code, status: this.status ?? null }
  }
}

/** `axios` (1.x) over the host's market data: instances, defaults, interceptors, params, `validateStatus` and its errors, without a network. */
export function createAxios(deps: StandInDeps): ModuleObject {
  const axios = instanceOf({ headers: { common: { Accept: 'application/json, text/plain, */*' } } }, deps)
  Object.assign(axios, {
    AxiosError,
    VERSION: '1.0.0',
    isAxiosError: (value: unknown) => typeof value === 'object' && value !== null && (value as ModuleObject).isAxiosError === true,
    isCancel: () => false,
    all: (promises: Promise<unknown>[]) => Promise.all(promises),
    spread: (callback: (...args: unknown[]) => unknown) => (values: unknown[]) => callback(...values),
    Axios: class {},
    CancelToken: { source: () => ({ token: {}, cancel: () => {} }) },
  })
  axios.default = axios
  return axios
}

function instanceOf(defaults: Config, deps: StandInDeps): Axios {
  const interceptors = { request: createChain(), response: createChain() }
  const run = (config: Config): Promise<unknown> => {
    let promise: Promise<unknown> = Promise.resolve(config)
    // As in axios, the request handler added last is the first to run.
    for (const handler of interceptors.request.handlers.toReversed()) if (handler !== null) promise = promise.then(handler[0] as never, handler[1])
    promise = promise.then((ready) => send(ready as Config, deps))
    for (const handler of interceptors.response.handlers) if (handler !== null) promise = promise.then(handler[0] as never, handler[1])
    return promise
  }
  const request = (url: string | Config, config: Config = {}) => run(merge(axios.defaults as Config, typeof url === 'string' ? { ...config, url } : { ...url }))
  const axios = ((url: string | Config, config?: Config) => request(url, config)) as Axios
  Object.assign(axios, {
    defaults,
    interceptors: { request: interceptors.request.api, response: interceptors.response.api },
    request,
    create: (own: Config = {}) => instanceOf(merge(axios.defaults as Config, own), deps),
    getUri: (config: Config) => addressOf(merge(axios.defaults as Config, config)),
  })
  for (const method of ['get', 'delete', 'head', 'options']) axios[method] = (url: string, config: Config = {}) => request({ ...config, url, method })
  for (const method of ['post', 'put', 'patch']) axios[method] = (url: string, data?: unknown, config: Config = {}) => request({ ...config, url, data, method })
  return axios
}

function createChain(): { handlers: Handler[]; api: ModuleObject } {
  const handlers: Handler[] = []
  const use = (fulfilled?: Handler extends null ? never : ((value: never) => unknown) | null, rejected?: ((error: unknown) => unknown) | null): number => handlers.push([fulfilled, rejected]) - 1
  return { handlers, api: { use, eject: (index: number) => void (handlers[index] = null), clear: () => void handlers.fill(null) } }
}

function merge(base: Config, own: Config): Config {
  const params = isPlain(base.params) && isPlain(own.params) ? { ...base.params, ...own.params } : (own.params ?? base.params)
  return { ...base, ...own, params, headers: { ...base.headers, ...own.headers } }
}

function isPlain(value: unknown): value is ModuleObject {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function send(config: Config, deps: StandInDeps): unknown {
  const method = (config.method ?? 'get').toUpperCase()
  const url = addressOf(config)
  let reply: Reply
  try {
    const answer = deps.request(method, url, bodyOf(config.data))
    const headers: ModuleObject = { 'content-type': answer.type }
    for (let i = 0; answer.headers !== null && i < answer.headers.length; i += 2) headers[answer.headers[i]!.toLowerCase()] = answer.headers[i + 1]
    Object.defineProperty(headers, 'get', { value: (name: string) => headers[name.toLowerCase()] ?? null })
    const { content } = answer
    const isText = config.responseType === 'text' || config.responseType === 'arraybuffer'
    const data = content.kind === 'value' && !isText && config.transformResponse === undefined ? content.make() : dataOf(textOf(content), config)
    reply = { data, status: answer.status, statusText: statusText(answer.status), headers, config: { ...config, method: method.toLowerCase() }, request: {} }
  } catch (error) {
    if (error instanceof AxiosError) throw error
    throw Object.assign(new AxiosError((error as Error).message, 'ERR_NETWORK', config), { cause: error })
  }
  const isFine = config.validateStatus === null || (config.validateStatus ?? ((status) => status >= 200 && status < 300))(reply.status)
  if (isFine) return reply
  throw new AxiosError(`Request failed with status code ${reply.status}`, reply.status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE', config, reply.request, reply)
}

function dataOf(text: string, { responseType, transformResponse }: Config): unknown {
  if (responseType === 'arraybuffer') return Buffer.from(text)
  const steps = (Array.isArray(transformResponse) ? transformResponse : transformResponse === undefined ? [] : [transformResponse]) as ((data: unknown) => unknown)[]
  if (steps.length > 0) return steps.reduce((data, step) => step(data), text as unknown)
  if (responseType === 'text') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function bodyOf(data: unknown): string {
  if (data === undefined || data === null) return ''
  return typeof data === 'object' && isPlain(data) ? JSON.stringify(data) : String(data)
}

function addressOf(config: Config): string {
  const { url = '', baseURL = '', params } = config
  const isAbsolute = /^([a-z][a-z\d+\-.]*:)?\/\//i.test(url)
  const address = isAbsolute || baseURL === '' ? url : `${baseURL.replace(/\/+$/, '')}${url === '' ? '' : `/${url.replace(/^\/+/, '')}`}`
  const query = queryOf(params, config.paramsSerializer)
  return query === '' ? address : `${address.replace(/#.*$/, '')}${address.includes('?') ? '&' : '?'}${query}`
}

/** Axios' own way of writing parameters: lists of plain values as `name[]`, others and those within others by index, dates as ISO, nothing for null and undefined. */
function queryOf(params: unknown, serializer: unknown): string {
  if (params === undefined || params === null) return ''
  const custom = typeof serializer === 'function' ? serializer : (serializer as { serialize?: unknown } | undefined)?.serialize
  if (typeof custom === 'function') return String(custom(params))
  if (!isPlain(params)) return String(params)
  const parts: string[] = []
  const add = (name: string, value: unknown, isTop: boolean): void => {
    if (value === null || value === undefined) return
    if (value instanceof Date) parts.push(`${encode(name)}=${encode(value.toISOString())}`)
    else if (Array.isArray(value)) value.forEach((entry: unknown, index) => add(isTop && !value.some(isNested) ? `${name}[]` : `${name}[${index}]`, entry, false))
    else if (isPlain(value)) Object.entries(value).forEach(([key, entry]) => add(`${name}[${key}]`, entry, false))
    else parts.push(`${encode(name)}=${encode(String(value))}`)
  }
  Object.entries(params).forEach(([name, value]) => add(name, value, true))
  return parts.join('&')
}

const isNested = (value: unknown): boolean => Array.isArray(value) || isPlain(value)

function encode(text: string): string {
  return encodeURIComponent(text).replace(/%3A/gi, ':').replace(/%24/g, '$').replace(/%2C/gi, ',').replace(/%20/g, '+')
}
