import { posix } from 'node:path'
import { importsOf } from './imports.mjs'

/** Import cycles between files, types included; each named once, at its first file. Tarjan's algorithm, without recursion limits to fear at this size. */
export function findCycles(files) {
  const byPath = new Map(files.filter((file) => file.isCode).map((file) => [file.path, file]))
  const edges = new Map([...byPath.values()].map((file) => [file.path, targetsOf(file, byPath)]))
  const state = { index: new Map(), low: new Map(), stack: [], onStack: new Set(), groups: [], edges }
  for (const path of byPath.keys()) if (!state.index.has(path)) connect(path, state)
  return state.groups
    .filter((group) => group.length > 1 || edges.get(group[0])?.includes(group[0]))
    .map((group) => {
      const [first, ...rest] = group.toSorted()
      return { path: first, rule: 'import-cycle', text: `is in a circle with ${rest.join(', ') || 'itself'}` }
    })
}

function targetsOf(file, byPath) {
  const candidates = importsOf(file)
    .filter(({ specifier, isDynamic }) => specifier.startsWith('.') && !isDynamic)
    .map(({ specifier }) => posix.join(posix.dirname(file.path), specifier))
  return candidates.filter((path) => byPath.has(path))
}

function connect(path, state) {
  state.index.set(path, state.index.size)
  state.low.set(path, state.index.get(path))
  state.stack.push(path)
  state.onStack.add(path)
  for (const target of state.edges.get(path) ?? []) {
    if (!state.index.has(target)) {
      connect(target, state)
      state.low.set(path, Math.min(state.low.get(path), state.low.get(target)))
    } else if (state.onStack.has(target)) state.low.set(path, Math.min(state.low.get(path), state.index.get(target)))
  }
  if (state.low.get(path) !== state.index.get(path)) return
  const group = state.stack.splice(state.stack.lastIndexOf(path))
  for (const member of group) state.onStack.delete(member)
  state.groups.push(group)
}
