import type { Placement } from './placement.ts'
import { fitsRange } from './versions.ts'

const MOST = 50

/** What packages ask to stand beside them and does not, or in another version: one line each. */
export function unmetPeers(placements: readonly Placement[]): string[] {
  const byPlace = new Map(placements.map((placement) => [placement.place, placement]))
  const lines = placements.flatMap(({ name, place, peers }) =>
    Object.entries(peers).flatMap(([peer, range]) => {
      const found = beside(place, peer, byPlace)
      if (found && fitsRange(found.version, range)) return []
      return [
        `${name} asks for ${peer} ${range}, ${found ? `and ${found.version} is installed` : 'which is not installed'}`,
      ]
    }),
  )
  return [...new Set(lines)].toSorted().slice(0, MOST)
}

/** What a package gets when it asks for another: the nearest one outwards. */
function beside(place: string, peer: string, byPlace: ReadonlyMap<string, Placement>): Placement | undefined {
  const folders = place.split('/node_modules/').slice(0, -1)
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const found = byPlace.get([...folders.slice(0, depth), peer].join('/node_modules/'))
    if (found) return found
  }
  return undefined
}
