import type { App } from '@overskill/protocol'
import { Ellipsis, ExternalLink, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx'
import { words } from '../ui/strings.ts'
import { RenameDialog } from './rename-dialog.tsx'
import { homeWords } from './strings.ts'
import { useDeleteApp } from './use-delete-app.ts'

/** What one may do with an app from the list. */
export function AppCardMenu({ app }: { app: App }) {
  const [renaming, setRenaming] = useState(false)
  const [confirming, setConfirming] = useState(false)
  const remove = useDeleteApp(app)
  // Only a deletion that takes a public page away asks first; the other is undone by a click.
  const onDelete = (): void => (app.productionUrl ? setConfirming(true) : remove.mutate())
  return (
    <div className="absolute right-1.5 bottom-6.5">
      <Menu
        trigger={
          <Button tone="quiet" size="icon-small" aria-label={homeWords.menu(app.name || words.untitled)}>
            <Ellipsis />
          </Button>
        }
      >
        {app.productionUrl && (
          <MenuItem onSelect={() => window.open(app.productionUrl, '_blank', 'noopener')}>
            <ExternalLink />
            {homeWords.openLive}
          </MenuItem>
        )}
        <MenuItem onSelect={() => setRenaming(true)}>
          <Pencil />
          {words.rename}
        </MenuItem>
        <MenuSeparator />
        <MenuItem onSelect={onDelete}>
          <Trash2 />
          {words.remove}
        </MenuItem>
      </Menu>
      <RenameDialog app={app} open={renaming} onClose={() => setRenaming(false)} />
      <Confirm
        open={confirming}
        onClose={() => setConfirming(false)}
        onConfirm={() => remove.mutate()}
        title={homeWords.deletePublishedTitle(app.name || words.untitled)}
        action={words.remove}
        danger
      >
        {homeWords.deletePublishedText(app.productionUrl ?? '')}
      </Confirm>
    </div>
  )
}
