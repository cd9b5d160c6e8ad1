import { newId } from '@overskill/protocol'
import { useState } from 'react'

export type Idempotency = {
  /** The key for this body: the same as last time when the body is the same and the last send has not succeeded. */
  keyFor: (body: unknown) => string
  /** To call after a success: the same words said again are a new wish. */
  renew: () => void
}

/** Keys of one form, so that a send repeated after a broken connection is done once. */
export function createIdempotency(): Idempotency {
  let last = { body: '', key: '' }
  return {
    keyFor(body) {
      const text = JSON.stringify(body)
      if (text !== last.body) last = { body: text, key: newId('req') }
      return last.key
    },
    renew() {
      last = { body: '', key: '' }
    },
  }
}

export const useIdempotency = (): Idempotency => useState(createIdempotency)[0]
