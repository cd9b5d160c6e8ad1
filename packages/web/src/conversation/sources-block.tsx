import { Link } from 'lucide-react'
import { conversationWords } from './strings.ts'

/** A page by its line in the notice: `Title (https://…)`, or the address alone. */
const readLine = (line: string): { url: string; title: string } => {
  const found = /^(.*) \((https?:\/\/\S+)\)$/.exec(line)
  return { title: found?.[1] ?? line, url: found?.[2] ?? line }
}

/** The pages that a reply names as its sources. */
export const SourcesBlock = ({ text }: { text: string }) => (
  <section aria-label={conversationWords.sources} className="flex gap-2 px-1 text-13 text-muted">
    <Link aria-hidden className="mt-px size-4 shrink-0 stroke-[1.5]" />
    <div className="min-w-0 flex-1">
      <h3>{conversationWords.sources}</h3>
      <ol className="list-decimal space-y-1 ps-5">
        {text.split('\n').map((line) => {
          const { url, title } = readLine(line)
          return (
            <li key={line} className="wrap-anywhere" dir="auto">
              {/^https?:\/\//.test(url) ? (
                <a
                  href={url}
                  target="_blank"
                  rel="noopener noreferrer nofollow"
                  className="underline decoration-control underline-offset-3 hover:decoration-ink"
                >
                  {title}
                </a>
              ) : (
                title
              )}
            </li>
          )
        })}
      </ol>
    </div>
  </section>
)
