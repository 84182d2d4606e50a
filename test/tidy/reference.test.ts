import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

import * as testing from '../../api/testing/index.ts'
import { STAND_INS } from '../../runtime/intake/stand-ins.ts'
import * as sdk from '../../sdk/index.ts'
import * as options from '../../sdk/options/index.ts'
import { read, ROOT } from './support/sources.ts'

const MODULES: Record<string, object> = { strikescan: sdk, 'strikescan/options': options, 'strikescan/testing': testing }
const page = read('sdk/REFERENCE.md')

/** The part of the page on one module. */
const partOf = (name: string): string => page.slice(page.indexOf(`\n## \`${name}\`\n`)).replace(/(?<=.)\n## [^]*/, '')

describe('the reference of the SDK', () => {
  it('is what the sources say now (node .ci/reference.js writes it)', async () => {
    const { referencePage } = (await import(pathToFileURL(join(ROOT, '.ci/reference.js')).href)) as { referencePage: () => string }
    expect(page).toBe(referencePage())
  })

  it.each(Object.entries(MODULES))('has everything that %s exports', (name, module) => {
    const part = partOf(name)
    expect(Object.keys(module).filter((each) => !part.includes(`\n#### \`${each}\`\n`))).toEqual([])
  })

  it('has every indicator', () => {
    expect(Object.keys(sdk.ta).filter((name) => !page.includes(`\n#### \`ta.${name}\`\n`))).toEqual([])
  })

  it('says a word on everything', () => {
    const bare = [...page.matchAll(/^#### `(.+?)`\n\n```/gm)].map(([, name]) => name)
    expect(bare).toEqual([])
  })
})

describe('the page on isolates', () => {
  it('names every module that has a stand-in', () => {
    const text = read('sdk/ISOLATE.md')
    expect(STAND_INS.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
  })

  it('names the settings that there are', () => {
    const text = read('sdk/ISOLATE.md')
    const settings = [...text.matchAll(/`((?:limits|intake|imports|row)\.\w+)`/g)].map(([, key]) => key!)
    expect(settings.length).toBeGreaterThan(4)
    expect(settings.filter((key) => !read('runtime/config/schema.ts').includes(`'${key}'`))).toEqual([])
  })
})
