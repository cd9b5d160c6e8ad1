import { useRef, useState } from 'react'
import { Composer } from '../composer/composer.tsx'
import { ConversationView } from '../conversation/conversation-view.tsx'
import { ModelsDialog } from '../models/models-dialog.tsx'
import { PackagesDialog } from '../packages/packages-dialog.tsx'
import { PublishPanel } from '../publish/publish-panel.tsx'
import { classes } from '../ui/classes.ts'
import { useKept } from '../ui/kept.ts'
import { words } from '../ui/strings.ts'
import { UsageDialog } from '../usage/usage-dialog.tsx'
import { useApp } from './app-context.tsx'
import { AwayBanner } from './away-banner.tsx'
import { EditorActionsContext } from './editor-actions.tsx'
import { EditorTabs } from './editor-tabs.tsx'
import { HalfTabs, type Half } from './half-tabs.tsx'
import { PaneResizer, useConversationWidth } from './pane-resizer.tsx'
import { editorWords } from './strings.ts'
import { TopBar } from './top-bar.tsx'
import { useEditorNavigation } from './use-editor-navigation.ts'
import { useEditorShortcuts } from './use-editor-shortcuts.ts'
import { usePatchApp } from './use-patch-app.ts'

/** The editor once the app is known: bar, conversation, views. On a phone the two halves are two tabs. */
export function EditorLayout() {
  const app = useApp()
  const composer = useRef<HTMLTextAreaElement>(null)
  const [half, setHalf] = useState<Half>('conversation')
  const [shown, setShown] = useKept('conversation', 'shown')
  const [panel, setPanel] = useState<'publish' | 'models' | 'packages' | 'usage'>()
  const width = useConversationWidth()
  const navigation = useEditorNavigation(() => setHalf('app'))
  const conversationShown = shown === 'shown'
  const actions = {
    ...navigation,
    openModels: () => setPanel('models'),
    openPublish: () => setPanel('publish'),
    openPackages: () => setPanel('packages'),
    openUsage: () => setPanel('usage'),
  }
  const toggle = (): void => setShown(conversationShown ? 'hidden' : 'shown')
  useEditorShortcuts({
    composer,
    showTab: navigation.showTab,
    toggle,
    showConversation: () => {
      setShown('shown')
      setHalf('conversation')
    },
  })
  return (
    <EditorActionsContext value={actions}>
      <title>{`${app.name || words.untitled} · ${words.product}`}</title>
      <div className="flex h-dvh flex-col overflow-clip">
        <TopBar conversationShown={conversationShown} onToggleConversation={toggle} publishOpen={panel === 'publish'} />
        <AwayBanner />
        <HalfTabs half={half} onChange={setHalf} />
        <main className="relative flex min-h-0 flex-1">
          <section
            aria-label={editorWords.conversation}
            style={{ '--conversation': `${width.px}px` } as React.CSSProperties}
            className={classes(
              'min-w-0 flex-col max-md:flex-1 md:w-(--conversation) md:shrink-0',
              half === 'conversation' ? 'flex' : 'max-md:hidden',
              conversationShown ? 'md:flex' : 'md:hidden',
            )}
          >
            <ConversationView />
            <Composer field={composer} />
          </section>
          {conversationShown && <PaneResizer width={width} />}
          <section
            aria-label={editorWords.app}
            className={classes('flex min-w-0 flex-1 flex-col', half === 'conversation' && 'max-md:hidden')}
          >
            <EditorTabs />
          </section>
          {panel === 'publish' && <PublishPanel onClose={() => setPanel(undefined)} />}
        </main>
      </div>
      <AppModels open={panel === 'models'} onClose={() => setPanel(undefined)} />
      <UsageDialog open={panel === 'usage'} onClose={() => setPanel(undefined)} />
      <PackagesDialog open={panel === 'packages'} onClose={() => setPanel(undefined)} />
    </EditorActionsContext>
  )
}

function AppModels({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { shown, patch } = usePatchApp()
  return <ModelsDialog open={open} onClose={onClose} current={shown.model} onUse={(model) => patch({ model })} />
}
