import { AppName, contract, limits, type App } from '@overskill/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { call } from '../api/call.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { words } from '../ui/strings.ts'
import { homeWords } from './strings.ts'

type RenameDialogProps = { app: App; open: boolean; onClose: () => void }

export const RenameDialog = ({ app, open, onClose }: RenameDialogProps) => (
  <Dialog open={open} onClose={onClose} title={homeWords.renameTitle}>
    <RenameForm app={app} onClose={onClose} />
  </Dialog>
)

function RenameForm({ app, onClose }: Omit<RenameDialogProps, 'open'>) {
  const [name, setName] = useState(app.name)
  const fieldId = useId()
  const client = useQueryClient()
  const rename = useMutation({
    mutationFn: (wanted: string) => call(contract.apps.patch, { app: app.id, name: wanted }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['apps'] })
      onClose()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        rename.mutate(name.trim())
      }}
    >
      <label htmlFor={fieldId} className="text-13 text-muted">
        {homeWords.nameLabel}
      </label>
      <input
        id={fieldId}
        autoFocus
        dir="auto"
        value={name}
        maxLength={limits.nameLength}
        onChange={(event) => setName(event.target.value)}
        onFocus={(event) => event.target.select()}
        className="mt-1 h-8 w-full rounded-control border border-control bg-panel px-2.5"
      />
      {rename.error && <ProblemNote error={rename.error} className="mt-2" />}
      <div className="mt-4 flex justify-end gap-2">
        <Button size="large" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button
          size="large"
          type="submit"
          tone="primary"
          disabled={!AppName.safeParse(name).success || rename.isPending}
        >
          {words.save}
        </Button>
      </div>
    </form>
  )
}
