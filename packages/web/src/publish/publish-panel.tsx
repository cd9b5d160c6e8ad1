import type { Deployment } from '@overskill/protocol'
import { X } from 'lucide-react'
import { useId, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { useApp, useDeployments } from '../editor/app-context.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { words } from '../ui/strings.ts'
import { AddressField } from './address-field.tsx'
import { GoesLive } from './goes-live.tsx'
import { PublicAddress } from './public-address.tsx'
import { PublishHistory } from './publish-history.tsx'
import { publishWords } from './strings.ts'

/** The way to the public, from the right; it does not block what is behind it. Escape closes. */
export function PublishPanel({ onClose }: { onClose: () => void }) {
  const app = useApp()
  const deployments = useDeployments()
  const titleId = useId()
  const panel = useRef<HTMLElement>(null)
  // In a layout effect, because its end comes while the panel is still there to be asked where the focus is.
  useLayoutEffect(() => {
    const element = panel.current
    const before = document.activeElement
    element?.focus()
    return () => {
      if (before instanceof HTMLElement && element?.contains(document.activeElement)) before.focus()
    }
  }, [])
  const onKeyDown = (event: KeyboardEvent): void => {
    const isInDialog = event.target instanceof Element && event.target.closest('dialog') !== null // which takes it
    if (event.key === 'Escape' && !event.defaultPrevented && !isInDialog) onClose()
  }
  const publics = deployments.filter((one) => one.environment === 'production')
  return (
    <aside
      ref={panel}
      tabIndex={-1}
      aria-labelledby={titleId}
      onKeyDown={onKeyDown}
      className="absolute inset-y-0 right-0 z-20 flex w-full max-w-100 animate-panel-in flex-col overflow-y-auto bg-panel shadow-float outline-none"
    >
      <header className="flex h-11 shrink-0 items-center border-b border-hairline pr-2 pl-4">
        <h2 id={titleId} className="flex-1 text-16 font-medium">
          {publishWords.title}
        </h2>
        <IconButton label={words.close} keys="Esc" onClick={onClose}>
          <X />
        </IconButton>
      </header>
      <Part title={publishWords.address}>
        <AddressField key={app.slug} />
      </Part>
      <Part title={publishWords.goesLive}>
        <GoesLive preview={standing(deployments, 'preview')} publics={publics} />
      </Part>
      {app.productionUrl && <PublicAddress url={app.productionUrl} />}
      <PublishHistory publics={publics} />
    </aside>
  )
}

const standing = (deployments: readonly Deployment[], environment: Deployment['environment']): Deployment | undefined =>
  deployments.find((one) => one.environment === environment && one.status === 'live')

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="border-b border-hairline px-4 py-4">
    <h3 className="mb-1 text-13 text-muted">{title}</h3>
    {children}
  </section>
)
