export const systemPrompt = 'You build web apps.'
