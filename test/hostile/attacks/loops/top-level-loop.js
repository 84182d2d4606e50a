/* {"tries": "Loops before its first symbol.", "run": {"code": "load_timeout"}} */
export function scan() { return 1 }
for (;;) {}
