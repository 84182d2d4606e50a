/* {"tries": "Declares its symbols as a proxy whose traps loop.", "refused": ["symbols_computed"]} */
const SYMBOLS = new Proxy(['AAPL'], { get(target, key) { for (;;) {} } })
async function main() { for (const symbol of SYMBOLS) await fetch(`https://api.polygon.io/v2/aggs/ticker/${symbol}/prev`) }
main()
