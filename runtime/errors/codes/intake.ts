import type { ErrorDefinition } from '../definition.ts'

const refused = { fault: 'user', status: 422 } as const
const note = { fault: 'script', status: 422 } as const
/** What a script may do that reads its list from a file. */
const IN_A_FILE =
  'A list in a file is found where the script names the file and it lies beside it: one symbol a line, a CSV with a `symbol` column, or JSON with a list of them. The command line takes it along; upload a tar of the folder with the script first.'

/** Errors refuse a file; warnings and infos of the intake report take their text from here too. */
export const intakeErrors = {
  file_empty: { ...refused, message: '{filename} is empty.', hint: 'Give the file that holds the scanner script.' },
  file_too_large: {
    fault: 'user',
    status: 413,
    message: '{filename} has {bytes} bytes; the limit is {limit}.',
    hint: 'Leave data and unused libraries out of the script, or raise intake.maxBytes.',
  },
  file_binary: {
    ...refused,
    message: '{filename} is not a text file: it looks like {kind}.',
    hint: 'Upload the script itself, as JavaScript or TypeScript text in UTF-8.',
  },
  file_utf16: { ...refused, message: '{filename} is encoded as UTF-16.', hint: 'Save the file as UTF-8 and upload it again.' },
  file_invalid_utf8: {
    ...refused,
    message: '{filename} is not valid UTF-8: the first bad byte stands at offset {offset}.',
    hint: 'Save the file as UTF-8 and upload it again.',
  },
  file_nul_byte: {
    ...refused,
    message: '{filename} holds a NUL byte at offset {offset}.',
    hint: 'Remove the NUL byte, or save the file again as UTF-8 text.',
  },
  file_not_script: { ...refused, message: '{filename} is {kind}, not a JavaScript or TypeScript script.', hint: '{advice}' },
  nested_too_deeply: {
    ...refused,
    message: '{filename} nests brackets or expressions too deeply for the compiler.',
    hint: 'Flatten the nesting (at most {limit} levels); move generated data into plain arrays.',
  },
  syntax_error: { ...refused, message: 'Syntax error: {reason}.', hint: '{advice}' },
  typescript_error: {
    ...refused,
    message: 'The TypeScript does not compile: {reason}.',
    hint: 'Mend the line shown; types are removed, not checked, so only the syntax matters here.',
  },
  compile_timeout: {
    ...refused,
    message: '{filename} took longer than {timeoutMs} ms to compile.',
    hint: 'Simplify deeply nested or generated code, or upload the compiled JavaScript.',
  },
  compiler_failed: {
    fault: 'system',
    status: 500,
    message: 'The TypeScript compiler could not run: {reason}.',
    hint: 'Reinstall the dependencies (npm install) so that the esbuild binary of this platform is there.',
  },
  not_transpiled: {
    fault: 'system',
    status: 500,
    message: '{filename} is TypeScript and was analysed without being compiled.',
    hint: 'Compile it first: transpile() in runtime/intake.',
  },

  no_entry: {
    ...refused,
    message: '{filename} has nothing that Strikescan can call: {seen}.',
    hint: 'Accepted: `export default defineScanner({ scan({ symbol, bars }) { … } })`; `export default function (symbol, bars) { … }`; `export function scan(symbol, bars) { … }`; `export async function main(symbols, dates) { … }`; or a script with `const SYMBOLS = […]` at the top level and a call of `main()`.',
  },
  symbols_not_found: {
    ...refused,
    message: '{filename} starts itself, but no symbol list was found at its top level.',
    hint: "Declare the list outside all functions, as in `const SYMBOLS = ['AAPL', 'MSFT']`, ask Polygon for it (/v3/reference/tickers), or export `main(symbols, dates)`. " + IN_A_FILE,
  },
  symbols_computed: {
    ...refused,
    message: 'The list of symbols is not known before the script runs: `{name}` is worked out in the midst of it.',
    hint: "Declare the list at the top level, as in `const SYMBOLS = ['AAPL', 'MSFT']`, ask Polygon for it (/v3/reference/tickers or a snapshot of all tickers is answered with the run's symbols), or export `main(symbols, dates)`. " + IN_A_FILE,
  },
  symbols_asked: {
    ...note,
    message: "The script asks {what}: it is told of the run's symbols and of no other, and runs once over all of them.",
    hint: 'Nothing to do; with a list of its own, as in `const SYMBOLS = […]`, its symbols could be worked on in parallel.',
  },
  symbols_unread: {
    ...refused,
    message: '`{name}` is never read, so the script does the same whatever symbols are put there.',
    hint: 'Read the list where the symbols are looked at, as in `for (const symbol of {name})`, or export `main(symbols, dates)`.',
  },
  list_ambiguous: {
    ...note,
    message: '`{name}` could be the list of {role} too; `{chosen}` is taken, which {why}.',
    hint: 'Rename `{name}` if it is not such a list; to have it taken, call it {suggestion}.',
  },
  lists_several: {
    ...note,
    message: 'The script goes through several lists of symbols, {names}: a run covers the symbols of all of them.',
    hint: 'Where a run is given symbols, each list keeps those that it holds, and all others go to `{first}`.',
  },
  list_replaced: {
    ...note,
    message: "`{name}` is a constant that can't be changed after it is made, so the text of its value is replaced when it is compiled.",
    hint: 'Nothing to do; the stored file stays as uploaded.',
  },
  list_inside: {
    ...note,
    message: 'The list of {role} inside {place} is replaced where it stands: no name at the top level holds it.',
    hint: "Nothing to do; the stored file stays as uploaded, and the script's functions show their own text.",
  },
  list_single: {
    ...note,
    message: '`{name}` holds one value at a time, so the script runs once for each.',
    hint: "For one run over many, make it a list: `const {plural} = ['{example}', …]`.",
  },
  own_lists: {
    ...note,
    message:
      "{name} takes no symbols, so it is not called for each of them: it goes through its own list `{list}`, in whose place the run's symbols are put.",
    hint: 'Nothing to do.',
  },
  takes_no_symbols: {
    ...note,
    message:
      '{name} takes no symbols, and no list of symbols was found that could be replaced: it is run once, and a symbol that it does not report is a miss, looked at or not.',
    hint: "Take them as `main(symbols, dates)`, or declare them at the top level, as in `const SYMBOLS = ['AAPL', 'MSFT']`.",
  },
  class_not_made: {
    ...refused,
    message:
      'The class `{name}` is exported and not an object of it, and making one is not plain: its constructor asks for arguments, or there are several such classes.',
    hint: 'Export an object: `export default new {name}(…)`, or `module.exports = new {name}(…)`.',
  },
  symbols_unused: {
    ...note,
    message:
      '`{name}` is declared but never used: the script is run once and does the same whatever symbols the run is given, and one that it does not report is a miss, looked at or not.',
    hint: 'Use the list in the loop, as in `for (const symbol of {name})`.',
  },
  dates_unused: {
    ...note,
    message: '`{name}` is declared but never used, so the script does the same on every date.',
    hint: 'Use the dates in the loop, or remove the list.',
  },
  list_unread: {
    ...note,
    message: '`{name}` is not taken as the list of {role}: {why}.',
    hint: 'Declare it at the top level, as in `const {suggestion} = […]`, or give the run its {role}.',
  },
  entry_not_exported: {
    ...note,
    message: '`{name}` is not exported; Strikescan calls it all the same.',
    hint: 'Write `export` before it to say so.',
  },
  entry_self_started: {
    ...note,
    message: 'The call of `{name}` on line {line} is left out: Strikescan calls `{name}` itself.',
    hint: 'Nothing to do.',
  },

  scan_takes_context: {
    ...refused,
    message: '{name} is called as (symbol, bars, context), and takes its first parameter apart as if that were an object.',
    hint: 'Hand it to the SDK, as in `export default defineScanner({ scan({ symbol, bars }) { … } })`, or write (symbol, bars, context) as its parameters.',
  },
  import_relative: {
    ...refused,
    message: '`{specifier}` is another file, and only this one was uploaded.',
    hint: 'Run the file where that one lies beside it (the command line takes both), upload a tar of the folder with this file first, or bundle it: npx esbuild {filename} --bundle --format=esm --packages=external --outfile=bundled.js',
  },
  companion_refused: { ...refused, message: '{place} {problem}', hint: 'Mend that file, or leave its import out.' },
  import_unavailable: { ...refused, message: '`{specifier}` is not available: {why}.', hint: '{advice}' },
  import_unknown: {
    ...refused,
    message: 'The package `{specifier}` is not on the list of allowed packages, and a node_modules beside the script is not looked into.',
    hint: 'Bundle it into the file, in the folder where it is installed ({bundling}), or ask the operator to allow it. Allowed: {allowed}.',
  },
  import_absent: {
    ...refused,
    message:
      'The package `{specifier}` is allowed (setting imports.allow) and is not installed beside Strikescan: packages are looked for there, and not beside the script.',
    hint: 'Install it where Strikescan is installed (npm install {specifier}), or bundle it into the file ({bundling}).',
  },
  import_url: {
    ...refused,
    message: '`{specifier}` is an address; nothing is loaded from the network.',
    hint: 'Put the code into the file, or bundle it with esbuild.',
  },
  import_optional: {
    ...note,
    message: '`{specifier}` is not there, which the script catches: {problem}',
    hint: 'Nothing to do, unless the script needs it.',
  },
  import_dynamic: {
    ...note,
    message: 'The module that `{expression}` loads is only known while it runs.',
    hint: "Write the name as text, as in require('technicalindicators'), so that it can be prepared.",
  },

  treated_as_typescript: {
    ...note,
    message: '{filename} is named as JavaScript but holds TypeScript; it was compiled as such.',
    hint: 'Name it .ts to say so.',
  },
  too_many_statements: {
    ...refused,
    message: '{filename} has {count} statements at its top level; the limit is {limit}.',
    hint: 'Move generated data into arrays or objects.',
  },
  runs_whole: { ...note, message: 'The file is compiled as one unit: {reason}.', hint: 'Nothing to do.' },
  infinite_loop: {
    ...note,
    message: 'This loop never ends: nothing in it breaks, returns, throws or waits.',
    hint: 'Give it an end, or it runs into the time limit.',
  },
  random_values: {
    ...note,
    message: 'Math.random gives the same sequence in every run: it is seeded.',
    hint: 'Nothing to do, unless the numbers must differ between runs.',
  },
  clock_read: { ...note, message: '`{expression}` gives the instant that the scan runs as of, not the present.', hint: 'Nothing to do.' },
  interval_timer: {
    ...note,
    message: 'setInterval repeats on a virtual clock; a scan that never clears it runs into the time limit.',
    hint: 'Call clearInterval once the work is done; Strikescan repeats runs, not scripts.',
  },
  code_from_text: {
    ...note,
    message: '`{expression}` makes code from text, which the checks of this report do not see.',
    hint: 'Write the code plainly.',
  },
  file_write: {
    ...note,
    message: '`{expression}` writes no file: what is written is kept as an output of the run.',
    hint: "Return the results or log them; read them from the run's rows.",
  },
  file_came_along: {
    ...note,
    message: '`{expression}` reads {file}, which came with the script.',
    hint: 'Nothing to do: the run keeps it as it is now.',
  },
  file_read: {
    ...note,
    message: '`{expression}` finds no file: a scan has no disk, and {file}.',
    hint: 'Name a text file beside the script, which then comes with it (the command line takes it along; elsewhere upload a tar of both), put the data into the script, or choose symbols and dates in the run.',
  },
  process_exit: {
    ...note,
    message: '`{expression}` ends the script for the symbols it has not reached as well.',
    hint: "Use return, or throw an error for a symbol that can't be scanned.",
  },
  long_sleep: { ...note, message: 'A wait of {ms} ms passes at once: the clock is virtual.', hint: 'Nothing to do.' },
  secret_in_source: {
    ...note,
    message: 'What looks like an API key stands in the text (`{name}`), and the stored source shows it.',
    hint: 'Read it from process.env; market data needs no key here.',
  },
  unknown_host: {
    ...note,
    message: 'Requests to {host} get no answer: only the usual market-data APIs are served.',
    hint: 'Use the data the scan is given, or one of the usual APIs.',
  },
  web_socket: {
    ...note,
    message: 'WebSocket is not available: scans run over stored market data.',
    hint: 'Use daily bars, or fetch from one of the usual APIs.',
  },
} satisfies Record<string, ErrorDefinition>
