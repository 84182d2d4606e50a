/* {"tries": "Ranks hits that are none, twice, of other symbols.", "rows": {"status": "failed", "code": "rank_result_invalid"}} */
import { defineScanner } from 'strikescan'
export default defineScanner({ name: 'rank', scan: () => 1, rank: ({ candidates }) => [...candidates, { symbol: '__proto__' }] })
