import type { Environment } from '@overskill/protocol'

/** An app environment: the key of everything that is deployed (L30). */
export type PointerKey = { app: string; environment: Environment }

/** A change of an app environment: its fence is larger than that of every change before (ARCHITECTURE 4). */
export type FencedKey = PointerKey & { fence: number }

type Held<T> = { fence: number; target: T | undefined }

/**
 * What each app environment serves now. Every change carries a fence number, and one that is not larger than the last one's
 * changes nothing: an older build never overwrites a newer, nor what a person took off line (L28, L33).
 */
export interface DeploymentPointers<T> {
  get(key: PointerKey): T | undefined
  /** Whether the last change pointed it to nothing. */
  isDown(key: PointerKey): boolean
  /** Whether a change with this fence would count now. */
  accepts(key: PointerKey, fence: number): boolean
  /** Points to a target, or to nothing. Says whether it counted. */
  move(key: PointerKey, fence: number, target: T | undefined): boolean
  targets(): Iterable<T>
}

export function createDeploymentPointers<T>(): DeploymentPointers<T> {
  const held: Record<Environment, Map<string, Held<T>>> = { preview: new Map(), production: new Map() }
  const find = ({ app, environment }: PointerKey) => held[environment].get(app)
  const accepts = (key: PointerKey, fence: number) => fence > (find(key)?.fence ?? -Infinity)
  return {
    get: (key) => find(key)?.target,
    isDown(key) {
      const pointer = find(key)
      return pointer !== undefined && pointer.target === undefined
    },
    accepts,
    move(key, fence, target) {
      if (!accepts(key, fence)) return false
      held[key.environment].set(key.app, { fence, target })
      return true
    },
    *targets() {
      for (const pointers of Object.values(held))
        for (const { target } of pointers.values()) if (target !== undefined) yield target
    },
  }
}
