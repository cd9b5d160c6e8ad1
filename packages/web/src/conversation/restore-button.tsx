import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { conversationWords } from './strings.ts'
import { useRestoreVersion } from './use-app-actions.ts'

/** Restores a version after asking. */
export function RestoreButton({ version }: { version: number }) {
  const [asking, setAsking] = useState(false)
  const restore = useRestoreVersion()
  return (
    <>
      <Button size="small" tone="quiet" disabled={restore.isPending} onClick={() => setAsking(true)}>
        {conversationWords.restore}
      </Button>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => restore.mutate(version)}
        title={conversationWords.restoreTitle(version)}
        action={conversationWords.restore}
      >
        {conversationWords.restoreText}
      </Confirm>
    </>
  )
}
