import { fileURLToPath } from 'node:url'

/**
 * The path of a file that is named by its path or its URL.
 * @param owner what takes the file, as messages name it
 * @throws TypeError for anything else
 */
export function pathOf(owner: string, file: string | { readonly href: string }): string {
  if (typeof file === 'string' && file !== '') return file
  const href = typeof file === 'object' && file !== null ? file.href : ''
  if (typeof href === 'string' && href.startsWith('file:')) return fileURLToPath(href)
  throw new TypeError(
    `${owner}: ${href || JSON.stringify(file) || String(file)} is no file; give its path, or its URL as in new URL('./scanner.ts', import.meta.url)`,
  )
}
