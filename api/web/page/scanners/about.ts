/** What a scanner says of itself: its description, else the first sentence of its first comment, whose title is none. */
export function aboutOf(text: string): string {
  const said = /description:\s*(['"`])(.*?)\1/s.exec(text)?.[2]
  if (said !== undefined) return said
  const paragraphs = firstComment(text)
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '')
  const about = paragraphs.find((paragraph) => SENTENCE.test(paragraph)) ?? paragraphs[0] ?? ''
  return SENTENCE.exec(about)?.[0] ?? about
}

const SENTENCE = /^.*?[.?!](?=\s|$)/

/** The comment that comes first, without its marks: a block, or lines that follow each other. */
function firstComment(text: string): string {
  const [whole = '', block] = /\/\*(.*?)\*\/|^(?:[ \t]*\/\/.*(?:\n|$))+/ms.exec(text) ?? []
  return block === undefined ? whole.replaceAll(/^[ \t]*\/\/+[ \t]?/gm, '') : block.replaceAll(/^[ \t]*\*+[ \t]?/gm, '')
}
