import { useMutation, useQueryClient } from '@tanstack/react-query'
import { writeFile } from '../api/files.ts'
import { problemOf } from '../api/problem.ts'
import { useApp } from '../editor/app-context.tsx'
import { toast } from '../ui/toasts.tsx'
import type { OpenFiles } from './open-files.ts'
import { codeWords } from './strings.ts'

/** Saves an open file as a new version. What is typed while it is being saved stays unsaved. */
export function useSaveFile(files: OpenFiles, path: string) {
  const app = useApp().id
  const client = useQueryClient()
  return useMutation({
    mutationFn: async () => {
      const open = files.get(path)
      if (!open) return
      const text = open.state.doc
      await writeFile(app, path, text.toString(), open.etag)
      files.markSaved(path, text)
    },
    onSuccess: () => toast(codeWords.saved(path)),
    onSettled: (_, error) => {
      // After a save its new tag is needed, after a refusal what the server has instead.
      const stale = !error || problemOf(error).code === 'precondition_failed'
      return stale ? client.invalidateQueries({ queryKey: ['app', app, 'file', path] }) : undefined
    },
  })
}
