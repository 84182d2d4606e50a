import type { ErrorDefinition } from '../definition.ts'

/** Built-in scanners by name, and the author's loop: new projects and pushes to a server. */
export const authoringErrors = {
  scanner_name_unknown: {
    fault: 'user',
    status: 404,
    message: 'There is no built-in scanner "{name}".',
    hint: '{suggestion}',
  },
  scanner_plugin_broken: {
    fault: 'system',
    status: 500,
    message: 'The built-in scanner {file} cannot be loaded: {problem}.',
    hint: 'Mend or remove the file in plugins/scanners.',
  },
  artifact_unknown: {
    fault: 'user',
    status: 404,
    message: 'The script of run {run} wrote no file {path}.',
    hint: 'The files that a run has are listed by "strikescan runs show" and in its `files`.',
  },
  artifact_gone: {
    fault: 'user',
    status: 410,
    message: 'The file {path} of run {run} cannot be read: {problem}.',
    hint: 'It lay in the folder artifacts of the state folder; run the script again to have it written again.',
  },
  artifacts_not_copied: {
    fault: 'user',
    status: 500,
    message: '{file} cannot be written: {problem}.',
    hint: 'Name a folder for the files of the script that is new, or in which none of them stands yet, and that this user may write to.',
  },
  node_too_old: {
    fault: 'user',
    status: 400,
    message: 'runScanner needs Node {oldest} or newer, and this is {version}.',
    hint: 'The Node that comes with the package runs tests started by npm: "npm test", or "npx node --test".',
  },
  project_name_missing: {
    fault: 'user',
    status: 400,
    message: 'The project has no name: the folder to make is empty text.',
    hint: 'Name a folder, as in "strikescan new my-scanner".',
  },
  project_name_invalid: {
    fault: 'user',
    status: 400,
    message: 'A project cannot be called "{name}".',
    hint: 'Use lower-case letters, digits and single hyphens, beginning with a letter, at most 60 of them, as in my-scanner.',
  },
  project_not_empty: {
    fault: 'user',
    status: 409,
    message: '{folder} already holds {found}.',
    hint: 'Nothing was written: name a folder that is new or empty.',
  },
  project_not_writable: {
    fault: 'user',
    status: 500,
    message: '{folder} cannot be written: {problem}.',
    hint: 'Name a folder that this user may write to.',
  },
  push_server_invalid: {
    fault: 'user',
    status: 400,
    message: '{server} is no address of a server.',
    hint: 'Write it as http://127.0.0.1:7070 or https://scans.example.com.',
  },
  push_token_in_clear: {
    fault: 'user',
    status: 400,
    message: 'The token would go to {host} over plain HTTP, readable on the way.',
    hint: 'Use an https:// address, or a tunnel to this machine.',
  },
  push_unreachable: {
    fault: 'system',
    status: 502,
    message: 'No server answers at {server}: {problem}.',
    hint: 'Start one with "strikescan serve", or name another with --server.',
  },
  push_refused: {
    fault: 'user',
    status: 422,
    message: 'The server refused {what} [{code}]: {problem}',
    hint: '{advice}',
  },
  push_not_strikescan: {
    fault: 'user',
    status: 502,
    message: 'What answers at {server} is no Strikescan server: {problem}.',
    hint: 'Check the address and its port.',
  },
  push_watch_lost: {
    fault: 'system',
    status: 502,
    message: 'The connection to {server} was lost while run {run} was watched: {problem}.',
    hint: 'The run goes on there: see {server}/api/runs/{run}.',
  },
} satisfies Record<string, ErrorDefinition>
