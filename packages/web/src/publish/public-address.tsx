import { contract } from '@overskill/protocol'
import { useMutation } from '@tanstack/react-query'
import { ExternalLink } from 'lucide-react'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { problemOf } from '../api/problem.ts'
import { useApp } from '../editor/app-context.tsx'
import { Button, LinkButton } from '../ui/button.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { toast } from '../ui/toasts.tsx'
import { publishWords } from './strings.ts'

/** Where the app is public now: to open, to copy, to take off line. */
export function PublicAddress({ url }: { url: string }) {
  const app = useApp().id
  const [asking, setAsking] = useState(false)
  const unpublish = useMutation({
    mutationFn: () => call(contract.deployments.unpublish, { app }),
    onSuccess: () => toast(publishWords.unpublished),
    onError: (error) => toast(problemOf(error).detail, { tone: 'problem' }),
  })
  return (
    <section className="border-b border-hairline px-4 py-4">
      <h3 className="mb-1 text-13 text-muted">{publishWords.publicAt}</h3>
      <div className="flex items-center gap-1">
        <a
          href={url}
          target="_blank"
          rel="noopener"
          className="min-w-0 truncate text-16 underline decoration-control underline-offset-4 hover:decoration-ink"
        >
          {url.replace(/^https?:\/\//, '').replace(/\/$/, '')}
        </a>
        <CopyButton text={url} label={publishWords.copyLink} />
      </div>
      <div className="mt-3 flex gap-2">
        <LinkButton href={url} target="_blank" rel="noopener">
          <ExternalLink />
          {publishWords.open}
        </LinkButton>
        <Button tone="danger" disabled={unpublish.isPending} onClick={() => setAsking(true)}>
          {publishWords.unpublish}
        </Button>
      </div>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => unpublish.mutate()}
        title={publishWords.unpublishTitle}
        action={publishWords.unpublish}
        danger
      >
        {publishWords.unpublishText(url)}
      </Confirm>
    </section>
  )
}
