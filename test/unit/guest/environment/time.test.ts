import { describe, expect, test } from 'vitest'
import { createRandom } from '../../../../runtime/guest/environment/random.ts'
import { REALMS, runGuest } from '../harness.ts'

const START = Date.parse('2026-03-13T20:00:00Z')

describe.each(REALMS)('in a %s', (realm) => {
  const run = async (script: string) => (await runGuest(realm, script)).out

  test('Date reads the virtual clock and is otherwise the original', async () => {
    const out = await run(`
      const now = new Date()
      class Stamp extends Date { label() { return 'L' + this.getTime() } }
      const RealDate = Object.getPrototypeOf(now).constructor
      out = JSON.stringify([now.getTime(), Date.now(), +new RealDate(), new Stamp().label(), now instanceof Date, new Stamp() instanceof Date,
        RealDate === Date, new Date(5).getTime(), new Date(2020, 1, 2, 3).getTime(), new Date('2020-01-01').getTime(), Date.UTC(2020, 0), Date.parse('2020-01-01'),
        typeof Date(), Date() === String(now), Date.name, Date.length, String(new Date(undefined)), +Reflect.construct(Date, [], Date), Object.prototype.toString.call(now)])`)
    expect(JSON.parse(out)).toEqual([
      START, START, START, `L${START}`, true, true, true, 5, new Date(2020, 1, 2, 3).getTime(), Date.parse('2020-01-01'), Date.UTC(2020, 0),
      Date.parse('2020-01-01'), 'string', true, 'Date', 7, 'Invalid Date', START, '[object Date]',
    ])
  })

  test('no other clock is in sight', async () => {
    const out = await run(`
      const format = new Intl.DateTimeFormat('en-US', { year: 'numeric', month: 'numeric', day: 'numeric', timeZone: 'UTC' })
      const parts = format.formatToParts().map((part) => part.value).join('')
      const T = typeof Temporal === 'undefined' ? null : Temporal
      out = JSON.stringify([format.format(), format.format === format.format, format.format(0), parts, new Date().toLocaleDateString('en-US', { timeZone: 'UTC' }), typeof Intl.v8BreakIterator,
        performance.now(), performance.timeOrigin, T ? T.Now.instant().epochMilliseconds : ${START}, T ? T.Now.zonedDateTimeISO('America/New_York').hour : 16,
        T ? T.Now.plainDateISO('UTC').toString() : '2026-03-13', T ? T.Now.plainTimeISO('UTC').toString() : '20:00:00', T ? T.Now.plainDateTimeISO('UTC').toString() : '2026-03-13T20:00:00'])`)
    expect(JSON.parse(out)).toEqual([
      '3/13/2026', true, '1/1/1970', '3/13/2026', '3/13/2026', 'undefined', 0, START, START, 16, '2026-03-13', '20:00:00', '2026-03-13T20:00:00',
    ])
  })

  test('timers run in order of due time, then of setting, and sleeping costs nothing', async () => {
    const out = await run(`
      const seen = []; const at = (name) => () => seen.push(name + performance.now())
      setTimeout(at('c'), 30); setTimeout(at('a'), 10); setTimeout(at('b'), 10); setImmediate(at('i')); setTimeout(at('z')); setTimeout(at('n'), -5); setTimeout(at('h'), 3.9)
      const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
      ;(async () => { for (let i = 0; i < 20; i++) await sleep(250); seen.push('slept' + performance.now()); out = seen.join(' ') })()`)
    expect(out).toBe('i0 z1 n1 h3 a10 b10 c30 slept5000')
  })

  test('timers can be cleared by handle or number, refreshed, unreferenced and cleared within', async () => {
    const out = await run(`
      let log = ''
      const a = setTimeout(() => { log += 'a' }, 10); clearTimeout(a); clearTimeout(a)
      const b = setTimeout(() => { log += 'b' }, 10); clearTimeout(+b)
      const c = setTimeout(() => { log += 'c' }, 10); clearTimeout(String(+c))
      const d = setTimeout((x, y) => { log += 'd' + x + y }, 10, 1, 2)
      let n = 0; const e = setInterval(function () { log += 'e'; if (++n === 3) { clearInterval(this) } }, 7)
      const f = setInterval(() => { log += 'never ends' }, 1_000); f.unref()
      const g = setTimeout(() => { log += 'g' + performance.now() }, 5); setTimeout(() => g.refresh(), 3)
      clearTimeout(undefined); clearTimeout({}); clearTimeout(99999)
      setTimeout(() => { out = log + d.hasRef() + f.hasRef() + typeof d.ref().unref }, 100)`)
    expect(out).toBe('eg8d12eetruefalsefunction')
  })

  test('text is no callback, errors are reported, and the number of timers is bounded', async () => {
    const { out, records } = await runGuest(realm, `
      const attempts = []
      const attempt = (f) => { try { f(); attempts.push('ok') } catch (error) { attempts.push(error.name + ': ' + error.message) } }
      attempt(() => setTimeout('alert(1)', 1)); attempt(() => setInterval(null)); attempt(() => queueMicrotask(5))
      setTimeout(() => { throw new Error('in timer') }, 1); queueMicrotask(() => { throw new Error('in microtask') })
      attempt(() => { for (;;) setTimeout(() => {}, 1) })
      out = attempts.join(' | ')`)
    expect(out).toContain('TypeError: setTimeout: the callback must be a function, not string; code as text is not run')
    expect(out).toContain('TypeError: setInterval: the callback must be a function, not null')
    expect(out).toContain('TypeError: queueMicrotask')
    expect(out).toContain('RangeError: setTimeout: 100 timers are waiting already')
    expect(records).toEqual(['error in microtask', 'error in timer'])
  })

  test('a timer cannot be forged through its constructor', async () => {
    const out = await run(`
      const Timeout = setTimeout(() => { out += 'ran' }, 5).constructor
      out = ''; for (const forged of [[], [{}], [{ referenced: false, position: 0 }, {}]]) try { new Timeout(...forged).ref() } catch (error) { out += error.name + ' ' }
      out += Object.getOwnPropertyNames(Timeout)`)
    expect(out).toBe('TypeError TypeError TypeError length,name,prototyperan')
  })

  test('random numbers are seeded, in range, and the same in each realm', async () => {
    const out = await run(`
      const bytes = crypto.getRandomValues(new Uint8Array(8)); const words = crypto.getRandomValues(new Uint32Array(2))
      let low = 1, high = 0; for (let i = 0; i < 10000; i++) { const x = Math.random(); low = Math.min(low, x); high = Math.max(high, x) }
      let refused = 0; for (const bad of [new Float64Array(1), new Uint8Array(65537), [], null]) try { crypto.getRandomValues(bad) } catch { refused++ }
      out = JSON.stringify([Math.random(), crypto.randomUUID(), [...bytes], words.length, low >= 0, high < 1, high > 0.99, refused])`)
    const [first, uuid, bytes, ...rest] = JSON.parse(out)
    expect(rest).toEqual([2, true, true, true, 4])
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(bytes).toHaveLength(8)
    expect(await run(`crypto.getRandomValues(new Uint8Array(16)); for (let i = 0; i < 10000; i++) Math.random(); out = Math.random()`)).toBe(String(first))
  })
})

describe('the generator', () => {
  test('gives the reference stream of xoshiro128** 1.1', () => {
    // The vector that the rand_xoshiro crate took from the authors' C code.
    const random = createRandom()
    random.setState(1, 2, 3, 4)
    expect(Array.from({ length: 10 }, () => random.next32())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ])
  })

  test('the same seed parts give the same stream, others another', () => {
    const take = (...parts: (string | number)[]) => {
      const random = createRandom(...parts)
      return [random.next(), random.next(), random.next()]
    }
    expect(take('AAPL', 1)).toEqual(take('AAPL', 1))
    const streams = [take('AAPL', 1), take('AAPL', 2), take('AAP', 'L1'), take('AAPL', '1'), take('A', 'APL', 1), take(), take('')]
    expect(new Set(streams.map(String)).size).toBe(streams.length)
  })

  test('is uniform to the eye of a chi-squared test', () => {
    const random = createRandom('uniform')
    const counts = new Array<number>(100).fill(0)
    for (let i = 0; i < 100_000; i++) counts[Math.floor(random.next() * 100)]!++
    const chiSquared = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0)
    expect(chiSquared).toBeLessThan(148) // 99 degrees of freedom, p = 0.001
    expect(chiSquared).toBeGreaterThan(60)
  })
})
