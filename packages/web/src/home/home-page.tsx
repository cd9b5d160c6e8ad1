import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { modelsQuery } from '../api/queries.ts'
import { ModelsDialog } from '../models/models-dialog.tsx'
import { SampleBadge } from '../models/sample-badge.tsx'
import { isSample } from '../models/sample.ts'
import { Button } from '../ui/button.tsx'
import { words } from '../ui/strings.ts'
import { ThemeMenu } from '../ui/theme-menu.tsx'
import { usageWords } from '../usage/strings.ts'
import { UsageDialog } from '../usage/usage-dialog.tsx'
import { AppGrid } from './app-grid.tsx'
import { PromptForm } from './prompt-form.tsx'
import { homeWords } from './strings.ts'

/** After the first paint and the first queries. */
const aheadMs = 1_000

/** Fetches the editor's code while the page is at rest: whoever is here will want it next. */
function useEditorAhead(): void {
  useEffect(() => {
    const timer = setTimeout(() => void import('../editor/editor-page.tsx'), aheadMs)
    return () => clearTimeout(timer)
  }, [])
}

/** Where apps begin and are found again. */
export function HomePage() {
  const [modelsOpen, setModelsOpen] = useState(false)
  const [usageOpen, setUsageOpen] = useState(false)
  useEditorAhead()
  const models = useQuery(modelsQuery).data
  const usable = models?.filter((model) => model.available) ?? []
  const onlySample = usable.length > 0 && usable.every((model) => isSample(model.id))
  return (
    <div className="min-h-full">
      <title>{words.product}</title>
      <header className="flex h-11 items-center gap-2 border-b border-hairline px-4">
        <span className="font-medium">{words.product}</span>
        <span className="ml-auto" />
        {onlySample && <SampleBadge onOpen={() => setModelsOpen(true)} />}
        <Button tone="quiet" aria-haspopup="dialog" onClick={() => setUsageOpen(true)}>
          {usageWords.title}
        </Button>
        <ThemeMenu />
      </header>
      <main className="mx-auto max-w-280 px-4 pt-[max(2rem,9vh)] pb-16 sm:px-8">
        <div className="max-w-180">
          <h1 className="text-28 font-medium text-balance">{homeWords.title}</h1>
          <PromptForm />
        </div>
        <AppGrid />
      </main>
      <UsageDialog open={usageOpen} onClose={() => setUsageOpen(false)} />
      <ModelsDialog open={modelsOpen} onClose={() => setModelsOpen(false)} />
    </div>
  )
}
