/* Pullback to the 20-day average in an up-trend. Tradier history, classes, run with: node tradier-pullback.ts */

interface Day {
  date: string
  open: number
  high: number
  low: number
  close: number
  volume: number
}

type Signal = { symbol: string; date: string; score: number; direction: 'bullish'; distance: number }

class TradierClient {
  private readonly base = 'https://api.tradier.com/v1'
  private readonly token: string

  constructor(token: string | undefined) {
    if (!token) throw new Error('TRADIER_TOKEN is not set')
    this.token = token
  }

  async history(symbol: string, start: string, end: string): Promise<Day[]> {
    const query = new URLSearchParams({ symbol, interval: 'daily', start, end })
    const response = await fetch(`${this.base}/markets/history?${query}`, {
      headers: { Authorization: `Bearer ${this.token}`, Accept: 'application/json' },
    })
    if (!response.ok) throw new Error(`${symbol}: ${response.status} ${await response.text()}`)
    const body = (await response.json()) as { history: { day: Day | Day[] } | null }
    const day = body.history?.day ?? []
    return Array.isArray(day) ? day : [day]
  }
}

class PullbackScanner {
  readonly signals: Signal[] = []
  private readonly client: TradierClient

  constructor(client: TradierClient) {
    this.client = client
  }

  async scan(symbol: string, date: string): Promise<void> {
    const days = await this.client.history(symbol, '2026-06-01', date)
    const last = days.at(-1)
    if (!last || last.date !== date || days.length < 60) return
    const mean = (n: number) => days.slice(-n).reduce((sum, d) => sum + d.close, 0) / n
    const [fast, slow] = [mean(20), mean(50)]
    const distance = last.low / fast - 1
    if (fast > slow && last.close > fast && Math.abs(distance) < 0.05) {
      this.signals.push({ symbol, date, score: Math.round((fast / slow - 1) * 1e4) / 100, direction: 'bullish', distance })
    }
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

async function main(): Promise<Signal[]> {
  const symbols = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'GOOG', 'META', 'AMD', 'NFLX', 'V', 'KO', 'SPY', 'QQQ']
  const dates = ['2026-09-23', '2026-09-24']
  const scanner = new PullbackScanner(new TradierClient(process.env.TRADIER_TOKEN))
  for (const date of dates) {
    for (const symbol of symbols) {
      await scanner.scan(symbol, date)
      await sleep(500) // 120 requests a minute
    }
  }
  console.table(scanner.signals)
  return scanner.signals
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
