import { describe, expect, it } from 'vitest'

import { checkSetting, parseSettingText } from '../../../../runtime/config/parse.ts'
import { SETTING_KEYS, settingInfo } from '../../../../runtime/config/schema.ts'

const shown = settingInfo('explore.redisUrl').shown

describe('settings that hold a secret', () => {
  it.each([
    ['', ''],
    ['redis://host:6379', 'redis://host:6379'],
    ['redis://:pass-word@host:6379/2', 'redis://:***@host:6379/2'],
    ['rediss://user:pass-word@host', 'rediss://user:***@host'],
  ])('take %j and show %j', (text, safe) => {
    expect(parseSettingText('explore.redisUrl', text, 'x')).toBe(text)
    expect(shown(text)).toBe(safe)
  })

  it.each(['http://:pass-word@host', 'redis://:pass-word@host:99999', 'redis://:pass-word@', 'redis:pass-word', 'pass-word', ['redis://:pass-word@host'], { url: 'pass-word' }, 7])('do not tell it where they are refused: %j', (value) => {
    expect(() => checkSetting('explore.redisUrl', value, 'config.json')).toThrow(/^config\.json: "[^"]*" is no value for explore\.redisUrl, which must be a URL like redis:\/\/host:6379\.$/)
    expect(() => checkSetting('explore.redisUrl', value, 'config.json')).not.toThrow(/pass-word/)
  })

  it('are the only ones that are not shown as they are', () => {
    const hidden = SETTING_KEYS.filter((key) => settingInfo(key).shown('some:text') !== 'some:text')
    expect(hidden).toContain('explore.redisUrl')
    expect(hidden.filter((key) => !/token|password|key|redis/i.test(key))).toEqual([])
  })
})
