import { contract } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { call } from '../api/call.ts'
import { problemOf } from '../api/problem.ts'
import { Button } from '../ui/button.tsx'
import { NotFoundPage } from '../ui/last-pages.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { toast } from '../ui/toasts.tsx'
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

/** For an app that was deleted; one that never was is refused by the server, in words. */
function BringBackButton() {
  const { app } = route.useParams()
  const restore = useMutation({
    mutationFn: () => call(contract.apps.undelete, { app }),
    onSuccess: () => location.reload(), // all of it was let go of
    onError: (error) => toast(problemOf(error).detail, { tone: 'problem' }),
  })
  return (
    <Button size="large" disabled={restore.isPending} onClick={() => restore.mutate()}>
      {editorWords.bringBack}
    </Button>
  )
}
