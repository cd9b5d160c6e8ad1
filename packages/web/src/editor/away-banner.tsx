import { CloudOff } from 'lucide-react'
import { useStream } from './app-context.tsx'
import { editorWords } from './strings.ts'

/** Says while the stream is away that the page may be behind. A break shorter than a second is not worth a word. */
export function AwayBanner() {
  const away = useStream((state) => state.status === 'away')
  return (
    <div role="status">
      {away && (
        <p className="flex animate-late items-center gap-2 border-b border-hairline bg-sunken px-4 py-1.5 text-13">
          <CloudOff aria-hidden className="size-4 shrink-0 text-warning" strokeWidth={1.5} />
          {editorWords.away}
        </p>
      )}
    </div>
  )
}
