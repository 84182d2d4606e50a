import { afterAll, beforeAll, describe, it } from 'vitest'

import { openTestHost, type TestHost } from './support/hosting.ts'
import { compareWithNode, FORMS, GIVEN, OWN } from './support/own-lists.ts'

/** Every way to export a function that goes through lists of its own, with its own and with others. */

let test: TestHost
beforeAll(async () => {
  test = await openTestHost()
})
afterAll(() => test.close())

describe.each(Object.entries(FORMS))('%s', (_, form) => {
  it('with its own lists', () => compareWithNode(test, form, OWN))
  it('with the lists of the run', () => compareWithNode(test, form, GIVEN))
})
