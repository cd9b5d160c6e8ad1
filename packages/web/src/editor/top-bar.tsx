import { Link } from '@tanstack/react-router'
import { ChevronLeft, PanelLeft } from 'lucide-react'
import { SampleBadge } from '../models/sample-badge.tsx'
import { isSample } from '../models/sample.ts'
import { Button } from '../ui/button.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { shortcut } from '../ui/keys.ts'
import { Tip } from '../ui/tip.tsx'
import { ActivityLine, ActivityWords, useActivity } from './activity-line.tsx'
import { useApp, useDeployments } from './app-context.tsx'
import { AppMenu } from './app-menu.tsx'
import { AppNameField } from './app-name.tsx'
import { useEditor } from './editor-actions.tsx'
import { editorWords } from './strings.ts'

type TopBarProps = { conversationShown: boolean; onToggleConversation: () => void; publishOpen: boolean }

/** 44 px: where one is, what is going on, and the one thing left to do. */
export function TopBar({ conversationShown, onToggleConversation, publishOpen }: TopBarProps) {
  const app = useApp()
  const { openModels, openPublish } = useEditor()
  const activity = useActivity()
  const live = useDeployments().some((one) => one.environment === 'preview' && one.status === 'live')
  return (
    <header className="relative flex h-11 shrink-0 items-center gap-1 border-b border-hairline bg-paper px-2">
      <Tip text={editorWords.back}>
        <Link
          to="/"
          aria-label={editorWords.back}
          className="flex size-7 shrink-0 items-center justify-center rounded-control text-muted transition-colors hover:bg-hover hover:text-ink"
        >
          <ChevronLeft className="size-4" strokeWidth={1.5} />
        </Link>
      </Tip>
      <span className="hidden md:contents">
        <IconButton
          label={conversationShown ? editorWords.hideConversation : editorWords.showConversation}
          keys={shortcut('B')}
          aria-pressed={conversationShown}
          onClick={onToggleConversation}
        >
          <PanelLeft />
        </IconButton>
      </span>
      <AppNameField />
      <span className="hidden min-w-0 truncate font-mono text-12 text-muted lg:block">{app.slug}</span>
      <span className="ml-2 min-w-0 flex-1">
        <ActivityWords activity={activity} />
      </span>
      {isSample(app.model) && (
        <span className="hidden sm:contents">
          <SampleBadge onOpen={openModels} />
        </span>
      )}
      <AppMenu />
      <Button tone="primary" aria-expanded={publishOpen} disabled={!live && !app.productionUrl} onClick={openPublish}>
        {editorWords.publish}
      </Button>
      <ActivityLine activity={activity} />
    </header>
  )
}
