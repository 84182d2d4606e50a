import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

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

describe('a script that names files of data', () => {
  const reads = (...names: string[]): string => `import { readFileSync } from 'node:fs'\n${names.map((name) => `readFileSync(${JSON.stringify(name)})`).join('\n')}`

  beforeAll(() => {
    put('data/near.csv', 'AAPL')
    put('data/.hidden.csv', 's3cret')
    put('data/id_rsa', 's3cret')
    put('data/server.pem', 's3cret')
    put('data/huge.csv', 'x'.repeat(400_000))
    symlinkSync(join(root, 'secret/keys.json'), join(root, 'data/link.json'))
    symlinkSync('/dev/zero', join(root, 'data/device.csv'))
    mkdirSync(join(root, 'data/folder.csv'))
  })

  it('gets those beside it alone: none that is elsewhere, hidden, a link out, no text, too large or no file', () => {
    const names = ['near.csv', '../secret/keys.json', join(root, 'secret/keys.json'), '~/near.csv', '.hidden.csv', 'id_rsa', 'server.pem', 'huge.csv', 'link.json', 'device.csv', 'folder.csv']
    expect(taken('data/scan.js', reads(...names))).toEqual(['scan.js', 'near.csv'])
  })

  it('gets no others by calling them imports, which may be all that it says of them', () => {
    expect(taken('data/scan.js', `${reads('near.csv')}\n// import './server.pem'\n// require('./id_rsa') from './huge.csv'`)).toEqual(['scan.js', 'near.csv'])
  })

  it.skipIf(process.platform === 'win32')('does not wait for a pipe that nobody writes to', () => {
    expect(spawnSync('mkfifo', [join(root, 'data/pipe.csv')]).status).toBe(0)
    expect(taken('data/scan.js', `${reads('near.csv', 'pipe.csv')}\nimport './pipe.csv'`)).toEqual(['scan.js', 'near.csv'])
  })

  it('gets as many as a script may have, with paths as long as an archive holds', () => {
    const deep = `${'d'.repeat(90)}/${'e'.repeat(60)}`
    put(`data/${deep}/step.js`, '')
    put(`data/${deep}/${'f'.repeat(80)}/${'g'.repeat(60)}.js`, '')
    expect(taken('data/scan.js', `import './${deep}/step.js'\nimport './${deep}/${'f'.repeat(80)}/${'g'.repeat(60)}.js'`)).toEqual(['scan.js', `${deep}/step.js`])
    const many = Array.from({ length: 199 }, (_, index) => `lib/step${index}.js`)
    for (const path of many) put(`data/${path}`, '')
    expect(taken('data/scan.js', `${reads('near.csv')}\n${many.map((path) => `import './${path}'`).join('\n')}`)).toHaveLength(200)
  })

  it('is looked through in a time that rises with its length', () => {
    const texts = [`import${' '.repeat(400_000)}x`, `readFileSync\n${'x='.repeat(200_000)}\n${'write(x);'.repeat(20_000)}`, `readFileSync\n'${'/'.repeat(400_000)}`, `readFileSync ${'a'.repeat(400_000)}`]
    const before = process.cpuUsage()
    for (const text of texts) expect(taken('data/scan.js', text)).toEqual([])
    // Each was minutes.
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000)
  })
})

describe('a package.json that is nobody\'s project', () => {
  it.each(['home', 'shared'])('in a %s folder gives a script below it nothing of that folder', (folder) => {
    put(`${folder}/package.json`, '{}')
    put(`${folder}/private.json`, '{"token":"s3cret"}')
    const text = `import a from '../private.json'\nimport './own.js'`
    put(`${folder}/downloads/own.js`, '')
    expect(taken(`${folder}/downloads/scan.js`, text)).toHaveLength(3)
    if (folder === 'home') vi.stubEnv('HOME', join(root, 'home'))
    else chmodSync(join(root, folder), 0o1777)
    try {
      expect(taken(`${folder}/downloads/scan.js`, text)).toEqual(['scan.js', 'own.js'])
    } finally {
      vi.unstubAllEnvs()
    }
  })
})
