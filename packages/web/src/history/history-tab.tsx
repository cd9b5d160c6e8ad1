export const HistoryTab = () => null
