/* {"tries": "Is an async generator instead of a function: what it gives has no rows in it.", "rows": {"status": "failed", "code": "result_not_plain", "says": "shows no fields"}} */
export async function* scan(symbol, bars) { for (;;) yield { score: 1 } }
