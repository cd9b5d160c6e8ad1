/**
 * When an update makes React throw while it renders, React takes the whole tree off the page. Its last good form is put
 * back, as a picture that does not react, until the next update is there.
 */
type Root = { containerInfo: Element; current: { memoizedState: { element?: unknown } | null } }
type Hook = { onCommitFiberRoot(id: unknown, root: Root, priority: unknown, didError: unknown): unknown }

const AFTER_UPDATE_MS = 2_000

export function keepLastRender(): { beforeUpdate(): void } {
  const hook = (globalThis as unknown as Record<string, Hook | undefined>)['__REACT_DEVTOOLS_GLOBAL_HOOK__']
  const observers = new WeakMap<Element, MutationObserver>()
  const pictures = new Set<ChildNode>()
  let updatedAt = Number.NEGATIVE_INFINITY
  const removedFrom = (container: Element): ChildNode[] => {
    const known = observers.get(container)
    if (known) return known.takeRecords().flatMap((record) => [...record.removedNodes] as ChildNode[])
    const observer = new MutationObserver(() => undefined)
    observer.observe(container, { childList: true })
    observers.set(container, observer)
    return []
  }
  if (hook) {
    const before = hook.onCommitFiberRoot.bind(hook)
    hook.onCommitFiberRoot = (id, root, priority, didError) => {
      const removed = removedFrom(root.containerInfo)
      const isGone = (root.current.memoizedState?.element ?? null) === null
      if (isGone && didError && performance.now() - updatedAt < AFTER_UPDATE_MS)
        for (const node of removed) {
          root.containerInfo.append(node)
          pictures.add(node)
        }
      return before(id, root, priority, didError)
    }
  }
  return {
    beforeUpdate() {
      updatedAt = performance.now()
      for (const node of pictures) node.remove()
      pictures.clear()
    },
  }
}
