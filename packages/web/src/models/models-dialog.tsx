import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ModelState } from './model-state.tsx'
import { modelWords } from './strings.ts'

type ModelsDialogProps = {
  open: boolean
  onClose: () => void
  /** The model of the app in front, when there is one. */
  current?: string
  onUse?: (model: string) => void
}

/** Says what the sample model is, how to connect a real one, and whether the one configured works. */
export const ModelsDialog = ({ open, onClose, current, onUse }: ModelsDialogProps) => (
  <Dialog open={open} onClose={onClose} title={modelWords.dialogTitle}>
    <p className="text-muted">{modelWords.sampleIntro}</p>
    <h3 className="mt-4 font-medium">{modelWords.connectTitle}</h3>
    <p className="mt-1 text-muted">{modelWords.connectIntro}</p>
    <dl className="mt-2 grid gap-y-1 text-13">
      {Object.entries(modelWords.variables).map(([name, text]) => (
        <Variable key={name} name={name} text={text} />
      ))}
    </dl>
    <p className="mt-2 text-13 text-muted">{modelWords.localText}</p>
    <div className="mt-3 flex items-center gap-2 rounded-control bg-sunken py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 truncate text-12">{modelWords.command}</code>
      <CopyButton text={modelWords.command} label={modelWords.commandLabel} />
    </div>
    <ModelState current={current} onUse={onUse} />
  </Dialog>
)

const Variable = ({ name, text }: { name: string; text: string }) => (
  <div className="flex flex-wrap gap-x-2">
    <dt>
      <code className="text-12">{name}</code>
    </dt>
    <dd className="text-muted">{text}</dd>
  </div>
)
