/* {"tries": "Is an async generator instead of a function: it yields without an end.", "rows": {"status": "failed", "code": "script_threw", "says": "more than 100000 items in an async generator"}} */
export async function* scan(symbol, bars) { for (;;) yield { score: 1 } }
