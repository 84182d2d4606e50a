/** Packages and modules for which the isolate has a stand-in, by specifier without `node:`; see runtime/guest/modules.ts. */
export const STAND_INS = ['node-fetch', 'cross-fetch', 'undici', 'dotenv', 'dotenv/config', 'timers/promises', 'perf_hooks'] as const
