import { request } from '../server/client.ts'
import type { Scanner } from '../server/types.ts'

/** Uploads a file byte for byte. @throws ApiError, with diagnostics where the script can not run */
export function uploadFile(file: File): Promise<Scanner> {
  const form = new FormData()
  form.append('file', file, file.name)
  return request<Scanner>('/api/scanners', { method: 'POST', body: form })
}

/** Uploads a text as a file. @throws ApiError */
export const uploadText = (filename: string, source: string): Promise<Scanner> => uploadFile(new File([source], filename))
