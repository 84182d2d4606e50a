// Runs a scanner file as plain Node would and prints what its scan came to: `node plain-node.mjs FILE`.
import { pathToFileURL } from 'node:url'

const [file] = process.argv.slice(2)
const original = console.log
let outcome
try {
  const namespace = await import(pathToFileURL(file).href)
  outcome = { data: (await entryOf(namespace)('AAPL', [], {})).data }
} catch (error) {
  const [, line, column] = /:(\d+):(\d+)\)?$/m.exec(error.stack.split('\n').filter((text) => text.includes(file)).join('\n')) ?? []
  outcome = { error: { name: error.name, message: error.message, line: Number(line), column: Number(column) } }
}
original(JSON.stringify(outcome))

function entryOf(namespace) {
  const exported = namespace.default ?? namespace
  for (const candidate of [namespace.scan, exported.scan, exported]) if (typeof candidate === 'function') return candidate.bind(exported)
  throw new Error('no scan')
}
