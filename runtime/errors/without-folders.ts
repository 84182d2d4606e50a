import { basename } from 'node:path'

/** A text in which paths of files are cut down to their last part: for those whom this machine's folders do not concern. */
export const withoutFolders = (text: string): string => text.replaceAll(/(?<![\w:/.])(?:\/[\w.@+-]+){2,}/g, (path) => basename(path))
