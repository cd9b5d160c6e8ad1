import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { words } from './strings.ts'

type ConfirmProps = {
  open: boolean
  onClose: () => void
  onConfirm: () => void
  title: string
  /** What will happen, and what is safe. */
  children: ReactNode
  /** The verb on the button. */
  action: string
  danger?: boolean
}

/** Asks before something that is not undone by a click. */
export const Confirm = ({ open, onClose, onConfirm, title, children, action, danger }: ConfirmProps) => (
  <Dialog
    open={open}
    onClose={onClose}
    title={title}
    actions={
      <>
        <Button size="large" onClick={onClose}>
          {words.cancel}
        </Button>
        <Button
          size="large"
          tone={danger ? 'danger' : 'primary'}
          onClick={() => {
            onClose()
            onConfirm()
          }}
        >
          {action}
        </Button>
      </>
    }
  >
    <div className="text-14 text-muted">{children}</div>
  </Dialog>
)
