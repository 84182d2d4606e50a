import { expect, it } from 'vitest'

import { checkNode } from '../../../../api/testing/run-scanner.ts'

it('says what it takes to run a scanner where Node is too old', () => {
  expect(() => checkNode('20.20.2')).toThrow(expect.objectContaining({ code: 'node_too_old', message: 'runScanner needs Node 26 or newer, and this is 20.20.2.' }))
  expect(() => checkNode('27.0.0')).not.toThrow()
})
