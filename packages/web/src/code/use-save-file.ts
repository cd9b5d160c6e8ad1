import { useMutation, useQueryClient } from '@tanstack/react-query'
import { writeFile } from '../api/files.ts'
import { problemOf } from '../api/problem.ts'
import { fileQuery } from '../api/queries.ts'
import { useApp } from '../editor/app-context.tsx'
import { toast } from '../ui/toasts.tsx'
import type { OpenFiles } from './open-files.ts'
import { codeWords } from './strings.ts'

export type SaveFile = ReturnType<typeof useSaveFile>

/** Saves an open file as a new version. What is typed while it is being saved stays unsaved. */
export function useSaveFile(files: OpenFiles, path: string) {
  const app = useApp().id
  const client = useQueryClient()
  const { queryKey } = fileQuery(app, path)
  return useMutation({
    // A file that was left in the middle of a save and opened again waits for that save's tag.
    scope: { id: queryKey.join(' ') },
    mutationFn: async () => {
      const sent = files.startSave(path)
      if (!sent) return
      const text = sent.text.toString()
      const etag = await writeFile(app, path, text, sent.etag)
      files.markSaved(path, sent.text, etag)
      if (etag) client.setQueryData(queryKey, { text, etag, binary: false })
    },
    onSuccess: () => toast(codeWords.saved(path)),
    onSettled: (_, error) => {
      // After a save there may be something newer already, after a refusal there is something else.
      const stale = !error || problemOf(error).code === 'precondition_failed'
      return stale ? client.invalidateQueries({ queryKey }) : undefined
    },
  })
}
