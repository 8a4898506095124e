import {
  findItContact,
  findLastAct,
  findLink,
  type AuditEventRow,
  type ConnectionRow,
  type Tx,
} from '../../../db/index.ts';
import type { AuditAction } from '../../../onboarding/audit-actions.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { maskEmail } from '../../../onboarding/masking.ts';
import type { SsoState } from '../../contract/setup-connections.ts';
import type { EffectiveConnection } from '../../sign-in/effective-connection.ts';
import { tenantOf, type SetupContext, type Tenant } from './scope.ts';

/**
 * Two people at one connection. Each page says which settings it shows; where somebody else has changed them since, it is
 * told who and what, and changes nothing until the person has seen it.
 */

/** Sent by the sign-in pages: the mark of the settings that they show. */
const settingsHeader = 'x-vestibule-settings';

/** Names the settings as they are now, of a connection or of the draft beside it. */
export const markOf = ({ id, revisionId, settingsRevision }: EffectiveConnection): string =>
  `${revisionId ?? id}:${settingsRevision}`;

/** What changes settings that a set-up page shows. */
const changes: readonly AuditAction[] = [
  'connection.provider_changed',
  'connection.settings_changed',
  'connection.attributes_changed',
  'connection.options_changed',
  'connection.certificate_trusted',
  'connection.updated',
];

type Page = Pick<SetupContext, 'caller' | 'request'>;

/**
 * The last change of what the page shows, where somebody else made it; null where the page shows what there is. What the
 * same session has changed in another tab is no news to the person.
 */
export async function findOthersChange(
  tx: Tx,
  page: Page,
  edited: EffectiveConnection,
): Promise<SsoState['changed']> {
  const seen = page.request.headers[settingsHeader];
  const mark = markOf(edited);
  if (typeof seen !== 'string' || seen === mark) return null;
  const [subject] = mark.split(':');
  if (seen.split(':')[0] !== subject) return null;
  const act = await findLastAct(tx, tenantOf(page), { targetId: edited.id, actions: changes });
  if (act === undefined || act.sessionId === page.caller.session.id) return null;
  return { action: act.action, by: await nameOf(tx, page, act), at: act.at.toISOString() };
}

/** Throws `settings_changed` where somebody else has changed what the page still shows as it was. */
export async function requireSeen(tx: Tx, page: Page, edited: EffectiveConnection): Promise<void> {
  const changed = await findOthersChange(tx, page, edited);
  if (changed !== null) throw new OnboardingError('settings_changed', { fields: [changed.action] });
}

/** Kept with what is typed: which session typed last. */
interface Typist {
  sessionId: string;
  linkId: string;
  at: string;
}

/** After this time without a word nobody is typing any more. */
const typingMs = 10 * 60_000;

/** What was typed before is kept with the name of the session that typed it. */
export const typedBy = ({ caller: { session }, request }: Page): { typist: Typist } => ({
  typist: { sessionId: session.id, linkId: session.linkId, at: request.now.toISOString() },
});

/** Who else has typed into the same fields lately; null where nobody has. */
export async function findTypist(
  tx: Tx,
  page: Page,
  { drafts }: Pick<ConnectionRow, 'drafts'>,
): Promise<SsoState['typing']> {
  const { sessionId, linkId, at } = Object(drafts['typist']);
  if (typeof at !== 'string' || sessionId === page.caller.session.id) return null;
  if (page.request.now.getTime() - Date.parse(at) > typingMs) return null;
  return { by: await contactOf(tx, tenantOf(page), String(linkId)), at };
}

async function nameOf(
  tx: Tx,
  page: Page,
  { actorType, actorId }: Pick<AuditEventRow, 'actorType' | 'actorId'>,
): Promise<string | null> {
  if (actorType === 'staff' || actorType === 'developer') return page.caller.environment.vendorName;
  return actorType === 'customer' && actorId !== null ? contactOf(tx, tenantOf(page), actorId) : null;
}

/** Of the link that let them in, in a form that may be shown to whoever shares the work. */
async function contactOf(tx: Tx, tenant: Tenant, linkId: string): Promise<string | null> {
  const link = await findLink(tx, tenant, linkId);
  const contact = link?.contactId == null ? undefined : await findItContact(tx, tenant, link.contactId);
  return contact === undefined ? null : maskEmail(contact.email);
}
