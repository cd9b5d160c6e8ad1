/** The part of a model's id that names who answers for it. */
export const providerOf = (model: string): string => model.split('/')[0] ?? model
