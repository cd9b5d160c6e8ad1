import { getRouteApi } from '@tanstack/react-router'
import { Tabs } from 'radix-ui'
import { lazy, Suspense, type ReactNode } from 'react'
import { PreviewTab } from '../preview/preview-tab.tsx'
import { OnceShown } from '../ui/once-shown.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { useApp, useAppState } from './app-context.tsx'
import { useEditor, type EditorTab } from './editor-actions.tsx'
import { editorWords } from './strings.ts'

const CodeTab = lazy(async () => ({ default: (await import('../code/code-tab.tsx')).CodeTab }))
const HistoryTab = lazy(async () => ({ default: (await import('../history/history-tab.tsx')).HistoryTab }))

const route = getRouteApi('/apps/$app')

/** The views of the app. Each keeps its scroll and state while another is in front. */
export function EditorTabs() {
  const tab = route.useSearch().tab ?? 'preview'
  const versions = useAppState((state) => state.snapshot.app.version)
  const app = useApp().id
  const { showTab } = useEditor()
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(value) => showTab(value as EditorTab)}
      className="flex min-h-0 flex-1 flex-col"
    >
      <Tabs.List aria-label={editorWords.tabsLabel} className="flex h-9 shrink-0 gap-1 border-b border-hairline px-2">
        <Tab value="preview">{editorWords.tabs.preview}</Tab>
        <Tab value="code">{editorWords.tabs.code}</Tab>
        <Tab value="history">
          {editorWords.tabs.history}
          {versions !== undefined && <span className="ml-1.5 text-12 text-muted">{versions}</span>}
        </Tab>
      </Tabs.List>
      <Panel value="preview" shown={tab === 'preview'}>
        <PreviewTab key={app} />
      </Panel>
      <Panel value="code" shown={tab === 'code'}>
        <CodeTab />
      </Panel>
      <Panel value="history" shown={tab === 'history'}>
        <HistoryTab />
      </Panel>
    </Tabs.Root>
  )
}

const Tab = ({ value, children }: { value: EditorTab; children: ReactNode }) => (
  <Tabs.Trigger
    value={value}
    className="-mb-px border-b-2 border-transparent px-2 text-13 text-muted transition-colors hover:text-ink data-[state=active]:border-ink data-[state=active]:text-ink"
  >
    {children}
  </Tabs.Trigger>
)

type PanelProps = { value: EditorTab; shown: boolean; children: ReactNode }

/** Made when first looked at, then kept. */
const Panel = ({ value, shown, children }: PanelProps) => (
  <Tabs.Content value={value} forceMount hidden={!shown} tabIndex={-1} className="min-h-0 flex-1 outline-none">
    <OnceShown shown={shown}>
      <Suspense fallback={<Spinner className="m-4 animate-late" />}>{children}</Suspense>
    </OnceShown>
  </Tabs.Content>
)
