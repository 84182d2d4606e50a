import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Hardware } from '../../../../runtime/config/hardware.ts'
import { loadConfig, readSettingsFile, writeSettingsFile, type ConfigSources } from '../../../../runtime/config/load.ts'
import { parseSettingText } from '../../../../runtime/config/parse.ts'
import { SETTING_KEYS, settingInfo } from '../../../../runtime/config/schema.ts'
import { StrikescanError } from '../../../../runtime/errors/strikescan-error.ts'

const GB = 1_073_741_824
const hardware: Hardware = { cores: { count: 8, from: 'test' }, memory: { bytes: 16 * GB, from: 'test' }, disk: null, confined: false }
const folder = mkdtempSync(join(tmpdir(), 'strikescan-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const load = (sources: Partial<ConfigSources>) => loadConfig({ file: null, env: {}, overrides: {}, hardware, ...sources })
const file = (text: string) => ({ path: '/home/config.json', text })

function errorOf(action: () => unknown): StrikescanError {
  try {
    action()
  } catch (error) {
    if (error instanceof StrikescanError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('loadConfig', () => {
  it('starts from the published defaults', () => {
    const { values } = load({})
    expect(values).toMatchObject({
      'prefilter.minVolume': 1_000_000, 'prefilter.minPrice': 1, 'prefilter.maxPrice': 500, 'prefilter.limit': 300,
      'prefilter.activateAbove': 100, 'prefilter.window': 20, 'limits.timeoutMs': 180_000, 'batch.maxSymbols': 500,
      'market.simulatedSymbols': 5_000, 'workers.count': 8,
    })
  })

  it('lets each source win over the ones before it and says where a value is from', () => {
    const nested = file('{"prefilter": {"limit": 10, "window": 11}, "prefilter.minPrice": 2, "preset": "laptop"}')
    const { values, origins } = load({
      file: nested,
      env: { STRIKESCAN_PREFILTER_WINDOW: '12', STRIKESCAN_PREFILTER_MIN_PRICE: '3', STRIKESCAN_HOME: '/x', OTHER: '1', STRIKESCAN_LOG_MAX_LINES: '' },
      overrides: { 'prefilter.minPrice': 4, 'workers.count': '3', 'log.maxLines': undefined },
    })
    expect([values['prefilter.limit'], values['prefilter.window'], values['prefilter.minPrice'], values['workers.count']]).toEqual([10, 12, 4, 3])
    expect(origins['prefilter.limit']).toEqual({ source: 'file', where: '/home/config.json' })
    expect(origins['prefilter.window']).toEqual({ source: 'environment', where: 'STRIKESCAN_PREFILTER_WINDOW' })
    expect(origins['prefilter.minPrice']).toEqual({ source: 'command line', where: '--min-price' })
    expect(origins['workers.count']).toEqual({ source: 'command line', where: '--workers' })
    expect(origins['log.maxLines'].source).toBe('default')
    expect(origins['memory.softMb']).toMatchObject({ source: 'preset', where: expect.stringContaining('laptop: ') })
  })

  it.each([
    ['{"prefilter": {"minVolum": 1}}', 'config_unknown_key', 'prefilter.minVolume'],
    ['{"minVolume": 1}', 'config_unknown_key', 'prefilter.minVolume'],
    ['{"__proto__": 1}', 'config_unknown_key', 'config show'],
    ['{"constructor": 1}', 'config_unknown_key', 'config show'],
    ['{"prefilter.limit": 1, "prefilter": {"limit": 2}}', 'config_given_twice', 'Keep one'],
    ['{"prefilter.limit": "10"}', 'config_bad_value', 'from 1 to 1000000'],
    ['{"prefilter.limit": 0}', 'config_bad_value', 'from 1 to 1000000'],
    ['{"prefilter.limit": null}', 'config_bad_value', 'from 1 to 1000000'],
    ['{"prefilter.limit": 1.5}', 'config_bad_value', 'whole number'],
    ['{"prefilter.minVolume": 1e999}', 'config_bad_value', 'a number'],
    ['{"imports.allow": "lodash"}', 'config_bad_value', 'list'],
    ['{"preset": "desktop"}', 'config_bad_value', 'laptop'],
    ['{"preset": "laptop",}', 'config_broken_file', 'config init'],
    ['[]', 'config_broken_file', 'config init'],
    ['', 'config_broken_file', 'config init'],
  ])('refuses the file %s with %s', (text, code, part) => {
    const error = errorOf(() => load({ file: file(text) }))
    expect(error.code).toBe(code)
    expect(error.message).toContain('/home/config.json')
    expect(`${error.message} ${error.hint}`).toContain(part)
    expect(error.message + error.hint).not.toMatch(/\n|\{\w+\}/)
  })

  it('names the variable and the closest one that is known', () => {
    expect(errorOf(() => load({ env: { STRIKESCAN_PREFILTER_MINVOLUME: '5' } })).hint).toContain('STRIKESCAN_PREFILTER_MIN_VOLUME')
    const bad = errorOf(() => load({ env: { STRIKESCAN_LIMITS_TIMEOUT_MS: 'soon' } }))
    expect(bad.message).toContain('STRIKESCAN_LIMITS_TIMEOUT_MS: "soon"')
    expect(bad.message).toContain('from 100 to 86400000')
  })

  it('holds the relations between limits', () => {
    const price = errorOf(() => load({ overrides: { 'prefilter.minPrice': 600 } }))
    expect(price.code).toBe('config_conflict')
    expect(price.message).toBe('prefilter.minPrice (600, --min-price) must not be above prefilter.maxPrice (500, default).')
    expect(errorOf(() => load({ overrides: { 'limits.symbolTimeoutMs': 5_000, 'limits.timeoutMs': 4_000 } })).code).toBe('config_conflict')
    expect(errorOf(() => load({ overrides: { 'limits.memoryMb': 1_024, 'memory.softMb': 512 } })).code).toBe('config_conflict')
  })

  it('moves a limit that nobody set along with one that was', () => {
    const short = load({ overrides: { 'limits.timeoutMs': 150 } })
    expect([short.values['limits.symbolTimeoutMs'], short.values['batch.targetMs']]).toEqual([150, 150])
    expect(short.origins['limits.symbolTimeoutMs'].where).toContain('lowered to limits.timeoutMs (--timeout)')
    expect(load({ overrides: { 'limits.memoryMb': 4_096 } }).values['memory.softMb']).toBe(4_096)
    expect(load({ overrides: { 'memory.softMb': 256 } }).values['limits.memoryMb']).toBe(256)
  })
})

describe('parseSettingText', () => {
  it('reads numbers, auto and lists', () => {
    expect(parseSettingText('prefilter.minVolume', ' 2_000_000 ', 'x')).toBe(2_000_000)
    expect(parseSettingText('prefilter.minPrice', '.5', 'x')).toBe(0.5)
    expect(parseSettingText('prefilter.minVolume', '1e6', 'x')).toBe(1_000_000)
    expect(parseSettingText('workers.count', 'auto', 'x')).toBe('auto')
    expect(parseSettingText('imports.allow', 'a, @b/c,', 'x')).toEqual(['a', '@b/c'])
  })

  it.each(['', ' ', 'x', '0x10', 'Infinity', 'NaN', '1,000', '-1', '1e400', '٣'])('refuses %j for a number', (text) => {
    expect(errorOf(() => parseSettingText('prefilter.minVolume', text, '--min-volume')).message).toContain('--min-volume: ')
  })
})

describe('settings', () => {
  it('all carry help, a range in words, a variable of their own and a default within the range', () => {
    const infos = SETTING_KEYS.map(settingInfo)
    for (const info of infos) {
      expect(info.help.length).toBeGreaterThan(10)
      expect(info.allowed).not.toContain('undefined')
      expect(info.default).toBeDefined()
    }
    expect(new Set(infos.map((info) => info.variable)).size).toBe(infos.length)
  })

  it('are read from and written to the state folder', () => {
    expect(readSettingsFile(join(folder, 'nowhere'))).toBeNull()
    const path = writeSettingsFile(join(folder, 'new'), 'server', false)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ preset: 'server' })
    expect(load({ file: readSettingsFile(join(folder, 'new')) }).preset.name).toBe('server')
    expect(errorOf(() => writeSettingsFile(join(folder, 'new'), 'laptop', false)).code).toBe('config_file_exists')
    writeSettingsFile(join(folder, 'new'), 'laptop', true)
    mkdirSync(join(folder, 'odd', 'config.json'), { recursive: true })
    expect(errorOf(() => readSettingsFile(join(folder, 'odd'))).code).toBe('config_unreadable_file')
    writeFileSync(join(folder, 'bom.json'), '\uFEFF{"prefilter.limit": 7}')
    expect(load({ file: { path: 'bom', text: readFileSync(join(folder, 'bom.json'), 'utf8') } }).values['prefilter.limit']).toBe(7)
  })
})
