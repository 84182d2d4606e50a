import type { ErrorDefinition } from '../definition.ts'

/** What is wrong with a request as such, and with a server that is to start. */
export const serverErrors = {
  server_cannot_listen: {
    fault: 'user',
    status: 409,
    message: 'The server cannot listen on port {port} of {host}: {problem}.',
    hint: '{advice}',
  },
  server_token_needed: {
    fault: 'user',
    status: 400,
    message: 'The server would be reached from other machines at {host}, and no token is set.',
    hint: 'Set STRIKESCAN_SERVER_TOKEN or --token, or leave --host out to listen on this machine alone.',
  },
  server_token_weak: {
    fault: 'user',
    status: 400,
    message: 'The token has {length} characters; a server that other machines reach wants {least} or more.',
    hint: 'Make one with: openssl rand -hex 32.',
  },
  body_malformed: {
    fault: 'user',
    status: 400,
    message: 'The body cannot be read: {problem}.',
    hint: '{advice}',
  },
  body_too_large: {
    fault: 'user',
    status: 413,
    message: 'The body is larger than {limit}.',
    hint: 'Send less at once; the operator may raise server.maxBodyMb.',
  },
  body_type_unknown: {
    fault: 'user',
    status: 415,
    message: 'A body of type {type} is not understood here.',
    hint: 'Send JSON with "Content-Type: application/json"; a scanner may also come as multipart/form-data with one field, file.',
  },
  field_bad_value: {
    fault: 'user',
    status: 400,
    message: '{field}: {value} must be {allowed}.',
    hint: '{hint}',
  },
  field_missing: {
    fault: 'user',
    status: 400,
    message: '{field} is missing.',
    hint: 'It must be {allowed}.',
  },
  field_unknown: {
    fault: 'user',
    status: 400,
    message: '{where} has no field {fields}.',
    hint: '{suggestion}',
  },
  fields_exclude: {
    fault: 'user',
    status: 400,
    message: '{first} and {second} exclude each other.',
    hint: '{hint}',
  },
  token_missing: {
    fault: 'user',
    status: 401,
    message: 'This server asks for a token.',
    hint: 'Send it as "Authorization: Bearer TOKEN"; a page in a browser begins with POST /api/session.',
  },
  token_wrong: {
    fault: 'user',
    status: 401,
    message: 'The token is not the one of this server.',
    hint: 'The operator knows it: it is the setting server.token.',
  },
  host_forbidden: {
    fault: 'user',
    status: 403,
    message: 'The request names the host {host}, which is not this server.',
    hint: 'Use the address that the server prints, or name this one in server.publicUrls.',
  },
  origin_forbidden: {
    fault: 'user',
    status: 403,
    message: 'A page of {origin} may not send this request.',
    hint: 'Only pages of this server and of server.publicUrls may.',
  },
  route_unknown: {
    fault: 'user',
    status: 404,
    message: 'There is nothing at {address}.',
    hint: 'See /docs for what there is.',
  },
  method_unknown: {
    fault: 'user',
    status: 405,
    message: '{method} is not understood at {address}.',
    hint: 'Use {allowed}.',
  },
  rate_exceeded: {
    fault: 'user',
    status: 429,
    message: 'More than {limit} requests came from this address within a minute.',
    hint: 'Wait {seconds} s; the operator may raise server.requestsPerMinute.',
  },
  server_busy: {
    fault: 'user',
    status: 429,
    message: 'The server is busy with {waiting} requests like this one.',
    hint: 'Send it again in a moment.',
  },
  limit_over_setting: {
    fault: 'user',
    status: 422,
    message: '{field} is {value}, and this server grants {most} at most.',
    hint: 'Ask for less, or leave it out; the operator may raise {setting}.',
  },
  request_malformed: {
    fault: 'user',
    status: 400,
    message: 'The request is not valid HTTP: {problem}.',
    hint: 'Check the client, or what stands between it and the server.',
  },
  request_refused: {
    fault: 'user',
    status: 400,
    message: 'The request cannot be taken as it is: {problem}.',
    hint: 'See /docs for what is understood.',
  },
  server_failed: {
    fault: 'system',
    status: 500,
    message: 'The server failed to answer the request {request}.',
    hint: 'This is a fault of Strikescan: please report it; the log of the server says more under this number.',
  },
} satisfies Record<string, ErrorDefinition>
