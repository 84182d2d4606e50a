// Runs scanner files as plain Node would and prints what their scans came to, as one list: `node plain-node.mjs FILE…`.
import { pathToFileURL } from 'node:url'

const original = console.log
const outcomes = []
for (const file of process.argv.slice(2)) outcomes.push(await outcomeOf(file))
original(JSON.stringify(outcomes))

async function outcomeOf(file) {
  try {
    const namespace = await import(pathToFileURL(file).href)
    return { data: (await entryOf(namespace)('AAPL', [], {})).data }
  } catch (error) {
    const [, line, column] = /:(\d+):(\d+)\)?$/m.exec(error.stack.split('\n').filter((text) => text.includes(file)).join('\n')) ?? []
    return { error: { name: error.name, message: error.message, line: Number(line), column: Number(column) } }
  }
}

function entryOf(namespace) {
  const exported = namespace.default ?? namespace
  for (const candidate of [namespace.scan, exported.scan, exported]) if (typeof candidate === 'function') return candidate.bind(exported)
  throw new Error('no scan')
}
