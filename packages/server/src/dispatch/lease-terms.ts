import { newId } from '@overskill/protocol'
import { sql } from 'drizzle-orm'

/** AD3: a lease lasts 10 s and is renewed every 2 s. */
const leaseMs = 10_000
export const renewMs = 2_000

/** When a lease that begins now is over, by the clock of the database, the only one that all processes share. */
export const leaseEnd = () => sql<Date>`now() + ${`${leaseMs} ms`}::interval`

/** A name for this process among the owners of leases. */
export const newOwner = (): string => newId('req')
