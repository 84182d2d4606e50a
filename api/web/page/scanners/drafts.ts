/** A script that is being written: what was not saved outlives a look at another page, and a reload. */
export interface Draft {
  readonly filename: string
  readonly text: string
}

const keyOf = (place: string): string => `draft ${place}`

export function keepDraft(place: string, draft: Draft): void {
  try {
    sessionStorage.setItem(keyOf(place), JSON.stringify(draft))
  } catch {
    // A full or forbidden storage: the draft is as safe as any text in a browser.
  }
}

export function draftAt(place: string): Draft | null {
  try {
    const draft = JSON.parse(sessionStorage.getItem(keyOf(place)) ?? 'null') as Partial<Draft> | null
    return typeof draft?.filename === 'string' && typeof draft.text === 'string' ? { filename: draft.filename, text: draft.text } : null
  } catch {
    return null
  }
}

export function dropDraft(place: string): void {
  try {
    sessionStorage.removeItem(keyOf(place))
  } catch {
    // As above.
  }
}
