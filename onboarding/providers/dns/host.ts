/**
 * What we know of a DNS host: how to recognise it and where its console wants which part of a TXT record. Texts are
 * English source texts; `**…**` marks a label as the console prints it, `{ZONE}` is filled in with the zone's name.
 */
export interface DnsHost {
  readonly id: string;
  readonly name: string;
  /** Each matches one name server's name, lower case, no dot at the end. Empty: recognised otherwise, or chosen. */
  readonly nameServers: readonly RegExp[];
  /** Names as this host hands them out: the sandbox pretends with them, the tests read them back. */
  readonly exampleNameServers: readonly string[];
  readonly console: {
    readonly path: readonly string[];
    /** Deep link; consoles move theirs, so it only ever stands beside the path. */
    readonly link?: string;
  };
  readonly labels: { readonly type: string; readonly name: string; readonly value: string };
  /** The way to the empty form, a sentence a step. */
  readonly open: readonly string[];
  /** What to do once name and value are in. */
  readonly finish: string;
  /** `relative`: only what stands before the zone's name; `full_name`: all of it, with a dot at the end. */
  readonly nameField: 'relative' | 'full_name';
  /** When the console puts the zone's name behind what was typed. */
  readonly appends: 'always' | 'unless_full_name' | 'unless_dot_at_end' | 'if_missing' | 'varies';
  /** What stands for the zone itself in the name field; empty: the field is left empty. */
  readonly apex: string;
  readonly valueIn: 'plain' | 'double_quotes';
  readonly ttl: { readonly usual: string; readonly minimumSeconds: number | null };
  /** How long until the host's own servers give the record out. */
  readonly publication: string;
  readonly notes: readonly string[];
  readonly source: {
    readonly titles: readonly string[];
    readonly confidence: 'high' | 'medium' | 'low';
    /** The day its texts were last compared with our notes of these sources. */
    readonly checkedOn: string;
  };
}
