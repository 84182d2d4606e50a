import { StrikescanError } from '../errors/strikescan-error.ts'
import { closest } from './suggest.ts'
import {
  SETTING_KEYS,
  isListSetting,
  isSettingKey,
  settingInfo,
  settingsSchema,
  variableOf,
  type RawSettings,
  type SettingKey,
} from './schema.ts'

const NUMBER = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/**
 * The value of a setting from text, as typed after a flag or in an environment variable. Numbers may have `_` between
 * digits; lists are separated by commas.
 * @throws config_bad_value naming `where`, the text and what is allowed
 */
export function parseSettingText<K extends SettingKey>(key: K, text: string, where: string): RawSettings[K] {
  const trimmed = text.trim()
  const plain = settingsSchema.shape[key].safeParse(trimmed)
  if (plain.success) return plain.data as RawSettings[K]
  if (isListSetting(key)) {
    return checkSetting(
      key,
      trimmed
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
      where,
    )
  }
  if (NUMBER.test(trimmed)) {
    const number = settingsSchema.shape[key].safeParse(Number(trimmed.replaceAll('_', '')))
    if (number.success) return number.data as RawSettings[K]
  }
  throw badValue(key, text, where)
}

/** A setting's value that is typed already (JSON), checked. @throws config_bad_value */
export function checkSetting<K extends SettingKey>(key: K, value: unknown, where: string): RawSettings[K] {
  const result = settingsSchema.shape[key].safeParse(value === undefined ? null : value)
  if (result.success) return result.data as RawSettings[K]
  throw badValue(key, value, where)
}

/** The key itself where it is a setting. @throws config_unknown_key with the closest one that is */
export function checkKey(key: string, where: string): SettingKey {
  if (isSettingKey(key)) return key
  const near = closest(key, SETTING_KEYS)
  throw new StrikescanError('config_unknown_key', { where, key, suggestion: suggestion(near) })
}

/** The setting that an environment variable stands for. @throws config_unknown_key with the closest variable */
export function keyOfVariable(variable: string): SettingKey {
  const key = SETTING_KEYS.find((candidate) => variableOf(candidate) === variable)
  if (key) return key
  const near = closest(variable, SETTING_KEYS.map(variableOf))
  throw new StrikescanError('config_unknown_key', { where: 'the environment', key: variable, suggestion: suggestion(near) })
}

function suggestion(near: string | null): string {
  return near ? `Did you mean ${near}?` : '"strikescan config show" lists every setting.'
}

function badValue(key: SettingKey, value: unknown, where: string): StrikescanError {
  const info = settingInfo(key)
  return new StrikescanError('config_bad_value', {
    where,
    key,
    value: shown(info.shown(value)),
    allowed: info.allowed,
    default: shown(info.default),
  })
}

/** A value in a message: JSON on one line, cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}
