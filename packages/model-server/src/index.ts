export {
  block,
  body,
  bytes,
  cutAfter,
  endAfter,
  errorEvent,
  event,
  gate,
  hang,
  hangAfter,
  html,
  httpError,
  message,
  ping,
  refusal,
  refuseConnection,
  sse,
  text,
  thinking,
  toolUse,
  type MessageOptions,
  type Reply,
  type ReplyPart,
  type ScriptedReply,
  type ToolOptions,
} from './reply.ts'
export { startScriptedModel, type ScriptedModel, type ScriptedModelOptions } from './scripted-model.ts'
export type { MessagesServer, ReceivedRequest } from './messages-server.ts'
export { readRecording, type RecordedLine, type RecordedTurn, type Recording } from './recording.ts'
export { startReplayedModel, type ReplayedModel } from './replayed-model.ts'
export { chatWire } from './wire.ts'
export { sampleModelId, startSampleModel, type Pace } from './sample-model.ts'
