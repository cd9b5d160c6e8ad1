import type { Notice } from '@overskill/protocol'
import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import { classes } from '../ui/classes.ts'
import { ActionButton, type Said } from './notice-actions.tsx'
import { conversationWords } from './strings.ts'

const icons = {
  info: <Info aria-hidden className="text-info" />,
  warning: <TriangleAlert aria-hidden className="text-warning" />,
  error: <CircleAlert aria-hidden className="text-danger" />,
}

type NoticeBlockProps = {
  notice: Pick<Notice, 'level' | 'text' | 'actions'> & { code?: string }
  /** The raw words of what happened, behind "Details". */
  detail?: string | undefined
  /** What the person had said in this turn, and how: what "Send again" sends. */
  said: Said | undefined
  /** Only the last turn can be acted on: what comes after has gone on without it. */
  active: boolean
}

/** Something a person should know, in one sentence, and what can be done about it. */
export const NoticeBlock = ({ notice, detail, said, active }: NoticeBlockProps) => (
  <div
    className={classes(
      'flex gap-2 rounded-control border border-hairline px-3 py-2 text-13 [&>svg]:mt-px [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:stroke-[1.5]',
      notice.level === 'error' && 'border-transparent bg-danger-wash',
    )}
  >
    {icons[notice.level]}
    <div className="min-w-0 flex-1">
      <p dir="auto" className="wrap-anywhere">
        {notice.text}
      </p>
      {detail && (
        <details className="mt-1">
          <summary className="cursor-pointer text-12 text-muted hover:text-ink">{conversationWords.details}</summary>
          <pre tabIndex={0} className="mt-1 max-h-60 relative overflow-auto text-12 whitespace-pre-wrap">
            {detail}
          </pre>
        </details>
      )}
      {active && notice.actions && notice.actions.length > 0 && (
        <div className="mt-2 flex flex-wrap gap-2">
          {notice.actions.map((action) => (
            <ActionButton
              key={action}
              action={action}
              said={said}
              again={notice.actions?.includes('retry') === true}
              {...goOnOf(notice)}
            />
          ))}
        </div>
      )}
    </div>
  </div>
)

/** A fault that came back is told to the model again: it has not heard of it a second time. */
const goOnOf = ({ code, text }: NoticeBlockProps['notice']): { goOn: string; goOnLabel: string } =>
  code === 'repair_stopped'
    ? { goOn: conversationWords.onceMoreText(text), goOnLabel: conversationWords.onceMore }
    : { goOn: conversationWords.continueText, goOnLabel: conversationWords.actions.continue }
