/* {"tries": "Declares five million symbols.", "run": {"code": "load_failed"}} */
const SYMBOLS = Array.from({ length: 5e6 }, (_, i) => 'S' + i)
async function main() { for (const symbol of SYMBOLS) await fetch(`https://api.polygon.io/v2/aggs/ticker/${symbol}/prev`) }
main()
