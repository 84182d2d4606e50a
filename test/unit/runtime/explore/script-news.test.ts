import { expect, it } from 'vitest'

import { PacedAnswers } from '../../../../runtime/explore/paced-answers.ts'
import { ScriptNews } from '../../../../runtime/explore/script-news.ts'
import { StrikescanError } from '../../../../runtime/errors/strikescan-error.ts'
import type { NewsWish } from '../../../../runtime/worker/news-ask.ts'

const WISH: NewsWish = { tickers: ['AAPL'], range: null, from: null, to: null, isDescending: true, limit: 10, after: null }
const FOLDER = '/srv/operator/.strikescan/market/news'

it.each<[string, string | null, () => never]>([
  ['is told when the run begins', `The store ${FOLDER} cannot be read.`, () => { throw new Error('not asked') }],
  ['is found on the way', null, () => { throw new StrikescanError('store_unwritable', { path: FOLDER, folder: FOLDER, file: FOLDER, problem: `EACCES: open '${FOLDER}/catalog.db'` }) }],
])('a script is told of no folder of this machine by trouble that %s', async (_, problem, newsSource) => {
  const news = new ScriptNews({ deps: { news: { currentNews: () => 1, newsSource }, settings: {} as never }, market: { simulated: false, provider: 'import' }, state: 1, problem, answers: new PacedAnswers() })
  const answer = JSON.parse(await news.answer(WISH, '2026-11-20')) as { kind: string; reason: string; message: string }
  expect(answer).toMatchObject({ kind: 'none', reason: 'failed' })
  expect(answer.message).not.toMatch(/operator|strikescan\//)
})
