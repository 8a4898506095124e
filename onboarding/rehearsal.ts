/** A rehearsal: a whole customer of the sandbox played on real parts, act by act, in this order. */
export const rehearsalSteps = [
  'clean_up',
  'organization',
  'onboarding',
  'invitation',
  'link',
  'provider',
  'record',
  'domain',
  'test',
  'live',
  'sign_in',
  'profile',
  'event',
] as const;
export type RehearsalStep = (typeof rehearsalSteps)[number];

/** Where the result of an act can be seen. */
export const rehearsalPlaces = ['organization', 'onboarding', 'mail', 'record', 'attempt', 'event'] as const;

/** Why an act did not come off. */
export const rehearsalReasons = [
  /** the product refused a request: `method`, `path`, `status`, `detail` */
  'answered',
  /** waited in vain: `seconds` */
  'did_not_come',
  /** the test sign-in was refused: `cause`, `reference` */
  'attempt_failed',
  /** the user came back to the app without a code: `error` */
  'sign_in_refused',
  /** a page was not as it should be: `path`, `status` */
  'unexpected_page',
  /** the program that played it ended */
  'stopped',
  /** a mistake of ours; the log has it */
  'broke',
] as const;

/** One act that came off: what there is to say of it, and where its result is. */
export interface RehearsalLine {
  step: RehearsalStep;
  facts: Readonly<Record<string, string>>;
  shown: { kind: (typeof rehearsalPlaces)[number]; id: string } | null;
}

export interface RehearsalFailure {
  step: RehearsalStep;
  reason: (typeof rehearsalReasons)[number];
  facts: Readonly<Record<string, string>>;
  shown: RehearsalLine['shown'];
}

export interface Rehearsal {
  id: string;
  startedAt: string;
  endedAt: string | null;
  /** The member's id; null when a script began it. */
  memberId: string | null;
  lines: readonly (RehearsalLine & { at: string })[];
  failure: RehearsalFailure | null;
  /** The key that was lent to it; null until it was. */
  keyId: string | null;
  /** What an earlier rehearsal left, until this one has a customer of its own. */
  leftover: RehearsalLeftover | null;
}

/** The customer that a rehearsal left behind, as it was called, and its DNS record. */
export interface RehearsalLeftover {
  organizationId: string;
  name: string;
  recordId: string | null;
}

/** No act takes so long: after this much silence the program that played it is gone. */
export const rehearsalSilenceMs = 5 * 60_000;

/** How it stands: one that has fallen silent has ended as stopped. */
export function rehearsalAt(rehearsal: Rehearsal, now: Date): Rehearsal {
  if (rehearsal.endedAt !== null) return rehearsal;
  const saidAt = Date.parse(rehearsal.lines.at(-1)?.at ?? rehearsal.startedAt);
  const endedAt = saidAt + rehearsalSilenceMs;
  if (endedAt > now.getTime()) return rehearsal;
  const failure = { step: nextStep(rehearsal), reason: 'stopped', facts: {}, shown: null } as const;
  return { ...rehearsal, endedAt: new Date(endedAt).toISOString(), failure };
}

/** The act that is being played. */
export function nextStep({ lines, leftover }: Pick<Rehearsal, 'lines' | 'leftover'>): RehearsalStep {
  const last = lines.at(-1);
  if (last === undefined) return leftover === null ? 'organization' : 'clean_up';
  return rehearsalSteps[rehearsalSteps.indexOf(last.step) + 1] ?? last.step;
}

/** What the next rehearsal has to clean up. */
export function leftoverOf({ lines, leftover }: Rehearsal): RehearsalLeftover | null {
  const organization = lines.find(({ step }) => step === 'organization');
  const record = lines.find(({ step }) => step === 'record');
  if (organization?.shown == null) return leftover;
  const name = organization.facts['name'] ?? '';
  return { organizationId: organization.shown.id, name, recordId: record?.shown?.id ?? null };
}
