/** Two lists that have a symbol in common. */
const LISTS = "const TECH = ['AAPL', 'MSFT', 'V']\nconst BANKS = ['JPM', 'BAC', 'V']\nconst hits = []\n"

/** Scripts that go through several lists of symbols, by how they hold and read them; their hits are in `hits`, with the group as `g`. */
export const GROUPED: Record<string, string> = {
  'groups of objects':
    "const GROUPS = [{ name: 'tech', symbols: ['AAPL', 'MSFT'] }, { name: 'banks', symbols: ['JPM', 'BAC'] }]\nconst hits = []\nasync function main() { for (const group of GROUPS) for (const symbol of group.symbols) hits.push({ symbol, g: group.name }) }\nmain()",
  'groups destructured':
    "const SECTORS = [{ name: 'tech', tickers: ['AAPL', 'MSFT'] }, { name: 'banks', tickers: ['JPM', 'BAC'] }]\nconst hits = []\nasync function main() { for (const { name, tickers } of SECTORS) { for (const t of tickers) { await null; hits.push({ symbol: t, g: name }) } } }\nmain()",
  'groups inside main':
    "const hits = []\nasync function main() {\n const groups = [\n  { name: 'tech', symbols: ['AAPL', 'MSFT'] },\n  { name: 'banks', symbols: ['JPM', 'BAC'] },\n ]\n for (const group of groups) for (const symbol of group.symbols) hits.push({ symbol, g: group.name }) }\nmain()",
  'groups forEach':
    "const GROUPS = [{ name: 'tech', symbols: ['AAPL', 'MSFT'] }, { name: 'banks', symbols: ['JPM', 'BAC'] }]\nconst hits = []\nGROUPS.forEach((g) => g.symbols.forEach((symbol) => hits.push({ symbol, g: g.name })))",
  'groups flatMap':
    "const GROUPS = [{ name: 'tech', symbols: ['AAPL', 'MSFT'] }, { name: 'banks', symbols: ['JPM', 'BAC'] }]\nconst hits = []\nfor (const symbol of GROUPS.flatMap((g) => g.symbols)) hits.push({ symbol })",
  'groups members':
    "const GROUPS = [{ name: 'tech', members: ['AAPL', 'MSFT'] }, { name: 'banks', members: ['JPM', 'BAC'] }]\nconst hits = []\nfor (const { name, members } of GROUPS) for (const symbol of members) hits.push({ symbol, g: name })",
  'object of lists':
    "const SECTORS = { tech: ['AAPL', 'MSFT'], banks: ['JPM', 'BAC'] }\nconst hits = []\nfor (const [name, list] of Object.entries(SECTORS)) for (const symbol of list) hits.push({ symbol, g: name })",
  'object of lists inside':
    "const hits = []\nfunction main() { const sectors = { tech: ['AAPL', 'MSFT'], banks: ['JPM', 'BAC'] }\nfor (const [name, list] of Object.entries(sectors)) for (const symbol of list) hits.push({ symbol, g: name }) }\nmain()",
  'object of objects':
    "const SECTORS = { tech: { label: 'Tech', symbols: ['AAPL', 'MSFT'] }, banks: { label: 'Banks', symbols: ['JPM', 'BAC'] } }\nconst hits = []\nfor (const key in SECTORS) for (const symbol of SECTORS[key].symbols) hits.push({ symbol, g: SECTORS[key].label })",
  'upper object of objects':
    "const SECTORS = { TECH: { symbols: ['AAPL', 'MSFT'] }, BANKS: { symbols: ['JPM', 'BAC'] } }\nconst hits = []\nfor (const [name, { symbols }] of Object.entries(SECTORS)) for (const symbol of symbols) hits.push({ symbol, g: name })",
  'list of lists':
    "const LISTS = [['AAPL', 'MSFT'], ['JPM', 'BAC']]\nconst hits = []\nfor (const list of LISTS) for (const symbol of list) hits.push({ symbol, g: LISTS.indexOf(list) })",
  'pairs':
    "const LISTS = [['tech', ['AAPL', 'MSFT']], ['banks', ['JPM', 'BAC']]]\nconst hits = []\nfor (const [name, list] of LISTS) for (const symbol of list) hits.push({ symbol, g: name })",
  'map of lists':
    "const LISTS = new Map([['tech', ['AAPL', 'MSFT']], ['banks', ['JPM', 'BAC']]])\nconst hits = []\nfor (const [name, list] of LISTS) for (const symbol of list) hits.push({ symbol, g: name })",
  'frozen groups':
    "const GROUPS = Object.freeze([{ name: 'tech', symbols: Object.freeze(['AAPL', 'MSFT']) }, { name: 'banks', symbols: ['JPM', 'BAC'] }])\nconst hits = []\nfor (const group of GROUPS) for (const symbol of group.symbols) hits.push({ symbol, g: group.name })",
  'groups with other arrays':
    "const GROUPS = [{ name: 'tech', tags: ['HOT', 'BIG'], symbols: ['AAPL', 'MSFT'] }, { name: 'banks', tags: ['OLD'], symbols: ['JPM', 'BAC'] }]\nconst hits = []\nfor (const group of GROUPS) for (const symbol of group.symbols) hits.push({ symbol, g: group.name })",
  'groups of named lists':
    LISTS + "const GROUPS = [{ name: 'tech', symbols: TECH }, { name: 'banks', symbols: BANKS }]\nfor (const { name, symbols } of GROUPS) for (const symbol of symbols) hits.push({ symbol, g: name })",
  'object of named lists':
    LISTS + "const GROUPS = { TECH, BANKS }\nfor (const name of Object.keys(GROUPS)) for (const symbol of GROUPS[name]) hits.push({ symbol, g: name })",
  'list of named lists':
    LISTS + "for (const list of [TECH, BANKS]) for (const symbol of list) hits.push({ symbol, g: list === TECH ? 'tech' : 'banks' })",
  'config with groups':
    "const CONFIG = { minVolume: 5, groups: [{ name: 'tech', symbols: ['AAPL', 'MSFT'] }, { name: 'banks', symbols: ['JPM', 'BAC'] }] }\nconst hits = []\nfor (const g of CONFIG.groups) for (const symbol of g.symbols) hits.push({ symbol, g: g.name })",
  'config with watchlists':
    "const config = { watchlists: { tech: ['AAPL', 'MSFT'], banks: ['JPM', 'BAC'] }, rsi: 30 }\nconst hits = []\nfor (const [g, list] of Object.entries(config.watchlists)) for (const symbol of list) hits.push({ symbol, g })",
  'class with groups':
    "class S { constructor() { this.groups = [{ name: 'tech', symbols: ['AAPL', 'MSFT'] }, { name: 'banks', symbols: ['JPM', 'BAC'] }] }\n run() { for (const g of this.groups) for (const symbol of g.symbols) hits.push({ symbol, g: g.name }) } }\nconst hits = []\nnew S().run()",
  'generator':
    LISTS + "function* universe() { yield* TECH; yield* BANKS }\nfor (const symbol of universe()) hits.push({ symbol })",
  'generator loops':
    LISTS + "function* universe() { for (const s of TECH) yield s; for (const s of BANKS) yield s }\nasync function main() { for (const symbol of universe()) { await null; hits.push({ symbol }) } }\nmain()",
  'generator of pairs':
    LISTS + "function* universe() { for (const s of TECH) yield [s, 'tech']; for (const s of BANKS) yield [s, 'banks'] }\nfor (const [symbol, g] of universe()) hits.push({ symbol, g })",
  'generator of objects':
    LISTS + "function* universe() { for (const s of TECH) yield { symbol: s, g: 'tech' }; for (const s of BANKS) yield { symbol: s, g: 'banks' } }\nfor (const item of universe()) hits.push({ symbol: item.symbol, g: item.g })",
  'async generator':
    LISTS + "async function* universe() { yield* TECH; yield* BANKS }\nasync function main() { for await (const symbol of universe()) hits.push({ symbol }) }\nmain()",
  'generator spread':
    LISTS + "function* universe() { yield* TECH; yield* BANKS }\nfor (const symbol of [...universe()]) hits.push({ symbol })",
  'generator in main':
    "const hits = []\nfunction main() { const TECH = ['AAPL', 'MSFT']\nconst BANKS = ['JPM', 'BAC']\nfunction* universe() { yield* TECH; yield* BANKS }\nfor (const symbol of universe()) hits.push({ symbol }) }\nmain()",
  'index of two':
    LISTS + "for (let i = 0; i < TECH.length; i++) hits.push({ symbol: TECH[i], g: 'tech' })\nfor (let i = 0; i < BANKS.length; i++) hits.push({ symbol: BANKS[i], g: 'banks' })",
  'index of two after all':
    LISTS + "for (let i = 0; i < TECH.length + BANKS.length; i++) { const symbol = i < TECH.length ? TECH[i] : BANKS[i - TECH.length]; hits.push({ symbol }) }",
  'index both at once':
    "const TECH = ['AAPL', 'MSFT']\nconst BANKS = ['JPM', 'BAC']\nconst hits = []\nfor (let i = 0; i < TECH.length; i++) { hits.push({ symbol: TECH[i] }); hits.push({ symbol: BANKS[i] }) }",
  'index one of lists':
    LISTS + "const which = [TECH, BANKS]\nfor (let k = 0; k < which.length; k++) for (let i = 0; i < which[k].length; i++) hits.push({ symbol: which[k][i], g: k })",
  'while index':
    LISTS + "let i = 0\nwhile (i < TECH.length) { const symbol = TECH[i]; i++; hits.push({ symbol, g: 'tech' }) }\nlet j = 0\nwhile (j < BANKS.length) { const symbol = BANKS[j++]; hits.push({ symbol, g: 'banks' }) }",
  'index then shift':
    LISTS + "while (TECH.length) { const symbol = TECH.shift(); hits.push({ symbol }) }\nfor (let i = 0; i < BANKS.length; i++) hits.push({ symbol: BANKS[i] })",
  'index in for in':
    LISTS + "for (const i in TECH) hits.push({ symbol: TECH[i] })\nfor (const i in BANKS) hits.push({ symbol: BANKS[i] })",
  'generator method':
    LISTS + "const universe = { *[Symbol.iterator]() { yield* TECH; yield* BANKS } }\nfor (const symbol of universe) hits.push({ symbol })",
}
