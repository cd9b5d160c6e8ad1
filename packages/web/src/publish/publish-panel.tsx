export const PublishPanel = (_: { onClose: () => void }) => null
