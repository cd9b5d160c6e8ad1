/** `+12 −3`: lines that came and went. Said in words to a screen reader. */
export const LineChange = ({ added, removed }: { added: number; removed: number }) => (
  <span className="flex shrink-0 gap-1 text-12 text-muted" title={`${added} lines added, ${removed} removed`}>
    <span className="sr-only">{`${added} lines added, ${removed} removed`}</span>
    <span aria-hidden>+{added}</span>
    {removed > 0 && <span aria-hidden>−{removed}</span>}
  </span>
)
