// Writes sdk/REFERENCE.md from the declarations and doc comments of everything that the package exports. A test holds the
// page against the sources; `node .ci/reference.js` brings it up to date.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGE = join(ROOT, 'sdk/REFERENCE.md')
const TYPESCRIPT = join(ROOT, 'node_modules/typescript/bin/tsc')

/** What can be imported, each with what it is for. */
const MODULES = [
  ['strikescan', 'sdk/index.ts', 'Scanners, indicators, strategies.'],
  [
    'strikescan/options',
    'sdk/options/index.ts',
    'Option maths: prices, Greeks, implied volatility, positions. Times are years (ACT/365F), rates and volatilities decimals a year.',
  ],
  ['strikescan/testing', 'api/testing/index.ts', 'For tests of scanners.'],
]

const INTRODUCTION = `# SDK reference

<!-- Made from the sources by .ci/reference.js: change the doc comments, not this page. -->

Every export of the package, as declared. In an isolate the same names come from \`strikescan\`; \`ta\` is also part of every scan's context.
`

/** The page as the sources have it now. */
export function referencePage() {
  const folder = mkdtempSync(join(tmpdir(), 'strikescan-reference-'))
  try {
    const modules = MODULES.filter(([, entry]) => existsSync(join(ROOT, entry)))
    declare(folder, modules.map(([, entry]) => entry))
    const sections = modules.map(([name, entry, about]) => section(folder, name, entry, about))
    return `${INTRODUCTION}\n${sections.join('\n')}`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function declare(folder, entries) {
  const config = join(folder, 'tsconfig.json')
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
    rootDir: ROOT,
    outDir: folder,
    typeRoots: [join(ROOT, 'node_modules/@types')],
  }
  const files = entries.map((entry) => join(ROOT, entry))
  writeFileSync(config, JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: [], files }))
  // What does not type-check elsewhere is the type check's business: declarations are emitted all the same.
  const { error } = spawnSync(process.execPath, [TYPESCRIPT, '--noCheck', '--project', config], { encoding: 'utf8' })
  if (error) throw error
}

function section(folder, name, entry, about) {
  const exported = exportsOf(folder, entry.replace(/\.ts$/, '.d.ts'))
  const byName = [...exported.values()].sort((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1))
  const values = byName.filter(({ isType }) => !isType)
  const types = byName.filter(({ isType }) => isType)
  const streams = values.filter(({ name: each }) => each.endsWith('Stream'))
  const parts = [
    ...values.filter((each) => !streams.includes(each)).map(entryText),
    ...(exported.has('ta') ? ['### Indicators of `ta`\n', ...indicators(folder).map(entryText)] : []),
    ...(streams.length > 0 ? ['### Indicators one value at a time\n', ...streams.map(entryText)] : []),
    ...(types.length > 0 ? ['### Types\n', ...types.map(entryText)] : []),
  ]
  return `## \`${name}\`\n\n${about}\n\n${parts.join('\n')}`
}

function entryText({ name, doc, code }) {
  return `#### \`${name}\`\n\n${doc === '' ? '' : `${doc}\n\n`}\`\`\`ts\n${code}\n\`\`\`\n`
}

/** Everything that a declaration file exports, by name, followed to where it is declared. */
function exportsOf(folder, file, seen = new Set()) {
  const found = new Map()
  if (seen.has(file)) return found
  seen.add(file)
  const text = readFileSync(join(folder, file), 'utf8')
  for (const declaration of declarationsOf(text)) if (declaration.isExported) found.set(declaration.name, declaration)
  for (const [, clause, path] of text.matchAll(/^export (?:type )?(\*|\{[^}]*\}) from ['"](.+?)['"];/gm)) {
    const target = exportsOf(folder, posix.join(dirname(file), path.replace(/\.ts$/, '.d.ts')), clause === '*' ? seen : new Set())
    const wanted = clause === '*' ? [...target.keys()].map((name) => [name, name]) : namesOf(clause)
    for (const [name, shown] of wanted) if (target.has(name)) found.set(shown, { ...target.get(name), name: shown })
  }
  return found
}

/** The names in a clause such as `{ one, type two as three }`, each with the one that it is exported by. */
function namesOf(clause) {
  const parts = clause.slice(1, -1).split(',').map((part) => part.trim().replace(/^type /, ''))
  return parts.filter((part) => part !== '').map((part) => {
    const [name, shown = name] = part.split(' as ').map((each) => each.trim())
    return [name, shown]
  })
}

/** The members of `ta`, each under the name that a scanner calls it by. */
function indicators(folder) {
  const text = readFileSync(join(folder, 'sdk/indicators/ta.d.ts'), 'utf8')
  const imports = [...text.matchAll(/^import \{ (.+?) \} from '(.+?)';/gm)]
  const files = new Map(imports.flatMap(([, names, path]) => names.split(', ').map((name) => [name, path])))
  return [...text.matchAll(/^ {4}(\w+): typeof (\w+);/gm)].map(([, member, name]) => {
    const file = posix.join('sdk/indicators', files.get(name).replace(/\.ts$/, '.d.ts'))
    const { doc, code } = exportsOf(folder, file).get(name)
    return { name: `ta.${member}`, doc, code: code.replace(/^function \w+/, `ta.${member}`) }
  })
}

const HEAD = /^(export )?(?:declare )?(?:abstract )?(function|const|class|interface|type) (\w+)/

/** The declarations of a file, with their doc comments as Markdown and their text. */
function declarationsOf(text) {
  const found = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    let doc = ''
    if (lines[at].startsWith('/**')) {
      const from = at
      while (!lines[at].includes('*/')) at++
      doc = markdownOf(lines.slice(from, at + 1))
      at++
    }
    const head = HEAD.exec(lines[at] ?? '')
    if (head === null) continue
    const from = at
    // A declaration ends where a line begins at the margin again and no bracket is open.
    while (at + 1 < lines.length && (/^[\s})\]|]/.test(lines[at + 1]) && lines[at + 1] !== '')) at++
    const [, exported, kind, name] = head
    const code = codeOf(lines.slice(from, at + 1))
    found.push({ name, isExported: exported !== undefined, isType: kind === 'interface' || kind === 'type', doc, code })
  }
  return found
}

/** A declaration as an author would write it: indented by two, without its private members. */
const codeOf = (lines) =>
  lines
    .join('\n')
    .replace(/^export /, '')
    .replace(/^declare /, '')
    .replace(/;$/, '')
    .replaceAll(/^( +)/gm, (blanks) => ' '.repeat(blanks.length / 2))
    .replace(/\n {2}#private;|\n {2}private .*;/g, '')

/** A doc comment without its stars, its tags as a list. */
function markdownOf(lines) {
  const inside = lines.join('\n').replace(/^\/\*\*\s?/, '').replace(/\s*\*\/$/, '').split('\n')
  const text = inside.map((line) => line.replace(/^\s*\* ?/, '').trimEnd()).join('\n').trim()
  // A list stands apart from the text before it.
  const beforeList = (whole, before, dash, offset, all) =>
    all.slice(0, offset).includes('\n- ') || all.startsWith('- ') ? whole : `${before}\n\n${dash}`
  return text
    .replaceAll(/^@param ([\w, .]+?) (.*)/gm, (_, name, rest) => `- \`${name}\`: ${rest}`)
    .replaceAll(/^@throws (.*)/gm, '- throws $1')
    .replaceAll(/^@returns? (.*)/gm, '- gives $1')
    .replace(/([^\n])\n(- )/, beforeList)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(PAGE, referencePage())
  console.log('wrote sdk/REFERENCE.md')
}
