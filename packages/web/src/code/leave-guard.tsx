import { useBlocker } from '@tanstack/react-router'
import { createPortal } from 'react-dom'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FilePath } from '../ui/file-path.tsx'
import { codeWords } from './strings.ts'

/**
 * Asks before one leaves the app, by a link, the browser's Back or closing the page, while files have unsaved changes.
 * Moves within the app ask nothing: what is open stays open.
 */
export function LeaveGuard({ unsaved }: { unsaved: ReadonlySet<string> }) {
  const blocker = useBlocker({ shouldBlockFn: leavesApp, disabled: unsaved.size === 0, withResolver: true })
  const stay = (): void => blocker.reset?.()
  // In the body, because a dialog within a view that is not in front would not be seen.
  return createPortal(
    <Dialog
      open={blocker.status === 'blocked'}
      onClose={stay}
      title={codeWords.leaveTitle}
      actions={
        <>
          <Button size="large" onClick={stay}>
            {codeWords.stay}
          </Button>
          <Button size="large" tone="danger" onClick={() => blocker.proceed?.()}>
            {codeWords.discard}
          </Button>
        </>
      }
    >
      <p className="text-14 text-muted">{codeWords.leave}</p>
      <ul className="mt-2 flex flex-col gap-1">
        {[...unsaved].map((path) => (
          <li key={path}>
            <FilePath path={path} />
          </li>
        ))}
      </ul>
    </Dialog>,
    document.body,
  )
}

type Move = { current: { pathname: string }; next: { pathname: string } }

/** The view, the file and the line stand in the search; another path is another page. */
const leavesApp = ({ current, next }: Move): boolean => current.pathname !== next.pathname
