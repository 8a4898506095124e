import type { ConsoleField, GuideBlock, GuideStep } from '../providers/sign-in/provider.ts';
import type { StreamCause } from './causes.ts';

/**
 * What a destination of log streams is made of: what we ask for, what it takes at once, and the guide through its
 * console. A product with several ways in (a role, or keys) has a destination for each with the same `name`: the page lists
 * the name once and then asks which way.
 *
 * Texts are English source texts of whole sentences. `**…**` marks a label exactly as the console prints it, `{NAME}` a
 * value we fill in. A secret is never among them.
 */
export const streamPlaceholders = [
  'PRODUCT',
  'ORGANIZATION_ID',
  /** Addresses that we connect from, one a line. */
  'OUR_ADDRESSES',
  /** What the test event is found by; the code that the admin types back stands in the event, and nowhere here. */
  'PROOF_MARK',
  /** Made by us for one stream, so that nobody else can have us use their role. */
  'EXTERNAL_ID',
  /** Who assumes the role: our identity at AWS. */
  'OUR_AWS_PRINCIPAL',
  /** As typed into the field, or a stand-in that nobody takes for a name. */
  'BUCKET',
  /** Ends with a slash, or is empty where objects lie at the top. */
  'PREFIX',
  /** Below it each stream has a folder of its own. */
  'STREAM_ID',
  /** In Log Analytics, as Azure names it after the stream unless told otherwise. */
  'TABLE',
] as const;

export type StreamPlaceholder = (typeof streamPlaceholders)[number];

export type StreamValues = Readonly<Partial<Record<StreamPlaceholder, string>>>;

export const destinationIds = [
  'splunk',
  'datadog',
  'microsoft-sentinel',
  'amazon-s3',
  'amazon-s3-keys',
  's3-compatible',
  'google-cloud-storage',
  'google-cloud-storage-hmac',
  'new-relic',
  'elastic',
  'sumo-logic',
  'https',
  'syslog',
] as const;

export type DestinationId = (typeof destinationIds)[number];

/** What the developer API calls the kind (`log_stream.type` of the contract); ours where it has no word. */
export type StreamType =
  | 'AzureSentinel'
  | 'Datadog'
  | 'Elastic'
  | 'GenericHttps'
  | 'GoogleCloudStorage'
  | 'NewRelic'
  | 'S3'
  | 'Splunk'
  | 'SumoLogic'
  | 'Syslog';

/** A typed value that one looks at: `pattern` is the source of a regular expression without flags. */
export interface FieldMistake {
  readonly pattern: string;
  readonly explanation: string;
}

interface FieldFacts {
  /** Its name in the stream's settings, or among its secrets. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly example?: string;
  /** Where the console shows it. */
  readonly where?: readonly string[];
  readonly isOptional?: boolean;
  /** Kept sealed, never shown again. */
  readonly isSecret?: boolean;
  /** Says where the stream goes: moving it asks for every secret again [STR-01]. */
  readonly isAddress?: boolean;
  readonly longest: number;
}

export interface TextField extends FieldFacts {
  readonly kind: 'text' | 'lines';
  /** What an ordinary value looks like, as the source of a regular expression for the whole of it, and words for others. */
  readonly pattern?: FieldMistake;
  /** Whether a value unlike the pattern stops, or only asks to look again. */
  readonly isStrict?: boolean;
  /** Looked for first, in this order. */
  readonly mistakes?: readonly FieldMistake[];
  /** Made by us, shown to be copied, never typed. */
  readonly isMadeByUs?: boolean;
  /** A file that has to be read before it is one. */
  readonly holds?: 'service_account_key' | 'certificates';
}

export interface UrlField extends FieldFacts {
  readonly kind: 'url';
  /** Put behind an address that has no path. */
  readonly path?: string;
  /** False: an origin only, its path is ours. */
  readonly mayHavePath: boolean;
  readonly pattern?: FieldMistake;
  readonly isStrict?: boolean;
  readonly mistakes?: readonly FieldMistake[];
}

