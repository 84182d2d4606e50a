import { parseArgs } from 'node:util'

/** What a call asks for beside the benchmarks; undefined where each benchmark takes its own number. */
export interface Wishes {
  rounds: number | undefined
  /** Dates of the benchmarks that go over several. */
  dates: number | undefined
  /** Size of the largest file that is imported. */
  megabytes: number | undefined
}

/** The words behind `npm run bench --`: names of benchmarks, none for all. Throws an error of one sentence where they are none of those known. */
export function readWords(args: string[], known: readonly string[]): { names: string[]; isJson: boolean; wishes: Wishes } {
  const { values, positionals } = parse(args)
  const unknown = positionals.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`no benchmark is called ${unknown}; there are ${known.join(', ')}`)
  const countOf = (name: 'rounds' | 'dates' | 'megabytes'): number | undefined => {
    const text = values[name]
    if (text !== undefined && !/^[1-9]\d{0,4}$/.test(text)) throw new Error(`--${name} is a whole number from 1; it is ${text}`)
    return text === undefined ? undefined : Number(text)
  }
  return { names: positionals, isJson: values.json, wishes: { rounds: countOf('rounds'), dates: countOf('dates'), megabytes: countOf('megabytes') } }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean', default: false }, rounds: { type: 'string' }, dates: { type: 'string' }, megabytes: { type: 'string' } } })
  } catch (cause) {
    // Node goes on with a sentence about names that begin with a dash, which no benchmark's does.
    throw new Error((cause as Error).message.split('. ')[0], { cause })
  }
}
