import { CloudOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useStream } from './app-context.tsx'
import { editorWords } from './strings.ts'

/** A break shorter than this is not worth a word. */
const patienceMs = 800

/** Says while the stream is away that the page may be behind. */
export function AwayBanner() {
  const away = useStream((state) => state.status === 'away')
  return <div role="status">{away && <Away />}</div>
}

function Away() {
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), patienceMs)
    return () => clearTimeout(timer)
  }, [])
  if (!long) return null
  return (
    <p className="flex animate-appear items-center gap-2 border-b border-hairline bg-sunken px-4 py-1.5 text-13">
      <CloudOff aria-hidden className="size-4 shrink-0 text-warning" strokeWidth={1.5} />
      {editorWords.away}
    </p>
  )
}
