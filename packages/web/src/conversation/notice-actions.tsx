import { contract, type Mode, type NoticeAction } from '@overskill/protocol'
import { useMutation, useQuery } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import { problemOf } from '../api/problem.ts'
import { modelsQuery } from '../api/queries.ts'
import { useApp, useDeployments } from '../editor/app-context.tsx'
import { useEditor } from '../editor/editor-actions.tsx'
import { isSample } from '../models/sample.ts'
import { Button } from '../ui/button.tsx'
import { toast } from '../ui/toasts.tsx'
import { lastGreen } from './last-green.ts'
import { conversationWords } from './strings.ts'
import { useRestoreVersion, useSayText } from './use-app-actions.ts'

export type Said = { text: string; mode: Mode }

type ActionProps = {
  action: NoticeAction
  /** What the person had said in this turn, and how. */
  said: Said | undefined
  /** Whether nothing of the turn counts: then another model is told all of it, not to go on. */
  again: boolean
  /** What "Continue" says to the model. */
  goOn: string
  goOnLabel: string
}

/** One thing that can be done about a notice, in one click. */
export function ActionButton({ action, said, again, goOn, goOnLabel }: ActionProps) {
  const { openModels, openUsage } = useEditor()
  const { say, pending } = useSayText()
  const label = conversationWords.actions[action]
  if (action === 'restore') return <GreenButton />
  if (action === 'model') return <OtherModelButton said={said} goOn={again && said ? said.text : goOn} />
  if (action === 'settings') return <Button onClick={openModels}>{label}</Button>
  if (action === 'limits') return <Button onClick={openUsage}>{label}</Button>
  if (action === 'continue') {
    return (
      <Button disabled={pending} onClick={() => say(goOn, said?.mode)}>
        {goOnLabel}
      </Button>
    )
  }
  return said === undefined ? null : (
    <Button disabled={pending} onClick={() => say(said.text, said.mode)}>
      {label}
    </Button>
  )
}

/** Restores the last version that builds. It makes a new version and loses nothing, so it does not ask. */
function GreenButton() {
  const green = lastGreen(useDeployments(), useApp().version)
  const restore = useRestoreVersion()
  return green === undefined ? null : (
    <Button disabled={restore.isPending} onClick={() => restore.mutate(green)}>
      {conversationWords.restoreGreen(green)}
    </Button>
  )
}

/** Goes on with the first other model that can be used, named on the button; without one, says where to connect it. */
function OtherModelButton({ said, goOn }: { said: Said | undefined; goOn: string }) {
  const app = useApp()
  const { openModels } = useEditor()
  const { say, pending } = useSayText()
  const others = useQuery(modelsQuery).data?.filter((one) => one.available && one.id !== app.model && !isSample(one.id))
  const change = useMutation({
    mutationFn: (model: string) => call(contract.apps.patch, { app: app.id, model }),
    onSuccess: () => say(goOn, said?.mode),
    onError: (error) => toast(problemOf(error).detail, { tone: 'problem' }),
  })
  const other = others?.[0]
  if (!other) return <Button onClick={openModels}>{conversationWords.actions.model}</Button>
  return (
    <Button disabled={pending || change.isPending} onClick={() => change.mutate(other.id)}>
      {conversationWords.tryModel(other.name)}
    </Button>
  )
}
