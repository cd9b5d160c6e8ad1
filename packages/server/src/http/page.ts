/** How many items a list answers with. */
export const pageOf = (limit: number | undefined): number => limit ?? 50
