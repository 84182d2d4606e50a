import type { ErrorDefinition } from '../definition.ts'

export const liveErrors = {
  after_invalid: {
    fault: 'user',
    status: 400,
    message: '{name} is {value}, but must be a whole number from 0.',
    hint: 'Give the number of the last event you have, or leave {name} out to get every event from the start.',
  },
  after_beyond_end: {
    fault: 'user',
    status: 400,
    message: '{name} is {value}, but the last event of the run {run} so far is number {last}.',
    hint: 'Give a number from 0 to {last}; events to come follow by themselves.',
  },
  events_limit_invalid: {
    fault: 'user',
    status: 400,
    message: 'limit is {value}, but must be a whole number from 1 to {most}.',
    hint: 'Leave limit out to get the whole log in one answer.',
  },
  live_upgrade_required: {
    fault: 'user',
    status: 426,
    message: 'This address speaks WebSocket only.',
    hint: 'Connect with a WebSocket client, or read the same events from /api/runs/{run}/events.',
  },
  live_upgrade_refused: {
    fault: 'user',
    status: 400,
    message: 'This address does not speak WebSocket.',
    hint: 'Connect to /api/runs/ID/live, or send the request without an Upgrade header.',
  },
  watchers_too_many: {
    fault: 'user',
    status: 429,
    message: 'The limit of {limit} watchers {scope} is reached.',
    hint: 'Close a watcher that is not needed, or try again in some seconds.',
  },
  live_closing: {
    fault: 'system',
    status: 503,
    message: 'The server is shutting down and takes no new watchers.',
    hint: 'Connect again in some seconds with after= the last number you have: nothing is missed.',
  },
  live_message_malformed: {
    fault: 'user',
    status: 400,
    message: 'The message is {problem}, but must be a JSON object such as {"type": "cancel"}.',
    hint: 'Send a text message with nothing but type in it, which is {types}.',
  },
  live_message_unknown: {
    fault: 'user',
    status: 400,
    message: 'The message has the type {type}, which is not known.',
    hint: 'The types are {types}.',
  },
  live_control_refused: {
    fault: 'user',
    status: 403,
    message: 'This connection may watch the run {run} but not {type} it.',
    hint: 'Connect with a token that may control runs.',
  },
} satisfies Record<string, ErrorDefinition>
