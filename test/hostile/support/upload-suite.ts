import { describe, expect, it } from 'vitest'

import { UPLOADS } from './hostile-uploads.ts'

/** What a way in says of a file: the codes of its errors, none where it is taken. */
export interface Answer {
  /** Status of the answer over HTTP; left out elsewhere. */
  status?: number
  codes: string[]
}

/** Hands every hostile file in, and demands the report that stands beside it. @param stored scanners that are kept */
export function describeUploads(upload: (name: string, bytes: Uint8Array) => Promise<Answer>, stored: () => Promise<number>): void {
  const uploads = UPLOADS.filter(({ isLong }) => isLong !== true || process.env.TEST_LONG === '1')

  describe('is told what it is, and kept only where it can run: a file with', () => {
    it.each(uploads.map((file) => [file.tries, file] as const))('%s', async (_, { filename = 'scan.js', bytes, refused }) => {
      const before = await stored()
      const { status, codes } = await upload(filename, bytes())
      expect(codes).toEqual(refused)
      if (status !== undefined) expect(status).toBe(refused.length === 0 ? 201 : refused.includes('file_too_large') ? 413 : 422)
      expect((await stored()) - before).toBe(refused.length === 0 ? 1 : 0)
    })
  })
}
