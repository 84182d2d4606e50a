import type { ErrorDefinition } from '../definition.ts'

/** Settings, the state folder, row files, and what is typed on the command line. */
export const configErrors = {
  config_unknown_key: {
    fault: 'user',
    status: 400,
    message: '{where} sets "{key}", which is not a setting.',
    hint: '{suggestion}',
  },
  config_bad_value: {
    fault: 'user',
    status: 400,
    message: '{where}: {value} is no value for {key}, which must be {allowed}.',
    hint: 'Mend it, or leave it out for the default, {default}.',
  },
  config_given_twice: {
    fault: 'user',
    status: 400,
    message: '{where} sets {key} twice.',
    hint: 'Keep one of the two places.',
  },
  config_conflict: {
    fault: 'user',
    status: 400,
    message: '{lesser} ({lesserValue}, {lesserWhere}) must not be above {greater} ({greaterValue}, {greaterWhere}).',
    hint: 'Lower {lesser} or raise {greater}.',
  },
  config_broken_file: {
    fault: 'user',
    status: 400,
    message: '{file} is not a JSON object of settings: {problem}.',
    hint: 'Mend or delete the file; "strikescan config init --force" writes a fresh one.',
  },
  config_unreadable_file: {
    fault: 'user',
    status: 500,
    message: '{file} cannot be read: {problem}.',
    hint: 'Make the file readable for this user, or name another state folder with --home.',
  },
  config_unwritable_file: {
    fault: 'user',
    status: 500,
    message: '{file} cannot be written: {problem}.',
    hint: 'Make it a file that this user may write, or name another state folder with --home.',
  },
  config_file_exists: {
    fault: 'user',
    status: 409,
    message: '{file} already exists.',
    hint: 'Edit it, or overwrite it with --force.',
  },
  home_not_a_folder: {
    fault: 'user',
    status: 500,
    message: 'The state folder {home} cannot be used: {path} is not a folder.',
    hint: 'Name a folder with --home or STRIKESCAN_HOME.',
  },
  home_not_writable: {
    fault: 'user',
    status: 500,
    message: 'The state folder {home} cannot be written: {problem}.',
    hint: 'Make it writable for this user, or name another folder with --home or STRIKESCAN_HOME.',
  },
  home_disk_full: {
    fault: 'system',
    status: 507,
    message: 'The disk of the state folder {home} is full.',
    hint: 'Free some space, or name a folder on another disk with --home or STRIKESCAN_HOME.',
  },
  home_unusable: {
    fault: 'user',
    status: 500,
    message: 'The state folder {home} cannot be used: {problem}.',
    hint: 'Name another folder with --home or STRIKESCAN_HOME.',
  },
  output_unknown_format: {
    fault: 'user',
    status: 400,
    message: 'No row file format is known for {path}.',
    hint: 'End the name in one of {known}.',
  },
  output_not_writable: {
    fault: 'user',
    status: 500,
    message: 'The row file {path} cannot be written: {problem}.',
    hint: 'Name a file in an existing folder that this user may write.',
  },
  output_disk_full: {
    fault: 'system',
    status: 507,
    message: 'The disk is full: the row file {path} was not written.',
    hint: 'Free some space or name a file on another disk; a file that was there before is unchanged.',
  },
  standard_output_failed: {
    fault: 'system',
    status: 507,
    message: 'Standard output cannot be written: {problem}.',
    hint: 'What was written to it is not complete. Free some space, or send it elsewhere.',
  },
  flag_bad_value: {
    fault: 'user',
    status: 400,
    message: '{flag}: {value} must be {allowed}.',
    hint: '{hint}',
  },
  flags_exclude: {
    fault: 'user',
    status: 400,
    message: '{first} and {second} exclude each other.',
    hint: '{hint}',
  },
  flag_needed: {
    fault: 'user',
    status: 400,
    message: '{missing} is missing.',
    hint: '{hint}',
  },
  input_file_unreadable: {
    fault: 'user',
    status: 400,
    message: '{what} {path} cannot be read: {problem}.',
    hint: 'Check the path; relative paths start at the current folder.',
  },
  input_file_empty: {
    fault: 'user',
    status: 400,
    message: '{what} {path} holds nothing.',
    hint: '{hint}',
  },
} satisfies Record<string, ErrorDefinition>
