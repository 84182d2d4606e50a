import type { MarketProvider } from '../../sdk/market.ts'
import { detectHardware } from '../config/hardware.ts'
import { loadConfig, readSettingsFile, type Config } from '../config/load.ts'

export interface HostOptions {
  /** State folder; made where it does not exist. */
  home: string
  /** Settings from the command line by dotted key: those of flags of their own, and those of `--set`. */
  overrides: Record<string, unknown>
  set?: Record<string, string>
  env: Record<string, string | undefined>
  /** Told in one sentence, once each, what the host has to do without. */
  warn?: (message: string) => void
  /** The market that runs see, in place of what is stored or simulated. */
  market?: MarketProvider | undefined
}

/** Settings in force, without opening or creating anything. */
export function loadSettings(options: HostOptions): Config {
  const { home, env, set, overrides } = options
  return loadConfig({ file: readSettingsFile(home), env, set, overrides, hardware: detectHardware(home) })
}
