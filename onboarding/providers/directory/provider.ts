import type { DirectoryCall, DirectorySubject } from '../../directory-checklist.ts';
import type { ConsoleField, GuideBlock, GuideStep } from '../sign-in/provider.ts';
import type { DirectoryType } from './directory-types.ts';

/**
 * What a directory guide is made of. A guide is one source of people on one road; a source with several ways (a
 * catalogue app and an app of one's own, or an API and files) has a guide for each with the same `name`: the page lists
 * the name once and then asks which way.
 *
 * Texts are English source texts of whole sentences. `**…**` marks a label exactly as the console prints it, `{NAME}` a
 * value we fill in. A token is never among them: it is made while the page is open and shown once.
 */
export const directoryPlaceholders = [
  'SCIM_BASE_URL',
  // where the same server speaks SCIM 1.1
  'SCIM_FIRST_BASE_URL',
  'PRODUCT',
  'SFTP_HOST',
  'SFTP_PORT',
  'SFTP_USER',
  'SFTP_FOLDER',
] as const;

export type DirectoryPlaceholder = (typeof directoryPlaceholders)[number];

/** The values of one directory; those of SFTP only where files are sent. */
export type DirectoryValues = Readonly<Partial<Record<DirectoryPlaceholder, string>>>;

/** How people come: the client calls us, files are sent or fetched, or we read an API. */
export const directoryRoads = ['scim', 'sftp', 'sftp_pull', 'google', 'workday', 'bamboohr'] as const;

export type DirectoryRoad = (typeof directoryRoads)[number];

/** Whether a directory has readings of its own; the others are written by their client's calls. */
export const isRead = ({ road }: { road: DirectoryRoad }): boolean => road !== 'scim';

export type DirectoryBlock =
  | Exclude<GuideBlock, { kind: 'value' | 'attribute' }>
  /** A slip to copy. `value` holds the placeholder, and what the console wants before or after it. */
  | {
      readonly kind: 'value';
      readonly label: string;
      readonly placeholder: DirectoryPlaceholder;
      readonly value: string;
      readonly hint?: string;
    }
  /** Where a token made on the page goes. `prefix` where the field takes the whole header and not the token alone. */
  | { readonly kind: 'token'; readonly label: string; readonly prefix?: string; readonly hint?: string }
  /** A row of their mapping table, or a column of a report: what we read, and where the source takes it from. */
  | {
      readonly kind: 'mapping';
      readonly name: string;
      readonly source: string;
      readonly isOptional?: boolean;
      readonly hint?: string;
    };

export type DirectoryStep = Omit<GuideStep, 'blocks'> & { readonly blocks: readonly DirectoryBlock[] };

/** One call that the client makes by itself once it is set up, and what makes it happen now. */
export interface ExpectedCall {
  readonly call: DirectoryCall;
  /** Without the needed ones people do not come; the others show that changes will come too. */
  readonly need: 'needed' | 'nice';
  /** What to do in the console to see one now, in one sentence. */
  readonly trigger: string;
}

/** Something that often goes wrong without a refused call of ours to show it. */
export interface DirectoryMistake {
  /** What people see, in the console's words where it has some. */
  readonly symptom: string;
  readonly cause: string;
  readonly fix: string;
  readonly subject?: DirectorySubject;
}

export interface DirectoryGuide {
  readonly id: string;
  readonly name: string;
  /** The name inside a sentence. */
  readonly shortName: string;
  /** Every other name people look for, old ones too. */
  readonly names: readonly string[];
  readonly mark: string;
  readonly type: DirectoryType;
  readonly road: DirectoryRoad;
  /** What tells this way from the source's others; left out where there is one only. The recommended way is listed first. */
  readonly variant?: { readonly label: string; readonly gain: string };
  /** Sandbox guides exist to try the product out; no customer is offered them in production. */
  readonly audience: 'everyone' | 'sandbox';
  readonly rhythm: {
    /** When a change arrives, as one sentence: “Sends every change at once.” */
    readonly sentence: string;
    /** How often it is heard of even when nothing changes; null for one that speaks only of changes. */
    readonly everyMinutes: number | null;
  };
  /** What it takes to set it up, one thing a line: a plan, a right, an account. */
  readonly needs: readonly string[];
  /** Sign-in guides of the same provider, for “Same as your sign-in”. */
  readonly signInGuides: readonly string[];
  readonly steps: readonly DirectoryStep[];
  /** Of a client that calls us; empty on the other roads. */
  readonly checklist: readonly ExpectedCall[];
  /** Where the console sets it. A subject it has no field for is left out. */
  readonly console: Readonly<Partial<Record<DirectorySubject, ConsoleField>>>;
  /** Most frequent first. */
  readonly mistakes: readonly DirectoryMistake[];
  /** The day its texts were last compared with the sources. */
  readonly checkedOn: string;
  readonly sources: readonly { readonly title: string; readonly url: string }[];
}

/** A slip to copy, so that a placeholder is written once; `after` is what this console wants behind it. */
export function valueSlip(
  label: string,
  placeholder: DirectoryPlaceholder,
  hint?: string,
  after = '',
): DirectoryBlock {
  return { kind: 'value', label, placeholder, value: `{${placeholder}}${after}`, hint };
}
