import { expect, it } from 'vitest'

import { openTestHost } from './support/hosting.ts'

it('lines that a script wrote before it hung while its lists were read are shown', async () => {
  const test = await openTestHost()
  try {
    const source = "const SYMBOLS = ['KO'].filter(Boolean)\nconsole.log('first')\nprocess.stdout.write('second')\nconst DATES = [20].map((day) => { for (;;); })\nasync function main() { for (const d of DATES) for (const s of SYMBOLS) console.log(s, d) }\nmain()"
    const { run, logs } = await test.run(source)
    expect([logs.map(({ text }) => text), run.warnings.map(({ code }) => code)]).toEqual([['first', 'second'], []])
  } finally {
    await test.close()
  }
})
