/** Whether a model is the built-in one that is not AI. */
export const isSample = (model: string): boolean => model === 'sample' || model.startsWith('sample/')
