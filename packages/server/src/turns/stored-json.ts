import { deflateSync, inflateSync } from 'node:zlib'

/** A request's exact body, small: histories repeat themselves. */
export const packJson = (value: unknown): Uint8Array => deflateSync(JSON.stringify(value), { level: 4 })

export const unpackJson = (packed: Uint8Array): unknown => JSON.parse(inflateSync(packed).toString('utf8'))

/** Text that Postgres can hold: it has no NUL. */
export const withoutNul = (text: string): string => text.replaceAll('\0', '\uFFFD')
