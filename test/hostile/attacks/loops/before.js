/* {"tries": "Loops in the hook before a batch.", "rows": {"status": "timed_out", "code": "symbol_timeout"}, "limits": {"symbolTimeoutMs": 200}} */
import { defineScanner } from 'strikescan'
export default defineScanner({ name: 'before', before() { for (;;) {} }, scan: () => 1 })
