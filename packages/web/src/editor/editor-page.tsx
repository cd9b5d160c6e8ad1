import { getRouteApi } from '@tanstack/react-router'
import { useUndeleteApp } from '../home/use-delete-app.ts'
import { Button } from '../ui/button.tsx'
import { NotFoundPage } from '../ui/last-pages.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { AppProvider, useStream } from './app-context.tsx'
import { AwayBanner } from './away-banner.tsx'
import { EditorLayout } from './editor-layout.tsx'
import { editorWords } from './strings.ts'

const route = getRouteApi('/apps/$app')

/** One app: what is said about it on the left, what it is on the right. */
export function EditorPage() {
  const { app } = route.useParams()
  return (
    <AppProvider key={app} app={app}>
      <OpenEditor />
    </AppProvider>
  )
}

function OpenEditor() {
  const status = useStream((state) => state.status)
  const ready = useStream((state) => state.app !== undefined)
  const detail = useStream((state) => state.problem?.code)
  if (status === 'gone') {
    return detail === 'not_found' ? (
      <NotFoundPage title={editorWords.goneTitle} text={editorWords.goneText}>
        <BringBackButton />
      </NotFoundPage>
    ) : (
      <NotFoundPage />
    )
  }
  if (!ready) {
    return (
      <>
        <AwayBanner />
        <p role="status" className="flex h-full animate-late items-center justify-center gap-2 text-muted">
          <Spinner />
          {editorWords.loading}
        </p>
      </>
    )
  }
  return <EditorLayout />
}

/** For an app that was deleted. */
function BringBackButton() {
  const { app } = route.useParams()
  const restore = useUndeleteApp(app, () => location.reload()) // all of it was let go of
  return (
    <Button size="large" disabled={restore.isPending} onClick={() => restore.mutate()}>
      {editorWords.bringBack}
    </Button>
  )
}
