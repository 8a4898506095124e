/** The plain data behind the sandbox's name servers: records and switches that rehearse what goes wrong out there. */

export type SandboxDnsRecord = {
  /** full name in lower case, no dot at the end; `*.acme.test` answers for names that have no records */
  name: string;
  type: 'TXT' | 'CNAME' | 'MX' | 'NS';
  /** text, or the target's name; a TXT value is sent as it is, quotes and spaces included */
  value: string;
  /** MX only; 10 unless told */
  priority?: number | undefined;
  /** seconds; 60 unless told */
  ttl?: number | undefined;
  /** given out by this one of the two servers only, to rehearse servers that disagree */
  onlyOn?: 1 | 2 | undefined;
};

/**
 * Ways in which a name server can behave badly, each with what a look at a published record makes of it (`judgeLook`).
 * `slow` answers after two seconds, which a look does not wait for; `silent` never; `truncated` makes every UDP answer ask
 * for TCP (RFC 1035 §4.2.1).
 */
export const sandboxDnsFaults = {
  servfail: 'broken',
  refused: 'broken',
  slow: 'unknown',
  silent: 'unknown',
  truncated: 'found',
} as const;
export type SandboxDnsFaultName = keyof typeof sandboxDnsFaults;

export type SandboxDnsFault = {
  fault: SandboxDnsFaultName;
  /** on this one of the two servers only */
  onlyOn?: 1 | 2 | undefined;
};

/** Where the servers look everything up at the moment they are asked, so that a change is seen by the next question. */
export type SandboxDnsSource = {
  /** the records at exactly this name (lower case) */
  listRecords: (name: string) => Promise<readonly SandboxDnsRecord[]>;
  /** switches that are on for this zone, `acme.test` */
  listFaults: (zone: string) => Promise<readonly SandboxDnsFault[]>;
};
