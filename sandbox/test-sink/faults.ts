/** Ways in which a destination can behave badly. Any number of them can be on at once; they reach everything it plays. */
export const sinkFaults = [
  'errors',
  'rate_limit',
  'slow',
  'half_acknowledgements',
  'wrong_credentials',
] as const;

export type SinkFault = (typeof sinkFaults)[number];

/** What it plays. */
export const receivers = ['splunk', 'datadog', 's3', 'https'] as const;
export type Receiver = (typeof receivers)[number];