export interface ChoiceField extends FieldFacts {
  readonly kind: 'choice';
  readonly initial: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

export type DestinationField = TextField | UrlField | ChoiceField;

/** What one request may hold. A record over `recordBytes` is cut to fit and says so; nothing is left out silently. */
export interface DestinationLimits {
  readonly records: number;
  /** Of the body before compression. */
  readonly bytes: number;
  readonly recordBytes: number;
  readonly isCompressed: boolean;
}

export type StreamBlock =
  | Exclude<GuideBlock, { kind: 'value' | 'attribute' }>
  /** A slip to copy. `value` holds the placeholder, and what the console wants before or after it. */
  | {
      readonly kind: 'value';
      readonly label: string;
      readonly placeholder: StreamPlaceholder;
      readonly value: string;
      readonly hint?: string;
    }
  /** The console shows what goes into our field `field`. */
  | { readonly kind: 'bring_back'; readonly label: string; readonly field: string; readonly hint?: string };

export type StreamStep = Omit<GuideStep, 'blocks'> & { readonly blocks: readonly StreamBlock[] };

/** How this console mends a cause, where the general words would send people to the wrong place. */
export interface StreamRepair {
  readonly causes: readonly StreamCause[];
  readonly where: ConsoleField;
  readonly fix: string;
}

export interface StreamMistake {
  readonly symptom: string;
  readonly cause: string;
  readonly fix: string;
}

export interface StreamDestination {
  readonly id: DestinationId;
  readonly name: string;
  /** The name inside a sentence. */
  readonly shortName: string;
  /** Every other name people look for, old ones too. */
  readonly names: readonly string[];
  readonly mark: string;
  readonly type: StreamType;
  /** What tells this way from the product's others; left out where there is one only. The recommended way is listed first. */
  readonly variant?: { readonly label: string; readonly gain: string };
  /** What it takes to set it up, one thing a line: a plan, a right, an account. */
  readonly needs: readonly string[];
  readonly fields: readonly DestinationField[];
  readonly limits: DestinationLimits;
  /** The most that its good answer says: taken in, acknowledged as indexed, or stored for good [STR-04]. */
  readonly level: 'accepted' | 'acknowledged' | 'stored';
  /** Which of the fields a cause is about. */
  readonly blames: Readonly<Partial<Record<StreamCause, string>>>;
  /** How the test event is found there; `search` is what to type, and names `{PROOF_MARK}`. */
  readonly proof: { readonly where: readonly string[]; readonly search: string; readonly hint?: string };
  readonly steps: readonly StreamStep[];
  readonly repairs: readonly StreamRepair[];
  /** Most frequent first. */
  readonly mistakes: readonly StreamMistake[];
  /** The day its texts were last compared with the sources. */
  readonly checkedOn: string;
  readonly sources: readonly { readonly title: string; readonly url: string }[];
}

/** What the pages of a stream are sent of its destination's guide. */
export type StreamGuide = Pick<StreamDestination, 'shortName' | 'steps' | 'checkedOn'>;

export const guideOf = ({ shortName, steps, checkedOn }: StreamDestination): StreamGuide => ({
  shortName,
  steps,
  checkedOn,
});

/** A slip to copy, so that a placeholder is written once. */
export function valueSlip(label: string, placeholder: StreamPlaceholder, hint?: string): StreamBlock {
  return { kind: 'value', label, placeholder, value: `{${placeholder}}`, hint };
}

/** Where something in the console goes into a field of ours. */
export function bringBack(label: string, field: string, hint?: string): StreamBlock {
  return { kind: 'bring_back', label, field, hint };
}

/** The right with which we find the test event ourselves: never needed, since the admin can type its code. */
export function readingNote(right: string): StreamBlock {
  const text = `Optional: with ${right} too, we find the test event ourselves. Without it, you find it and type its code.`;
  return { kind: 'note', tone: 'information', text };
}
