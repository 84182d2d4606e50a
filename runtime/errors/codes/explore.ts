import type { ErrorDefinition } from '../definition.ts'

/** Errors of strategies files and of the plugins that define strategies. */
export const exploreErrors = {
  explore_no_chains: {
    fault: 'user',
    status: 422,
    message: 'There is no source of option chains: none were imported, and no Tradier token is set.',
    hint: 'Run "strikescan import chains FILE…", set tradier.token (STRIKESCAN_TRADIER_TOKEN), or take the simulated market with explore.provider=simulated.',
  },
  explore_no_token: {
    fault: 'user',
    status: 422,
    message: 'The option provider is tradier, but no token is set.',
    hint: 'Set tradier.token, best in the environment as STRIKESCAN_TRADIER_TOKEN.',
  },
  explore_no_provider: {
    fault: 'system',
    status: 500,
    message: 'The option provider {provider} is not installed.',
    hint: 'Put the folder plugins/providers/{provider} back, or choose another with explore.provider.',
  },
  explore_provider_refused: {
    fault: 'user',
    status: 422,
    message: '{problem}',
    hint: '{mend}',
  },
  explore_source_changed: {
    fault: 'user',
    status: 409,
    message: 'Run {run} began with {before}, and the settings now give {after}: rows of two sources would stand in one file.',
    hint: 'Set it back, as in {back}, and resume; or start the exploration again.',
  },
  explore_ledger_mismatch: {
    fault: 'system',
    status: 500,
    message: 'The exploration of run {run} took {rows} rows in and gave {out} out.',
    hint: 'This is a fault of Strikescan: please report it with the run.',
  },
  explored_all_failed: {
    fault: 'system',
    status: 502,
    message: 'Not one strategy has an answer: {parts}.',
    hint: 'Exploration_Reason of the rows says why; what was fetched is kept, so that nothing is asked twice when it is explored again.',
  },
  explore_incomplete: {
    fault: 'user',
    status: 409,
    message: 'The strategies of run {run} had not been read completely when it broke off, so it can not be resumed.',
    hint: 'Start the exploration again; chains that were fetched are still in the cache.',
  },
  strategies_file_missing: {
    fault: 'user',
    status: 404,
    message: 'There is no strategies file {file}.',
    hint: 'Check the path; relative paths start at the current folder.',
  },
  strategies_file_unreadable: {
    fault: 'user',
    status: 422,
    message: 'The strategies file {file} cannot be read: {cause}.',
    hint: 'Name a file that this user may read.',
  },
  strategies_file_empty: {
    fault: 'user',
    status: 422,
    message: 'The strategies file {file} is empty.',
    hint: 'Its first line must name the columns, as in ticker,strategy,horizon; a file with nothing but that line is fine.',
  },
  strategies_file_damaged: {
    fault: 'user',
    status: 422,
    message: 'The strategies file {file} is cut short or damaged: {cause}.',
    hint: 'Write or fetch the file again.',
  },
  strategies_not_a_table: {
    fault: 'user',
    status: 422,
    message: '{file} is not a strategies file: it looks like {looksLike}.',
    hint: 'Give CSV (plain, .gz or .zst), a JSON array of objects, NDJSON or Parquet; {mend}.',
  },
  strategies_columns_missing: {
    fault: 'user',
    status: 422,
    message: 'The strategies file {file} has no column for {missing}; its columns are {columns}.',
    hint: '{suggestion}',
  },
  strategies_too_many_columns: {
    fault: 'user',
    status: 422,
    message: 'The strategies file {file} has more than {limit} columns.',
    hint: 'Leave out those that nobody reads; where this is no table of strategies, name the right file.',
  },
  strategies_json_invalid: {
    fault: 'user',
    status: 422,
    message: 'The strategies file {file} is not valid JSON: {cause}.',
    hint: 'Mend or write the file again.',
  },
  strategies_json_too_large: {
    fault: 'user',
    status: 413,
    message: 'The strategies file {file} has a JSON value of more than {limitMb} MB, which has to be read as a whole.',
    hint: 'Write it as NDJSON (one strategy per line) or as an array of strategies: these are read piece by piece.',
  },
  strategy_plugin_broken: {
    fault: 'system',
    status: 500,
    message: 'The strategy plugin {file} cannot be used: {problem}.',
    hint: 'Mend the file: its default export is what defineStrategy({ … }) returns; or take it out of the folder.',
  },
  strategy_name_taken: {
    fault: 'system',
    status: 500,
    message: 'The strategy plugins {file} and {other} both answer to "{name}".',
    hint: 'Rename one of them or drop the alias; case, spaces and punctuation do not tell names apart.',
  },
} satisfies Record<string, ErrorDefinition>
