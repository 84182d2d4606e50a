/* {"tries": "Loops in the step that ranks the hits.", "rows": {"status": "timed_out", "code": "rank_timeout"}} */
import { defineScanner } from 'strikescan'
export default defineScanner({ name: 'rank', scan: () => 1, rank() { for (;;) {} } })
