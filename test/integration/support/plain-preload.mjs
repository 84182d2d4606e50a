// Loaded before a script in plain Node: its requests go to a server of the test, its tables are also printed as JSON (not with VENDOR_TABLES=0), and with
// VENDOR_SLEEPS=0 its sleeps are short. The script itself is the author's, byte for byte.
import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers/promises'

const port = Number(process.env.VENDOR_PORT)
/** Origins of servers of their own, by host of a vendor. */
const elsewhere = JSON.parse(process.env.VENDOR_ELSEWHERE ?? '{}')
const isShort = process.env.VENDOR_SLEEPS === '0'

const original = globalThis.fetch
globalThis.fetch = (input, init) => {
  const url = new URL(input)
  const origin = elsewhere[url.host] ?? `http://127.0.0.1:${port}/${url.host}`
  return original(`${origin}${url.pathname}${url.search}`, init)
}

https.request = (...args) => {
  const callback = args.findLast((value) => typeof value === 'function')
  const [first, second] = args
  const url = typeof first === 'string' || first instanceof URL ? new URL(first) : null
  const options = { ...(url ? (typeof second === 'object' ? second : {}) : first) }
  const host = url?.host ?? options.hostname ?? options.host
  const path = url ? url.pathname + url.search : options.path
  for (const name of ['agent', 'agents', 'protocol', 'hostname', 'beforeRedirect', 'nativeProtocols']) delete options[name]
  return http.request({ ...options, protocol: 'http:', host: '127.0.0.1', port, path: `/${host}${path}` }, callback)
}
https.get = (...args) => {
  const request = https.request(...args)
  request.end()
  return request
}

if (isShort) {
  const { setTimeout } = globalThis
  // Longer ones are deadlines of a library, not sleeps of the script.
  globalThis.setTimeout = (callback, delay, ...rest) => setTimeout(callback, delay > 2_000 ? delay : Math.min(delay, 1), ...rest)
  timers.setTimeout = (_, value) => Promise.resolve(value)
}
syncBuiltinESMExports()

if (process.env.VENDOR_TABLES !== '0') {
  const { table } = console
  console.table = (rows, ...rest) => {
    process.stdout.write(`\nTABLE ${JSON.stringify(rows)}\n`)
    table(rows, ...rest)
  }
}
