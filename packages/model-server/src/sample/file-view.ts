/** The lines that an `os-view` result shows, without their numbers; undefined when it shows none. */
export function contentOfView(result: string): string | undefined {
  const lines = result.split('\n').flatMap((line) => {
    const numbered = /^(\d+)\t(.*)$/.exec(line)
    return numbered ? [{ number: Number(numbered[1]), text: numbered[2] ?? '' }] : []
  })
  const inOrder = lines.every(({ number }, at) => at === 0 || number === (lines[at - 1]?.number ?? 0) + 1)
  return lines.length > 0 && inOrder ? lines.map(({ text }) => text).join('\n') : undefined
}

/** One edit as `os-replace` takes it: the changed lines, with as many around them as make the old text unique. */
export type Replacement = { old_string: string; new_string: string }

/** The smallest edit of whole lines that turns one text into the other; undefined when they are equal. */
export function replacementFor(before: string, after: string): Replacement | undefined {
  if (before === after) return undefined
  const old = before.split('\n')
  const fresh = after.split('\n')
  let start = 0
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++
  let tail = 0
  while (tail < old.length - start && tail < fresh.length - start && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++
  for (let around = 0; around <= old.length; around++) {
    const from = Math.max(0, start - around)
    const kept = Math.max(0, tail - around)
    const oldText = old.slice(from, old.length - kept).join('\n')
    const newLines = fresh.slice(from, fresh.length - kept)
    // lines that only go away need one beside them, or their line end would stay
    if (newLines.length > 0 && oldText.trim() && before.indexOf(oldText) === before.lastIndexOf(oldText))
      return { old_string: oldText, new_string: newLines.join('\n') }
  }
  return { old_string: before, new_string: after }
}
