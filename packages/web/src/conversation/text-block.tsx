import { Image } from 'lucide-react'
import { memo, type ComponentProps } from 'react'
import { Streamdown, type Components } from 'streamdown'
import { CopyButton } from '../ui/copy-button.tsx'
import { conversationWords } from './strings.ts'

type WithNode<T extends keyof React.JSX.IntrinsicElements> = ComponentProps<T> & { node?: unknown }

/** The text of a code block, however its highlighter would have nested it. */
const textOf = (node: React.ReactNode): string => {
  if (typeof node === 'string') return node
  if (Array.isArray(node)) return node.map(textOf).join('')
  if (typeof node === 'object' && node !== null && 'props' in node)
    return textOf((node.props as { children?: React.ReactNode }).children)
  return ''
}

const Pre = ({ children }: WithNode<'pre'>) => (
  <div className="relative" dir="ltr">
    <pre
      tabIndex={0}
      className="relative overflow-x-auto rounded-control bg-sunken py-2.5 pr-10 pl-3 text-12 leading-5"
    >
      {children}
    </pre>
    <div className="absolute top-1.5 right-1.5">
      <CopyButton text={textOf(children)} />
    </div>
  </div>
)

const Link = ({ href, children }: WithNode<'a'>) => (
  <a
    href={href}
    target="_blank"
    rel="noopener noreferrer nofollow"
    className="underline decoration-control underline-offset-3 hover:decoration-ink"
  >
    {children}
  </a>
)

/** An image of the model's text is never fetched by itself: its address could tell others that it was read. */
const ImageLink = ({ src, alt }: WithNode<'img'>) => (
  <a
    href={typeof src === 'string' ? src : undefined}
    target="_blank"
    rel="noopener noreferrer nofollow"
    className="inline-flex items-center gap-1 text-muted underline decoration-control underline-offset-3"
  >
    <Image aria-hidden className="size-4" strokeWidth={1.5} />
    {conversationWords.image(alt || conversationWords.imageUntitled)}
  </a>
)

const heading = 'pt-2 text-14 font-medium'

const components: Components = {
  p: ({ children }: WithNode<'p'>) => <p>{children}</p>,
  h1: ({ children }: WithNode<'h1'>) => <h3 className={heading}>{children}</h3>,
  h2: ({ children }: WithNode<'h2'>) => <h3 className={heading}>{children}</h3>,
  h3: ({ children }: WithNode<'h3'>) => <h4 className={heading}>{children}</h4>,
  h4: ({ children }: WithNode<'h4'>) => <h4 className={heading}>{children}</h4>,
  ul: ({ children }: WithNode<'ul'>) => <ul className="list-disc space-y-1 ps-5 marker:text-muted">{children}</ul>,
  ol: ({ children, start }: WithNode<'ol'>) => (
    <ol start={start} className="list-decimal space-y-1 ps-5 marker:text-muted">
      {children}
    </ol>
  ),
  li: ({ children }: WithNode<'li'>) => <li className="ps-1">{children}</li>,
  blockquote: ({ children }: WithNode<'blockquote'>) => (
    <blockquote className="border-s-2 border-hairline ps-3 text-muted">{children}</blockquote>
  ),
  strong: ({ children }: WithNode<'strong'>) => <strong className="font-strong">{children}</strong>,
  hr: () => <hr className="border-hairline" />,
  inlineCode: ({ children }: WithNode<'code'>) => (
    <code className="rounded-[4px] bg-sunken px-1 py-0.5 text-12 wrap-anywhere">{children}</code>
  ),
  code: ({ children }: WithNode<'code'>) => <code>{children}</code>,
  pre: Pre,
  a: Link,
  img: ImageLink,
  table: ({ children }: WithNode<'table'>) => (
    <div tabIndex={0} className="relative overflow-x-auto rounded-control border border-hairline">
      <table className="w-full text-13">{children}</table>
    </div>
  ),
  thead: ({ children }: WithNode<'thead'>) => <thead className="bg-sunken">{children}</thead>,
  tr: ({ children }: WithNode<'tr'>) => <tr className="border-b border-hairline last:border-b-0">{children}</tr>,
  th: ({ children }: WithNode<'th'>) => <th className="px-3 py-1.5 text-start font-medium">{children}</th>,
  td: ({ children }: WithNode<'td'>) => <td className="px-3 py-1.5 align-top">{children}</td>,
}

/** The model's text: markdown, drawn while it grows, sanitised; nothing of it loads or runs by itself. */
export const TextBlock = memo(({ text, done }: { text: string; done: boolean }) => (
  <Streamdown
    className="flex flex-col gap-2 space-y-0 wrap-anywhere"
    dir="auto"
    components={components}
    controls={false}
    linkSafety={{ enabled: false }}
    parseIncompleteMarkdown={!done}
    isAnimating={!done}
  >
    {text}
  </Streamdown>
))
TextBlock.displayName = 'TextBlock'
