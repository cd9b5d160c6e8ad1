export const CodeTab = () => null
