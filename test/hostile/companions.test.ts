import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { unpackFiles } from '../../runtime/intake/archive.ts'
import { gatherScript } from '../../runtime/intake/gather.ts'

/** A script from a stranger, run or pushed from a folder of its user's: which files it takes with it. */

const root = mkdtempSync(join(tmpdir(), 'strikescan-gather-'))
const put = (path: string, text: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}
beforeAll(() => {
  put('secret/keys.json', '{"token":"s3cret"}')
  put('loose/.env.json', '{"token":"s3cret"}')
  put('loose/.aws/keys.json', '{"token":"s3cret"}')
  put('loose/lib/step.js', 'export const a = 1')
  put('project/package.json', '{}')
  put('project/lib/step.js', `import './deep.js'\nexport const a = 1`)
  put('project/lib/deep.js', `import '../../secret/keys.json'`)
  symlinkSync(join(root, 'secret'), join(root, 'loose/linked'))
  symlinkSync(join(root, 'secret/keys.json'), join(root, 'loose/link.json'))
  symlinkSync(join(root, 'loose/lib/step.js'), join(root, 'loose/own.js'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Paths of the files that come with a script of this text. */
function taken(path: string, text: string): string[] {
  put(path, text)
  return (unpackFiles(gatherScript(join(root, path), Buffer.from(text))) ?? []).map((file) => file.path)
}

describe('a script that names files', () => {
  it.each([
    ['outside of its folder', `import a from '../secret/keys.json'`],
    ['far outside', `import a from '../../../../../../../../etc/passwd'`],
    ['through a link', `import a from './link.json'`],
    ['through a linked folder', `const a = require('./linked/keys.json')`],
    ['by detours', `import a from './lib/../../secret/keys.json'`],
    ['that are hidden', `import a from './.env.json'`],
    ['in hidden folders', `import a from './.aws/keys.json'`],
  ])('%s goes without them', (_, text) => {
    expect(taken('loose/scan.js', text)).toEqual([])
  })

  it('of its own folder takes them, by a link within it as well', () => {
    expect(taken('loose/scan.js', `import './lib/step.js'\nimport './own.js'`)).toEqual(['scan.js', 'lib/step.js', 'own.js'])
  })

  it('of its project takes them, and not what they name outside', () => {
    expect(taken('project/scans/scan.js', `import '../lib/step.js'`)).toEqual(['scans/scan.js', 'lib/deep.js', 'lib/step.js'])
  })
})
