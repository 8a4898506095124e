import { code as codeMail } from '../adapters/mail/contact-mails.ts';
import { mailBrand } from '../adapters/mail/mail-brand.ts';
import { codeDigest, isCodeOf } from '../adapters/tokens.ts';
import {
  endActCode,
  withTenant,
  type ActCodeRow,
  type EnvironmentRow,
  type ItContactRow,
} from '../db/index.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import type { ApiDeps } from './deps.ts';
import type { RequestFacts } from './route.ts';

/** The six digits that are mailed to a contact: for a dangerous act [LNK-10], or for opening a link [LNK-05]. */

const codeLifeMinutes = 10;
const againAfterMs = 60_000;

/** From when on another code may be asked for. */
export const codeAgainAt = ({ createdAt }: ActCodeRow): Date => new Date(createdAt.getTime() + againAfterMs);

export const codeEndsAt = (now: Date): Date => new Date(now.getTime() + codeLifeMinutes * 60_000);

/** `sessionId` null: the code opens a link, which the act names. */
type BoundTo = { sessionId: string | null; act: string };
const bindingsOf = ({ sessionId, act }: BoundTo) => ['portal_act', sessionId ?? 'link', act];

export const actCodeDigest = ({ secrets }: Pick<ApiDeps, 'secrets'>, code: string, bound: BoundTo): string =>
  codeDigest(secrets, code, ...bindingsOf(bound));

/** Whether what was typed is the code that is stored for this. */
export const isActCode =
  ({ secrets }: Pick<ApiDeps, 'secrets'>, code: string, bound: BoundTo) =>
  (stored: string): boolean =>
    isCodeOf(stored, secrets, code, ...bindingsOf(bound));

/** Throws `mail_refused`, or `service_unavailable` when the mail server is away; the code then never counts. */
export async function mailActCode(
  deps: ApiDeps,
  {
    environment,
    contact,
    row,
    code,
  }: {
    environment: EnvironmentRow;
    contact: ItContactRow;
    row: ActCodeRow;
    code: string;
  },
  request: RequestFacts,
): Promise<void> {
  const brand = mailBrand(environment, deps.urls.portal);
  try {
    await deps.mailer.send({
      environmentId: row.environmentId,
      to: { ...(contact.name === null ? {} : { name: contact.name }), address: contact.email },
      ...codeMail(brand, { code, minutes: codeLifeMinutes }),
      messageId: `<${row.id}@${new URL(deps.urls.portal).hostname}>`,
    });
  } catch (error) {
    const tenant = { environmentId: row.environmentId, organizationId: row.organizationId };
    await withTenant(deps.db, tenant, (tx) => endActCode(tx, tenant, row.id, deps.now()));
    if (error instanceof OnboardingError) throw error;
    deps.logger.error({ err: error, requestId: request.id }, 'a code could not be sent');
    throw new OnboardingError('service_unavailable', {}, { cause: error });
  }
}
