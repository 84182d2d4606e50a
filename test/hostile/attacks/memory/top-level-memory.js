/* {"tries": "Fills the heap before its first symbol.", "run": {"code": "load_failed", "says": "memory"}} */
export function scan() { return 1 }
const all = []
for (;;) all.push(new Array(1000).fill({}))
