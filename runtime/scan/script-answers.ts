import { PacedAnswers } from '../explore/paced-answers.ts'
import { ScriptChains } from '../explore/script-chains.ts'
import { ScriptNews, type NewsDeps } from '../explore/script-news.ts'
import type { OptionSourceDeps } from '../explore/option-source.ts'
import type { Settings } from '../config/schema.ts'
import type { Snapshot } from '../market/snapshot.ts'
import type { Ears } from './run-voices.ts'
import type { StoredPlan } from './stored-plan.ts'

interface AnswerDeps {
  readonly exploration: OptionSourceDeps
  readonly news: NewsDeps
  readonly settings: Settings
}

/**
 * What answers a run's scripts where the snapshot does not hold what they ask for, one question after another. The state
 * of the news goes into the plan: what is imported later is not seen, nor by those who resume or replay the run.
 */
export function scriptAnswers({ exploration, news, settings }: AnswerDeps, plan: StoredPlan, snapshot: Snapshot): Pick<Ears, 'chains' | 'news'> {
  const answers = new PacedAnswers()
  let problem: string | null = null
  try {
    if (plan.news === undefined && !snapshot.simulated) plan.news = news.currentNews()
  } catch (error) {
    // A store that cannot be read is no matter of scripts that ask for no news.
    problem = (error as Error).message
  }
  return {
    chains: new ScriptChains(exploration, snapshot, answers),
    news: new ScriptNews({ deps: { news, settings }, market: snapshot, state: plan.news ?? null, problem, answers }),
  }
}
