import { expect, test } from 'vitest'
import { advance, deploymentMoves, isFinal, toolCallMoves, turnMoves } from './states.ts'

const tables: [string, Record<string, readonly string[]>][] = [
  ['tool call', toolCallMoves],
  ['turn', turnMoves],
  ['deployment', deploymentMoves],
]

test.each(tables)('a %s makes every legal move, and throws at every other', (_name, moves) => {
  for (const from of Object.keys(moves)) {
    for (const to of Object.keys(moves)) {
      const move = () => advance(moves, { status: from }, to)
      if (moves[from]?.includes(to)) expect(move()).toEqual({ status: to })
      else expect(move, `${from} → ${to}`).toThrow('cannot become')
    }
  }
})

test.each(tables)(
  'a %s that has ended never moves again, and each state that is not an end can reach one',
  (_name, moves) => {
    const reach = (from: string, seen = new Set<string>()): Set<string> => {
      for (const to of moves[from] ?? []) if (!seen.has(to)) reach(to, seen.add(to))
      return seen
    }
    for (const from of Object.keys(moves)) {
      const ends = [...reach(from)].some((to) => isFinal(moves, to))
      expect(ends).toBe(!isFinal(moves, from))
    }
  },
)
