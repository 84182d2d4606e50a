import type { ErrorDefinition } from '../definition.ts'

export const simulateErrors = {
  simulate_cannot_listen: {
    fault: 'user',
    status: 409,
    message: 'The simulated market cannot listen on port {port} of {host}: {problem}.',
    hint: '{advice}',
  },
  simulate_option_invalid: {
    fault: 'user',
    status: 400,
    message: 'The simulated market cannot be made: {problem}',
    hint: '{mend}',
  },
  simulate_unavailable: {
    fault: 'system',
    status: 500,
    message: 'The simulated option market is missing from this installation.',
    hint: 'Reinstall strikescan: its plugins/providers folder is incomplete.',
  },
} satisfies Record<string, ErrorDefinition>
