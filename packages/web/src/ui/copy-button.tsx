import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from './icon-button.tsx'
import { words } from './strings.ts'

const shownMs = 1_500

/** Copies a text and says so. */
export function CopyButton({ text, label = words.copy }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), shownMs)
  }
  return (
    <IconButton label={copied ? words.copied : label} size="icon-small" onClick={() => void copy()}>
      {copied ? <Check /> : <Copy />}
    </IconButton>
  )
}
