import type { ErrorDefinition } from '../definition.ts'

/** What can go wrong inside a scanner. `message` is what the script itself, or the guest for it, said. */
export const scriptErrors = {
  script_threw: {
    fault: 'script',
    status: 422,
    message: '{message}',
    hint: 'The scanner threw this error: see the line shown.',
  },
  never_settles: {
    fault: 'script',
    status: 422,
    message: 'The script is done but still waits for a promise that nothing can settle.',
    hint: 'Look for an await on a promise whose resolve is never called, or on an event that the isolate does not have.',
  },
  invalid_score: {
    fault: 'script',
    status: 422,
    message: '{message}',
    hint: 'Return a finite number as the score, or null for a miss; check for a division by zero or an indicator that is not defined yet.',
  },
  invalid_direction: {
    fault: 'script',
    status: 422,
    message: '{message}',
    hint: "Return direction 'bullish', 'bearish' or 'neutral', or leave it out.",
  },
  invalid_strategies: {
    fault: 'script',
    status: 422,
    message: '{message}',
    hint: "Return strategies as a list of at most 16 names, such as ['Long Call'].",
  },
  result_not_plain: {
    fault: 'script',
    status: 422,
    message: '{message}',
    hint: 'Return plain data: numbers, text, booleans, lists and objects.',
  },
  result_cycle: {
    fault: 'script',
    status: 422,
    message: '{message}',
    hint: 'Return an object that does not refer back to itself.',
  },
  result_too_deep: {
    fault: 'script',
    status: 422,
    message: '{message}',
    hint: 'Return data that is nested less deeply.',
  },
  result_too_large: {
    fault: 'script',
    status: 422,
    message: '{message}',
    hint: 'Return less data with a hit, or raise the setting row.maxBytes.',
  },
  script_out_of_memory: {
    fault: 'script',
    status: 422,
    message: 'the scan used more memory than allowed: {message}',
    hint: 'Keep less at once, or raise --memory-mb.',
  },
  symbol_timeout: {
    fault: 'script',
    status: 422,
    message: 'The scan was still at this symbol after {seconds} s and was stopped.',
    hint: 'Look for a loop that does not end on this data, or raise --symbol-timeout-ms.',
  },
  whole_timeout: {
    fault: 'script',
    status: 422,
    message:
      'The script was stopped after {seconds} s without progress{suspect}, and with it all its symbols, since it needs them all at once.',
    hint: 'Look for a loop that does not end, or raise --symbol-timeout-ms.',
  },
  rank_result_invalid: {
    fault: 'script',
    status: 422,
    message: '{message}',
    hint: 'Return from rank a list of the candidates to keep, each at most once, as they are or as { ...candidate, data: { … } }.',
  },
  rank_without_score: {
    fault: 'script',
    status: 422,
    message: '{message}',
    hint: 'Return a score with every hit of scan, or write rank as a function.',
  },
  rank_too_large: {
    fault: 'script',
    status: 422,
    message: 'The hits of {date} come to {size} MB, and the rank step takes at most {most} MB.',
    hint: 'Return less data with each hit of scan: what the rank step needs, no more.',
  },
  rank_timeout: {
    fault: 'script',
    status: 422,
    message: 'The rank step of {date} was still at work after {seconds} s and was stopped, and with it the {count} hits it was to rank.',
    hint: 'Look for a loop that does not end, or raise --symbol-timeout-ms, which is also the time of a rank step.',
  },
  no_entry_value: {
    fault: 'script',
    status: 422,
    message: '{message}',
    hint: 'Export a function named scan or main, a default function, or defineScanner({ … }).',
  },
  definition_invalid: {
    fault: 'script',
    status: 422,
    message: '{message}',
    hint: 'Change the definition given to defineScanner as the message says.',
  },
  param_invalid: {
    fault: 'user',
    status: 422,
    message: '{message}',
    hint: '`strikescan check`, with the file or the @name of this scanner, shows its parameters.',
  },
} satisfies Record<string, ErrorDefinition>
