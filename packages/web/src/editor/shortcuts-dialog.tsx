import { Dialog } from '../ui/dialog.tsx'
import { shortcut } from '../ui/keys.ts'
import { editorWords, shortcutRows } from './strings.ts'

const shown = (keys: string): string => (keys.startsWith('command ') ? shortcut(keys.slice(8)) : keys)

export const ShortcutsDialog = ({ open, onClose }: { open: boolean; onClose: () => void }) => (
  <Dialog open={open} onClose={onClose} title={editorWords.shortcuts}>
    <dl className="text-13">
      {shortcutRows.map(({ keys, does }) => (
        <div key={does} className="flex min-h-8 items-center gap-4 border-t border-hairline py-1 first:border-t-0">
          <dt className="flex-1">{does}</dt>
          <dd className="flex gap-1">
            {keys.map((key) => (
              <kbd key={key} className="rounded-control border border-hairline bg-sunken px-1.5 py-0.5 text-12">
                {shown(key)}
              </kbd>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  </Dialog>
)
