import type { ErrorDefinition } from '../definition.ts'

/** What the queue of runs, stored scanners and views of the market refuse. */
export const serviceErrors = {
  queue_full: {
    fault: 'user',
    status: 429,
    message: 'The queue is full: {queued} runs are waiting, and {limit} may.',
    hint: 'Try again once a run has started; the operator may raise queue.maxQueued.',
  },
  host_draining: {
    fault: 'system',
    status: 503,
    message: 'The server is shutting down and starts no further run.',
    hint: 'Send the request again once it is back: what is queued or under way goes on then.',
  },
  run_not_paused: {
    fault: 'user',
    status: 409,
    message: 'The run {run} is {status}, so it can not be resumed.',
    hint: 'It goes on by itself: runs are resumed that are paused or interrupted, or have explored rows without an answer.',
  },
  runs_none: {
    fault: 'user',
    status: 404,
    message: 'There is no run in this state folder yet.',
    hint: '`strikescan run FILE` makes one; --home chooses the state folder.',
  },
  run_ambiguous: {
    fault: 'user',
    status: 404,
    message: 'Several runs begin with {run}: {found}.',
    hint: 'Give more of the id.',
  },
  scanner_deleted: {
    fault: 'user',
    status: 409,
    message: 'The scanner {scanner} ({file}) was deleted, so no further run of it is started.',
    hint: 'Upload the file again to bring it back; runs of it that there are can still be read, resumed and replayed.',
  },
  run_none_to_resume: {
    fault: 'user',
    status: 404,
    message: 'No {kind} in this state folder can be resumed: none is paused, was interrupted, or has explored rows without an answer.',
    hint: '`strikescan runs` lists all runs; --home chooses the state folder.',
  },
  run_none_to_replay: {
    fault: 'user',
    status: 404,
    message: 'No run in this state folder can be replayed: none is of a scanner, is over, and came to know what it covers.',
    hint: '`strikescan runs` lists all runs; --home chooses the state folder.',
  },
  run_other_kind: {
    fault: 'user',
    status: 409,
    message: 'The run {run} is {is}.',
    hint: 'Go on with it by `strikescan {command} --resume {run}`.',
  },
  run_no_scan: {
    fault: 'user',
    status: 409,
    message: 'The run {run} is an exploration of strategies: no scanner was asked to run.',
    hint: 'Its strategies are in its rows, at /api/runs/{run}/exploration.',
  },
  replay_no_scan: {
    fault: 'user',
    status: 409,
    message: 'The run {run} is an exploration, and only scans are replayed: chains are not what they were.',
    hint: 'Start the exploration again with its strategies file.',
  },
  replay_not_over: {
    fault: 'user',
    status: 409,
    message: 'The run {run} is {status}, so a replay has no rows of it to be held against.',
    hint: 'Wait for it to end, or resume it where it is paused, and replay it then.',
  },
  replay_not_planned: {
    fault: 'user',
    status: 409,
    message: 'The run {run} is {status} and never came to know what it covers, so there is nothing to replay.',
    hint: 'Run the scanner again instead.',
  },
  replay_none: {
    fault: 'user',
    status: 409,
    message: 'The run {run} replays no other, so there is none to hold it against.',
    hint: 'Replay a run, and ask for the comparison of that replay.',
  },
  replay_not_completed: {
    fault: 'user',
    status: 409,
    message: 'The replay {run} is {status}: it does not have all its rows.',
    hint: 'Ask again once it is completed.',
  },
  replay_rows_missing: {
    fault: 'system',
    status: 500,
    message: 'The replay {run} does not have the rows of the run that it replays.',
    hint: 'One of them did not end: look at both with strikescan runs.',
  },
  limit_bad_value: {
    fault: 'user',
    status: 400,
    message: 'limits.{name} is {value}, but must be {allowed}.',
    hint: 'Leave limits.{name} out for the setting of the server.',
  },
  dates_exclude: {
    fault: 'user',
    status: 400,
    message: 'dates can not be given together with from or to.',
    hint: 'Name the dates in one way.',
  },
  symbols_exclude: {
    fault: 'user',
    status: 400,
    message: 'symbols can not be given together with universe.',
    hint: 'Name the symbols in one way.',
  },
  cursor_invalid: {
    fault: 'user',
    status: 400,
    message: 'The cursor {cursor} is none that a page of this list gave.',
    hint: 'Pass nextCursor of the page before as it came, or leave the cursor out for the first page.',
  },
  symbol_unknown: {
    fault: 'user',
    status: 404,
    message: 'The market has no symbol {symbol}.',
    hint: 'The symbols of the market are listed at /api/market/symbols.',
  },
  chain_none: {
    fault: 'user',
    status: 404,
    message: 'There are no option chains of {symbol}.',
    hint: 'Name another symbol, or import chains with `strikescan import chains FILE…`.',
  },
  chain_unavailable: {
    fault: 'system',
    status: 503,
    message: 'The option chains of {symbol} could not be fetched: {problem}',
    hint: '{mend}',
  },
  expiration_unknown: {
    fault: 'user',
    status: 404,
    message: '{symbol} has no options that expire on {expiration}.',
    hint: 'Its expirations are {known}.',
  },
} satisfies Record<string, ErrorDefinition>
