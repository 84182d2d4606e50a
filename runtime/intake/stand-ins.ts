/** Packages and modules for which the isolate has a stand-in, by specifier without `node:`; see runtime/guest/environment/modules.ts and stand-ins-main.ts. */
export const STAND_INS = [
  ...['node-fetch', 'cross-fetch', 'undici', 'axios', 'dotenv', 'dotenv/config', 'yahoo-finance2', '@polygon.io/client-js'],
  ...['fs', 'fs/promises', 'path', 'path/posix', 'util', 'timers/promises', 'perf_hooks', 'buffer', 'url', 'querystring', 'os', 'module', 'assert', 'events'],
  ...['http', 'https', 'process', 'readline', 'readline/promises', 'stream', 'stream/promises', 'crypto'],
] as const

/** The part of the SDK that an isolate loads only for scripts that ask for it. */
export const OPTIONS_MODULE = 'strikescan/options'
